// SPDX-License-Identifier: GPL-2.0
#pragma once
#include "sys/sys.h"

#include <optional>
#include <string>

namespace rxlab {

/// A file that may go away at any moment, as those of processes do; nothing: it is not there, or no
/// more. @throws Error(Status::invalid): it is there and cannot be read
std::optional<std::string> read_if_there(Sys& sys, const std::string& path);

}  // namespace rxlab
