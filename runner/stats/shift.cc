// SPDX-License-Identifier: GPL-2.0
#include "stats/shift.h"

#include "stats/quantile.h"

#include <algorithm>
#include <bit>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace rxlab {
namespace {

double two_sided_z(double confidence) {
    return boost::math::quantile(boost::math::normal(), 0.5 + confidence / 2);
}

/// Doubles as integers of the same order.
uint64_t rank_of(double value) {
    const auto bits = std::bit_cast<uint64_t>(value);
    return bits >> 63 ? ~bits : bits | uint64_t{1} << 63;
}

double value_of(uint64_t rank) {
    return std::bit_cast<double>(rank >> 63 ? rank & ~(uint64_t{1} << 63) : ~rank);
}

/// The candidates between which a shift lies, and what their rank statistic looks like under no
/// shift. They are the square of what was observed, so they are counted and never listed.
struct Candidates {
    size_t count = 0;
    double smallest = 0, largest = 0;
    double centre = 0;                ///< expected rank statistic
    double spread = 0;                ///< its standard deviation
    double outermost_confidence = 0;  ///< exact confidence of [smallest, largest]
};

/// The k-th smallest, from 0: the least double that more than k of them are at most.
template <typename CountAtMost>
double candidate_at(size_t k, const Candidates& candidates, const CountAtMost& count_at_most) {
    uint64_t low = rank_of(candidates.smallest), high = rank_of(candidates.largest);
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        if (count_at_most(value_of(middle)) > k)
            high = middle;
        else
            low = middle + 1;
    }
    return value_of(low) + 0.0;  // no negative zero
}

template <typename CountAtMost>
Shift shift_among(const Candidates& candidates, const CountAtMost& count_at_most,
                  double confidence) {
    const size_t last = candidates.count - 1;
    const auto at = [&](size_t k) { return candidate_at(k, candidates, count_at_most); };
    const double middle[] = {at(last / 2), at(last - last / 2)};
    Shift shift{median(middle), std::nullopt};
    if (candidates.outermost_confidence < confidence) return shift;
    const double k = std::floor(candidates.centre - two_sided_z(confidence) * candidates.spread);
    const size_t cut = static_cast<size_t>(std::max(k, 0.0));
    shift.interval = Interval{at(cut), at(last - cut)};
    return shift;
}

std::vector<double> sorted(std::span<const double> values) {
    std::vector<double> copy(values.begin(), values.end());
    std::sort(copy.begin(), copy.end());
    return copy;
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
    const std::vector<double> d = sorted(differences);
    const double n = static_cast<double>(d.size());
    const auto count_at_most = [&](double value) {
        size_t count = 0;
        for (size_t i = 0, end = d.size(); i < end; i++) {
            while (end > i && std::midpoint(d[i], d[end - 1]) > value) end--;
            count += end - i;
        }
        return count;
    };
    return shift_among({d.size() * (d.size() + 1) / 2, d.front(), d.back(), n * (n + 1) / 4,
                        std::sqrt(n * (n + 1) * (2 * n + 1) / 24), most_confidence(d.size())},
                       count_at_most, confidence);
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
    const std::vector<double> b = sorted(before), a = sorted(after);
    const double n = static_cast<double>(b.size()), m = static_cast<double>(a.size());
    const auto count_at_most = [&](double value) {
        size_t count = 0, end = 0;
        for (const double was : b) {
            while (end < a.size() && a[end] - was <= value) end++;
            count += end;
        }
        return count;
    };
    return shift_among({b.size() * a.size(), a.front() - b.back(), a.back() - b.front(), n * m / 2,
                        std::sqrt(n * m * (n + m + 1) / 12), most_confidence(n, m)},
                       count_at_most, confidence);
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
