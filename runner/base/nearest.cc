// SPDX-License-Identifier: GPL-2.0
#include "base/nearest.h"

#include <fmt/format.h>
#include <algorithm>
#include <numeric>
#include <utility>

namespace rxlab {

size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 0; i < a.size(); i++) {
        size_t diagonal = std::exchange(row[0], i + 1);
        for (size_t j = 0; j < b.size(); j++) {
            const size_t substituted = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = std::min({substituted, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

std::string nearest(std::string_view word, const std::vector<std::string>& words) {
    std::string best;
    size_t least = std::min(word.size(), std::max<size_t>(2, word.size() / 3) + 1);
    for (const std::string& candidate : words) {
        const size_t distance = edit_distance(word, candidate);
        if (distance >= least) continue;
        least = distance;
        best = candidate;
    }
    return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& words,
                         std::string_view before, std::string_view after) {
    const std::string guess = nearest(word, words);
    return guess.empty() ? "" : fmt::format("{}did you mean '{}'?{}", before, guess, after);
}

}  // namespace rxlab
