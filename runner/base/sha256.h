// SPDX-License-Identifier: GPL-2.0
#pragma once
#include <string>
#include <string_view>

namespace rxlab {

/// SHA-256 in lower-case hex.
std::string sha256(std::string_view bytes);

/// SHA-256 of a whole file in lower-case hex. @throws Error(Status::usage) naming path and reason.
std::string sha256_file(const std::string& path);

}  // namespace rxlab
