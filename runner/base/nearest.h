// SPDX-License-Identifier: GPL-2.0
// The known word that a misspelt one most likely meant.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace rxlab {

/// Insertions, deletions and substitutions that turn `a` into `b` (Levenshtein 1966), in bytes.
size_t edit_distance(std::string_view a, std::string_view b);

/// The word of `words` with the least edit distance to `word`, the first of equals;
/// empty when all are further away than a third of the word's length (at least 2 edits are always
/// allowed, but never a whole word).
std::string nearest(std::string_view word, const std::vector<std::string>& words);

/// "did you mean 'pktgen'?" with `before` and `after` around it; empty when no word is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& words,
                         std::string_view before = {}, std::string_view after = {});

}  // namespace rxlab
