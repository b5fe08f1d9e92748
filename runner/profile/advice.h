// SPDX-License-Identifier: GPL-2.0
// What the rules say of a profile, each with an experiment that would prove it. Pure.
#pragma once
#include "base/json.h"

#include <string>
#include <vector>

namespace rxlab {

struct Advice {
    std::string name;  ///< the rule's
    Json finding;      ///< a row of the profile's thresholds
    std::string suspicion, reason, source;
    Json knobs = Json::object();  ///< knob -> {"now": its value or null, "try": [values]}
    Json experiment;              ///< a document: its name is advice-NAME
};

/// In the order of the findings: the worst first.
/// @param document a profile.json
std::vector<Advice> advice_of(const Json& document);

Json to_json(const Advice& advice);
/// For people; an empty advice says so. @param files where each experiment is
std::vector<std::string> advice_in_words(const Json& document, const std::vector<Advice>& all,
                                         const std::vector<std::string>& files);

/// Names of the experiments that there could be.
std::vector<std::string> advised_names();

}  // namespace rxlab
