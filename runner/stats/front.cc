// SPDX-License-Identifier: GPL-2.0
#include "stats/front.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace rxlab {
namespace {

using Indices = std::vector<size_t>;

/// Each front by growing first cost. A point that comes later in that order is dominated by a front
/// just where it is by the front's last point, whose second cost is the least so far.
std::vector<Indices> fronts_of(const std::vector<Costs>& all) {
    Indices order(all.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        return all[a].first != all[b].first ? all[a].first < all[b].first
                                            : all[a].second < all[b].second;
    });
    std::vector<Indices> fronts;
    for (const size_t i : order) {
        const auto free = std::find_if(fronts.begin(), fronts.end(), [&](const Indices& front) {
            return !dominates(all[front.back()], all[i]);
        });
        if (free == fronts.end())
            fronts.push_back({i});
        else
            free->push_back(i);
    }
    return fronts;
}

/// How far each point's neighbours on its front are from each other, both costs in shares of the
/// front's extent.
std::vector<double> room_of(const std::vector<Costs>& all, const Indices& front) {
    const Costs &begin = all[front.front()], &end = all[front.back()];
    const auto share = [](double part, double whole) { return whole > 0 ? part / whole : 0; };
    std::vector<double> room(front.size(), std::numeric_limits<double>::infinity());
    for (size_t i = 1; i + 1 < front.size(); i++) {
        const Costs &before = all[front[i - 1]], &after = all[front[i + 1]];
        room[i] = share(after.first - before.first, end.first - begin.first) +
                  share(before.second - after.second, begin.second - end.second);
    }
    return room;
}

}  // namespace

bool dominates(const Costs& a, const Costs& b) {
    return a.first <= b.first && a.second <= b.second && !(a == b);
}

std::vector<OnFront> by_fronts(const std::vector<Costs>& all) {
    std::vector<OnFront> sorted;
    const std::vector<Indices> fronts = fronts_of(all);
    for (size_t front = 0; front < fronts.size(); front++) {
        const std::vector<double> room = room_of(all, fronts[front]);
        Indices order(room.size());
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(),
                         [&](size_t a, size_t b) { return room[a] > room[b]; });
        for (const size_t i : order) sorted.push_back({fronts[front][i], front});
    }
    return sorted;
}

}  // namespace rxlab
