// SPDX-License-Identifier: GPL-2.0
#pragma once
#include <string>

namespace rxlab {

/// The value of a setting in the words of `ethtool -c`, `-g` or `-k`: group coalesce, ring or
/// feature.
/// @throws Error(Status::usage) when the interface has no such setting.
std::string parse_ethtool(const std::string& group, const std::string& setting,
                          const std::string& text);

}  // namespace rxlab
