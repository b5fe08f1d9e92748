// SPDX-License-Identifier: GPL-2.0
// Names that become parts of paths and of commands, checked at the door.
#pragma once
#include <string>

namespace rxlab {

/// Could an interface be called so? As the kernel decides (1 to 15 bytes, no '/', ':' or blank,
/// neither "." nor ".."), and no control characters.
bool is_interface_name(const std::string& name);
/// Could a network namespace under /run/netns be called so? A file's name without blanks.
bool is_netns_name(const std::string& name);

/// @throws Error(Status::usage) that shows the name in quotes, its control characters escaped.
void require_interface_name(const std::string& name);
/// Empty is the caller's own namespace. @throws as above.
void require_netns_name(const std::string& name);

}  // namespace rxlab
