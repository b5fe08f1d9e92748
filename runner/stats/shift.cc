// SPDX-License-Identifier: GPL-2.0
#include "stats/shift.h"

#include "stats/quantile.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <vector>

namespace rxlab {
namespace {

double two_sided_z(double confidence) {
    return boost::math::quantile(boost::math::normal(), 0.5 + confidence / 2);
}

/// The candidates between which a shift lies, sorted, and what their rank statistic looks like
/// under no shift.
struct Candidates {
    std::vector<double> values;
    double centre = 0;                ///< expected rank statistic
    double spread = 0;                ///< its standard deviation
    double outermost_confidence = 0;  ///< exact confidence of [smallest, largest]
};

Shift shift_among(Candidates candidates, double confidence) {
    std::vector<double>& values = candidates.values;
    std::sort(values.begin(), values.end());
    Shift shift{median(values), std::nullopt};
    if (candidates.outermost_confidence < confidence) return shift;
    const double k = std::floor(candidates.centre - two_sided_z(confidence) * candidates.spread);
    const size_t cut = static_cast<size_t>(std::max(k, 0.0));
    shift.interval = Interval{values[cut], values[values.size() - 1 - cut]};
    return shift;
}

double log_binomial(double n, double k) {
    return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

/// The same of two samples: that of the outermost differences.
double most_confidence(double before, double after) {
    return 1 - 2 * std::exp(-log_binomial(before + after, before));
}

/// (t.975 + t.80): a shift this many standard errors away is seen four times out of five.
double detectable_errors(double degrees) {
    const boost::math::students_t t(degrees);
    return boost::math::quantile(t, 0.975) + boost::math::quantile(t, 0.80);
}

}  // namespace

double most_confidence(size_t pairs) {
    return 1 - std::exp2(1 - static_cast<double>(pairs));
}

size_t least_pairs(double confidence) {
    size_t pairs = 1;
    while (most_confidence(pairs) < confidence) pairs++;
    return pairs;
}

size_t least_each(double confidence) {
    double each = 1;
    while (most_confidence(each, each) < confidence) each++;
    return static_cast<size_t>(each);
}

Shift paired_shift(std::span<const double> differences, double confidence) {
    const double n = static_cast<double>(differences.size());
    Candidates walsh{{},
                     n * (n + 1) / 4,
                     std::sqrt(n * (n + 1) * (2 * n + 1) / 24),
                     most_confidence(differences.size())};
    for (size_t i = 0; i < differences.size(); i++)
        for (size_t j = i; j < differences.size(); j++)
            walsh.values.push_back((differences[i] + differences[j]) / 2);
    return shift_among(std::move(walsh), confidence);
}

Shift few_paired_shift(std::span<const double> differences, double confidence,
                       double least_spread) {
    Shift shift = paired_shift(differences, confidence);
    if (shift.interval || differences.size() < kFewestPairs) return shift;
    const double n = static_cast<double>(differences.size()), centre = mean(differences),
                 error = std::max(deviation(differences), least_spread) / std::sqrt(n);
    const boost::math::students_t t(n - 1);
    const double reach = boost::math::quantile(t, 0.5 + confidence / 2) * error;
    shift.interval = Interval{centre - reach, centre + reach};
    return shift;
}

Shift unpaired_shift(std::span<const double> before, std::span<const double> after,
                     double confidence) {
    const double n = static_cast<double>(before.size()), m = static_cast<double>(after.size());
    Candidates pairs{{}, n * m / 2, std::sqrt(n * m * (n + m + 1) / 12), most_confidence(n, m)};
    for (const double b : before)
        for (const double a : after) pairs.values.push_back(a - b);
    return shift_among(std::move(pairs), confidence);
}

std::optional<double> detectable_shift(std::span<const double> differences) {
    if (differences.size() < 2) return std::nullopt;
    const double n = static_cast<double>(differences.size());
    return detectable_errors(n - 1) * deviation(differences) / std::sqrt(n);
}

std::optional<double> detectable_shift(std::span<const double> before,
                                       std::span<const double> after) {
    if (before.size() < 2 || after.size() < 2) return std::nullopt;
    const double n = static_cast<double>(before.size()), m = static_cast<double>(after.size());
    const double error =
        std::hypot(deviation(before) / std::sqrt(n), deviation(after) / std::sqrt(m));
    return detectable_errors(n + m - 2) * error;
}

}  // namespace rxlab
