// SPDX-License-Identifier: GPL-2.0
#pragma once
#include <string>

namespace rxlab {

/// "02ff" for two bytes, and back; nothing where it is not an even number of hexadecimal digits.
std::string to_hex(const std::string& bytes);
std::string from_hex(const std::string& text);

}  // namespace rxlab
