// SPDX-License-Identifier: GPL-2.0
// What a trial needs of this machine's files in its guest.
#pragma once
#include <compare>
#include <string>

namespace rxlab {

/// A file of this machine that a guest has to have, and where.
struct GuestFile {
    std::string here, there;
    bool is_program = false;  ///< an ELF executable: the libraries that it is linked to come along
    auto operator<=>(const GuestFile&) const = default;
};

}  // namespace rxlab
