// SPDX-License-Identifier: GPL-2.0
// From an interval to a word, and all that a word stands for: one row per verdict.
#pragma once
#include "base/error.h"
#include "base/json.h"
#include "stats/shift.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rxlab {

class Field;

enum class Verdict { better, worse, same, inconclusive, not_visible, invalid };

/// A row of the verdict table, which is in the order of precedence: one invalid arm spoils the
/// whole, and what cannot be seen says nothing.
struct VerdictRow {
    Verdict verdict;
    const char* name;
    Status status;  ///< exit status of a run whose verdict it is
    bool urgent;    ///< said before the others
    const char* words;
    const char* of_instructions;  ///< what it is called where instructions are counted: they are
                                  ///< fewer or more, and nothing else; null: as elsewhere
};
std::span<const VerdictRow> verdict_table();
const VerdictRow& verdict_row(Verdict verdict);
/// Null: none has this name.
const VerdictRow* verdict_named(std::string_view name);
const char* to_string(Verdict verdict);
void to_json(Json& json, Verdict verdict);
void read_word(const Field& json, Verdict& verdict);

/// "fewer instructions", "not visible". @param unit of what was judged; empty: of several.
std::string words_of(Verdict verdict, std::string_view unit);

/// The first row that is among them. Nothing at all is inconclusive.
Verdict overall(std::span<const Verdict> verdicts);

/// `change`: interval of the relative (or absolute) change. Wholly outside +-delta: better or
/// worse, by `better` ("lower" or "higher"); wholly inside: same; otherwise, or without an
/// interval: inconclusive.
Verdict judge(const std::optional<Interval>& change, double delta, std::string_view better);

}  // namespace rxlab
