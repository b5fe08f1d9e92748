// SPDX-License-Identifier: GPL-2.0
#include "stats/variance.h"

#include "stats/quantile.h"

#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>

namespace rxlab {
namespace {

double square(double x) {
    return x * x;
}

double tail_of_f(double between, double within, double groups, double values) {
    if (between <= 0) return 1;
    if (within <= 0) return 0;
    const boost::math::fisher_f f(groups - 1, values - groups);
    return boost::math::cdf(boost::math::complement(f, between / within));
}

}  // namespace

std::optional<VarianceComponents> variance_components(const Clusters& groups) {
    std::vector<double> all;
    double inside = 0, squares = 0;
    for (const auto& [id, values] : groups) {
        all.insert(all.end(), values.begin(), values.end());
        squares += square(static_cast<double>(values.size()));
        for (const double value : values) inside += square(value - mean(values));
    }
    const double count = static_cast<double>(groups.size()), n = static_cast<double>(all.size());
    if (groups.size() < 2 || all.size() <= groups.size()) return std::nullopt;
    double outside = 0;
    for (const auto& [id, values] : groups)
        outside += static_cast<double>(values.size()) * square(mean(values) - mean(all));
    const double among = outside / (count - 1), within = inside / (n - count),
                 each = (n - squares / n) / (count - 1);
    return VarianceComponents{groups.size(), all.size(), within,
                              std::max(0.0, (among - within) / each),
                              tail_of_f(among, within, count, n)};
}

}  // namespace rxlab
