// SPDX-License-Identifier: GPL-2.0
// JSON with comments, and where in the text each of its values stands.
#pragma once
#include "base/error.h"
#include "base/json.h"
#include "experiment/narrate.h"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace rxlab {

/// Something wrong at a byte of the text.
struct Problem {
    size_t offset = 0;
    std::string message;  ///< "expected X, got Y"
};

/// Where a value and its key stand, as bytes from the start of the text.
struct Place {
    size_t key = 0;  ///< the value's own for array elements and the whole document
    size_t value = 0;
};

struct Source {
    std::string text;
    Json document;                                  ///< discarded after a syntax error
    std::unordered_map<std::string, Place> places;  ///< by JSON pointer
    std::vector<Problem> problems;  ///< syntax, duplicate keys, nesting too deep, strings too long
};

/// Reads `text`; what is wrong with it is in `problems`. It stops where an array or object has more
/// than `most_items`.
Source read_source(const std::string& text, size_t most_items = SIZE_MAX);

/// The problem where the finding's value stands, or the nearest value around it that stands in the
/// text.
Problem placed(const Source& source, Finding finding);

/// "file:line:column: message", the line and a caret under the column, for the first ten problems
/// in the order of the text; of several problems at one place the first in `problems` is reported.
/// Columns count characters from 1. `next` is the error's next step; empty: where to read about
/// experiments.
Error problems_error(const std::string& file, const std::string& text,
                     std::vector<Problem> problems, const std::string& next = {});

}  // namespace rxlab
