// SPDX-License-Identifier: GPL-2.0
// Every reader of text or bytes that rxlab did not write itself, as something to be fuzzed.
#pragma once
#include <cstddef>
#include <string>

namespace rxlab::fuzz {

struct Target {
    const char* name;
    const char* reads;  ///< what it is given, for people
    /// Reads `input`. An Error is an answer; any other exception, and a property that does not
    /// hold, is a finding. @throws what is neither.
    void (*read)(const std::string& input);
};
extern const Target kTargets[];
extern const size_t kTargetCount;

/// @throws std::invalid_argument naming those there are.
const Target& target_named(const std::string& name);
/// read(), where an Error is an answer.
void try_input(const Target& target, const std::string& input);

}  // namespace rxlab::fuzz
