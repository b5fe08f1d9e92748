// SPDX-License-Identifier: GPL-2.0
#include "experiment/experiment_json.h"

#include <regex>

namespace rxlab {
namespace {

constexpr size_t kLongestName = 64;

/// As experiments/schema/experiment.schema.json has it.
void check_name(const Field& json) {
    static const std::regex name("[a-z0-9][a-z0-9.-]*");
    const std::string text = json.text();
    if (text.size() > kLongestName || !std::regex_match(text, name))
        json.refuse("a name of lower-case letters, digits, '.' and '-'");
}

}  // namespace

void check_read(const Field& json, const Experiment&) {
    check_name(json["name"]);
}

void check_read(const Field& json, const Arm&) {
    check_name(json["name"]);
}

}  // namespace rxlab
