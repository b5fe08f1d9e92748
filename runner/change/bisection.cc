// SPDX-License-Identifier: GPL-2.0
#include "change/bisection.h"

#include <cmath>

namespace rxlab {

std::optional<Way> way_between(const Figures& good, const Figures& bad) {
    std::optional<Way> most;
    double largest = kLeastStep;
    for (const auto& [path, figure] : good) {
        const auto other = bad.find(path);
        if (other == bad.end() || figure <= 0) continue;
        const double size = std::abs(other->second / figure - 1);
        if (size < largest) continue;
        largest = size;
        most = {path, figure, other->second};
    }
    return most;
}

std::optional<size_t> Bisection::next() const {
    if (bad_ - good_ < 2) return std::nullopt;
    return good_ + (bad_ - good_) / 2;
}

void Bisection::found(size_t which, bool bad) {
    (bad ? bad_ : good_) = which;
}

}  // namespace rxlab
