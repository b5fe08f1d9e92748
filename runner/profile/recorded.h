// SPDX-License-Identifier: GPL-2.0
// What was recorded of a receive path, and profile.json, which is made of it.
#pragma once
#include "base/json.h"
#include "metrics/metric.h"

#include <string>
#include <vector>

namespace rxlab {

/// A part of a profile that is not in it.
struct LeftOut {
    std::string part;  ///< a collector
    std::string why;
};

struct Recorded {
    Json subject = Json::object();   ///< {"kind": "interface", "trial" or "perf", "name", ...}
    Json facts = Json::object();     ///< command, kernel, rxlab_version, ...
    bool interrupted = false;        ///< the window ended early
    Metrics values;                  ///< of the collectors
    Json curves = Json::object();    ///< theirs, tables among them
    Json settings = Json::object();  ///< knob -> its value, of those that rules may turn
    std::vector<LeftOut> left_out;
};

/// profile.json (results/schema/profile.schema.json), judged by the table of thresholds.
Json profile_document(const Recorded& recorded);

/// "30.5 %" of a share (unit 1), "2000 us" of nanoseconds, "7 packets".
std::string threshold_value(double value, const std::string& unit);

/// For people: what is abnormal, worst first, or that nothing is.
std::vector<std::string> profile_in_words(const Json& document);

}  // namespace rxlab
