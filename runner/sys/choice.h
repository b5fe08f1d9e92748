// SPDX-License-Identifier: GPL-2.0
// A file of the kernel's that shows all choices and marks one: "always [madvise] never".
#pragma once
#include <string>

namespace rxlab {

/// The one in brackets; the text itself where there are none.
inline std::string chosen_in(const std::string& text) {
    const size_t open = text.find('['), close = text.find(']');
    return open != std::string::npos && close != std::string::npos && open < close
               ? text.substr(open + 1, close - open - 1)
               : text;
}

}  // namespace rxlab
