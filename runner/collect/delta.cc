// SPDX-License-Identifier: GPL-2.0
#include "collect/delta.h"

namespace rxlab {

Counts growth(const Counts& before, const Counts& after) {
    Counts out;
    for (const auto& [name, value] : after) {
        const auto earlier = before.find(name);
        const uint64_t start = earlier == before.end() ? 0 : earlier->second;
        out[name] = value >= start ? value - start : value + (uint64_t{1} << 32) - start;
    }
    return out;
}

DeltaCollector::Reporter each_as(const std::string& prefix) {
    return [prefix](const Counts& growth, Values& values) {
        for (const auto& [name, count] : growth) values[prefix + name] = static_cast<double>(count);
    };
}

DeltaCollector::Reporter each_moved_as(const std::string& prefix) {
    return [prefix](const Counts& growth, Values& values) {
        for (const auto& [name, count] : growth)
            if (count) values[prefix + name] = static_cast<double>(count);
    };
}

}  // namespace rxlab
