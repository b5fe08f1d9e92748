// SPDX-License-Identifier: GPL-2.0
// What a schema cannot say about an experiment.
#pragma once
#include "experiment/narrate.h"

#include <functional>
#include <map>

namespace rxlab {

/// References to factors that do not exist, and factors that nothing refers to. Bears any document.
std::vector<Finding> check_factors(const Json& document);

/// The k-th value of every factor (the last one where a factor has fewer); k runs over the longest
/// factor, so that every value is met. Bears any document.
std::vector<std::map<std::string, Json>> factor_samples(const Json& document);

/// Names of knobs, each by its kind's own rule. @pre the document satisfies the schema.
std::vector<Finding> check_knobs(const Json& document,
                                 const std::function<void(const std::string&)>& require_knob);

/// One baseline, distinct arms, limits that agree, the file's name. @pre the document satisfies the
/// schema.
std::vector<Finding> check_meaning(const Json& document, const std::string& file);

}  // namespace rxlab
