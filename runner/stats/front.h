// SPDX-License-Identifier: GPL-2.0
// Which of many are best where two costs count and neither is worth so much of the other: sorting
// by non-domination, and by crowding within a front (Deb et al., NSGA-II, IEEE Transactions on
// Evolutionary Computation 6(2), 2002).
#pragma once
#include <cstddef>
#include <vector>

namespace rxlab {

/// Less is better, of both.
struct Costs {
    double first = 0, second = 0;
    bool operator==(const Costs&) const = default;
};

/// Is `a` as good in both and better in one?
bool dominates(const Costs& a, const Costs& b);

struct OnFront {
    size_t which;  ///< of those that were given
    size_t front;  ///< 0: nothing dominates it; 1: only those of front 0 do; ...
};

/// All of them, front by front; of a front first its ends, then those whose neighbours are farthest
/// away. Among equals the earlier is first.
std::vector<OnFront> by_fronts(const std::vector<Costs>& all);

}  // namespace rxlab
