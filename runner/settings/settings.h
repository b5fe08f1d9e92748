// SPDX-License-Identifier: GPL-2.0
// Settings that belong together, as a document:
//
//   {
//     "name": "fewer-interrupts",
//     "summary": "the winner of a search",
//     "knobs": {"ethtool:eth0/coalesce/rx-usecs": 50, "sysctl:net.core.netdev_budget": 600}
//   }
#pragma once
#include "base/json.h"
#include "sys/sys.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rxlab {

struct Settings {
    std::string name;
    std::string summary;
    std::vector<std::pair<std::string, std::string>> knobs;  ///< "kind:object" and its value
};

/// @param text JSON with comments. @param file for messages
/// @throws Error(Status::usage) with the place of what is wrong: the shape, a knob that is none
Settings parse_settings(const std::string& text, const std::string& file);
Json to_json(const Settings& settings);

/// Those of an experiment's arm, for a machine's own namespace: the name of the namespace of the
/// device under test ("@dut:") is taken off where that is all, and what is set in the generator's
/// is left out.
/// @param knobs "kind:object" -> value, as a trial has them
Settings settings_of(const std::string& name, const std::string& summary, const Json& knobs);
/// With this interface where its knobs say "@dut".
/// @throws Error(Status::usage): they do, and it is empty
Settings for_interface(Settings settings, const std::string& interface);

/// As they are on this machine: of each knob that can be read.
std::map<std::string, std::string> values_now(Sys& sys, const Settings& settings);

}  // namespace rxlab
