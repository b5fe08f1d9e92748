// SPDX-License-Identifier: GPL-2.0
// attribution.json: cells with their stacks, which flame.py draws.
#pragma once
#include "attribution/fold.h"
#include "experiment/experiment.h"

#include <map>
#include <string>
#include <vector>

namespace rxlab {

/// Stacks, and the packets (or records, or runs) that they were executed for.
struct Attributed {
    std::string label;
    std::string arm;
    std::map<std::string, Json> factors;
    bool baseline = false;
    double packets = 0;
    Executed executed;
    std::string item = "packet";  ///< as Work::item

    double per_packet(uint64_t count) const { return static_cast<double>(count) / packets; }
    double instructions() const { return per_packet(total(executed.stacks)); }
};

/// @param command repeats it
Json attribution_json(const std::string& command, const Experiment& experiment,
                      const Json& provenance, const std::vector<Attributed>& cells);

}  // namespace rxlab
