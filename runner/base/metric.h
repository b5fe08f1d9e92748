// SPDX-License-Identifier: GPL-2.0
// One measured number, as rooms hand it on.
#pragma once
#include <map>
#include <string>

namespace rxlab {

struct Metric {
    double value = 0;
    std::string unit;    ///< "instructions/packet", "ns", "packets", "1", ...
    std::string better;  ///< "lower", "higher" or "none" (descriptive only)
};
using Metrics = std::map<std::string, Metric>;

}  // namespace rxlab
