// SPDX-License-Identifier: GPL-2.0
// What several knobs share: where an object is, and when two values are the same.
#pragma once
#include "sys/sys.h"

#include <string>

namespace rxlab {

/// "@dut:net.core.x" -> namespace "rxlab-dut" and "net.core.x"; without '@' the caller's own
/// namespace.
struct Placed {
    std::string netns, object;
};
Placed placed(const std::string& object);

/// @throws Error(Status::usage) unless the object is of letters, digits and `also`, with no "..".
void validate_characters(const std::string& kind, const std::string& object,
                         const std::string& also);

/// The kernel wants one CPU of a list to be online. @throws Error(Status::usage): none is
void require_online(Sys& sys, const std::string& knob, const std::string& value);

/// Is there such a path, and such a namespace?
bool exists_in(Sys& sys, const std::string& netns, const std::string& path);
std::string read_in(Sys& sys, const std::string& netns, const std::string& path);
void write_in(Sys& sys, const std::string& netns, const std::string& path,
              const std::string& value);

}  // namespace rxlab
