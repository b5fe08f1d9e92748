// SPDX-License-Identifier: GPL-2.0
#include "change/bisection.h"

#include <cmath>

namespace rxlab {

std::optional<std::string> most_different(const Figures& good, const Figures& bad) {
    std::optional<std::string> most;
    double largest = kLeastStep;
    for (const auto& [path, figure] : good) {
        const auto other = bad.find(path);
        if (other == bad.end() || figure <= 0) continue;
        const double size = std::abs(other->second / figure - 1);
        if (size < largest) continue;
        largest = size;
        most = path;
    }
    return most;
}

double share_of_way(double good, double bad, double figure) {
    return (figure - good) / (bad - good);
}

bool is_bad(double good, double bad, double figure) {
    return share_of_way(good, bad, figure) >= 0.5;
}

std::optional<size_t> Bisection::next() const {
    if (bad_ - good_ < 2) return std::nullopt;
    return good_ + (bad_ - good_) / 2;
}

void Bisection::found(size_t which, bool bad) {
    (bad ? bad_ : good_) = which;
}

}  // namespace rxlab
