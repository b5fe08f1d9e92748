// SPDX-License-Identifier: GPL-2.0
#include "sys/read_if_there.h"

#include "base/error.h"

namespace rxlab {

std::optional<std::string> read_if_there(Sys& sys, const std::string& path) {
    try {
        if (sys.exists(path)) return sys.read_file(path);
    } catch (const Error&) {
        if (sys.exists(path)) throw;
    }
    return {};
}

}  // namespace rxlab
