// SPDX-License-Identifier: GPL-2.0
// What a package's changelog says of the versions between two. Pure.
#pragma once
#include <string>
#include <vector>

namespace rxlab {

/// The entries of a Debian changelog (newest first, as packages have it) above the first heading
/// that is of `version` ("6.12.113-1~deb12u1": what it was made of, 6.12.113, counts). Lines that
/// go on are joined. All of them where no heading is of that version.
std::vector<std::string> entries_since(const std::string& changelog, const std::string& version);

/// Of the entries those that have a word in common with a function's name, which is at least five
/// letters long and no common one, whatever its case: the most in common first.
std::vector<std::string> entries_about(const std::vector<std::string>& entries,
                                       const std::vector<std::string>& functions);

}  // namespace rxlab
