// SPDX-License-Identifier: GPL-2.0
#include "stats/change_points.h"

#include "stats/quantile.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace rxlab {
namespace {

using Values = std::span<const double>;

/// Of a normal distribution: deviation / median distance to the centre, and what a centre of 7
/// values adds to that distance.
constexpr double kDeviations = 1.4826 * 1.12;

/// The `width` values around each, or as many at the ends.
std::vector<double> local_medians(Values values, size_t width) {
    std::vector<double> medians;
    width = std::min(width, values.size());
    for (size_t i = 0; i < values.size(); i++) {
        const size_t first = i < width / 2 ? 0 : i - width / 2;
        medians.push_back(median(values.subspan(std::min(first, values.size() - width), width)));
    }
    return medians;
}

std::vector<double> without_spikes(Values values, const ChangeRule& rule) {
    const std::vector<double> centres = local_medians(values, 2 * rule.least - 1);
    std::vector<double> distances, kept;
    for (size_t i = 0; i < values.size(); i++)
        distances.push_back(std::abs(values[i] - centres[i]));
    const double most = rule.spike * kDeviations * median(distances);
    for (size_t i = 0; i < values.size(); i++)
        kept.push_back(std::clamp(values[i], centres[i] - most, centres[i] + most));
    return kept;
}

/// Sums of |x_i - x_j| over any rectangle of (i, j).
class Distances {
public:
    explicit Distances(Values values) : side_(values.size() + 1), sums_(side_ * side_) {
        for (size_t i = 0; i < values.size(); i++) {
            const double* above = &sums_[i * side_];
            double *here = &sums_[(i + 1) * side_], row = 0;
            for (const double value : values) {
                row += std::abs(values[i] - value);
                *++here = *++above + row;
            }
        }
    }

    /// i from [a, b), j from [c, d)
    double between(size_t a, size_t b, size_t c, size_t d) const {
        return at(b, d) - at(a, d) - at(b, c) + at(a, c);
    }

private:
    double at(size_t i, size_t j) const { return sums_[i * side_ + j]; }

    size_t side_;
    std::vector<double> sums_;
};

double statistic(const Distances& distances, size_t a, size_t t, size_t b) {
    const double m = static_cast<double>(t - a), n = static_cast<double>(b - t);
    const double apart = 2 * distances.between(a, t, t, b) / (m * n),
                 left = distances.between(a, t, a, t) / (m * (m - 1)),
                 right = distances.between(t, b, t, b) / (n * (n - 1));
    return m * n / (m + n) * (apart - left - right);
}

double squares(Values values) {
    const double centre = mean(values);
    double sum = 0;
    for (const double value : values) sum += (value - centre) * (value - centre);
    return sum;
}

/// Of the hypothesis that both have one mean.
double p_of_equal_means(Values before, Values after) {
    const double m = static_cast<double>(before.size()), n = static_cast<double>(after.size());
    const double variance = (squares(before) + squares(after)) / (m + n - 2);
    const double apart = std::abs(mean(after) - mean(before));
    if (variance == 0) return apart == 0 ? 1 : 0;
    const double t = apart / std::sqrt(variance * (1 / m + 1 / n));
    return 2 * boost::math::cdf(boost::math::complement(boost::math::students_t(m + n - 2), t));
}

struct Search {
    Values values;
    const ChangeRule& rule;
    Distances distances;
    std::vector<ChangePoint> found;
};

size_t best_split(const Search& search, size_t a, size_t b) {
    size_t best = a + search.rule.least;
    double most = -1;
    for (size_t t = best; t + search.rule.least <= b; t++)
        if (const double q = statistic(search.distances, a, t, b); q > most) {
            most = q;
            best = t;
        }
    return best;
}

void bisect(Search& search, size_t a, size_t b) {
    if (b - a < 2 * search.rule.least) return;
    const size_t t = best_split(search, a, b);
    const Values before = search.values.subspan(a, t - a), after = search.values.subspan(t, b - t);
    const double p = p_of_equal_means(before, after);
    if (p > search.rule.p || std::abs(mean(after) - mean(before)) < search.rule.magnitude) return;
    bisect(search, a, t);
    search.found.push_back({t, 0, 0, p});
    bisect(search, t, b);
}

/// Between a change's neighbours, which were not known yet when it was found.
void put_levels(Search& search) {
    size_t first = 0;
    std::vector<ChangePoint>& found = search.found;
    for (size_t i = 0; i < found.size(); i++) {
        const size_t end = i + 1 < found.size() ? found[i + 1].at : search.values.size();
        found[i].before = mean(search.values.subspan(first, found[i].at - first));
        found[i].after = mean(search.values.subspan(found[i].at, end - found[i].at));
        first = found[i].at;
    }
}

}  // namespace

std::vector<ChangePoint> change_points(Values values, const ChangeRule& rule) {
    const size_t left_out = values.size() > kMostValues ? values.size() - kMostValues : 0;
    if (values.size() < 2 * rule.least) return {};
    const std::vector<double> kept = without_spikes(values.subspan(left_out), rule);
    Search search{kept, rule, Distances(kept), {}};
    bisect(search, 0, kept.size());
    put_levels(search);
    for (ChangePoint& point : search.found) point.at += left_out;
    return search.found;
}

bool is_sure(const ChangePoint& found, const std::vector<ChangePoint>& before,
             const ChangeRule& rule) {
    if (found.p > rule.p / 10) return false;
    // A value more may move the place.
    return std::any_of(before.begin(), before.end(), [&](const ChangePoint& other) {
        return std::max(other.at, found.at) - std::min(other.at, found.at) <= 2;
    });
}

std::vector<ChangePoint> steps(Values values, const std::function<double(double)>& delta) {
    std::vector<ChangePoint> found;
    double level = values.empty() ? 0 : values.front();
    for (size_t i = 1; i < values.size(); i++) {
        if (std::abs(values[i] - level) < std::max(delta(level), 1e-300)) continue;
        found.push_back({i, level, values[i], 0});
        level = values[i];
    }
    return found;
}

}  // namespace rxlab
