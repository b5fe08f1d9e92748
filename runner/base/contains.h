// SPDX-License-Identifier: GPL-2.0
#pragma once
#include <algorithm>
#include <vector>

namespace rxlab {

template <typename T, typename U>
bool contains(const std::vector<T>& list, const U& item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace rxlab
