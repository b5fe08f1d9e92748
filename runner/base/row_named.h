// SPDX-License-Identifier: GPL-2.0
// A row of a table by its name.
#pragma once
#include "base/error.h"
#include "base/nearest.h"

#include <fmt/format.h>

namespace rxlab {

/// The row of `rows` whose `name` is `name`; `what` it is one of, for people.
/// @throws Error(Status::usage) with the nearest name.
template <typename Row>
const Row& row_named(const Row* rows, size_t count, const std::string& name, const char* what) {
    std::vector<std::string> known;
    for (size_t i = 0; i < count; i++) {
        if (name == rows[i].name) return rows[i];
        known.emplace_back(rows[i].name);
    }
    throw Error(Status::usage, fmt::format("no {} '{}'", what, name), did_you_mean(name, known));
}

}  // namespace rxlab
