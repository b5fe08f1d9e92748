// SPDX-License-Identifier: GPL-2.0
#pragma once
#include <string>

namespace rxlab {

/// Where a function is declared.
struct SourcePlace {
    std::string file;  ///< relative to the sources: "net/ipv4/inetpeer.c"
    int line = 0;
    bool operator==(const SourcePlace&) const = default;
};

}  // namespace rxlab
