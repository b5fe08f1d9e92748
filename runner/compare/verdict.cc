// SPDX-License-Identifier: GPL-2.0
#include "compare/verdict.h"

#include "experiment/field.h"

#include <algorithm>
#include <iterator>

namespace rxlab {
namespace {

const VerdictRow kVerdicts[] = {
    {Verdict::invalid, "invalid", Status::invalid, true, "invalid", nullptr},
    {Verdict::worse, "worse", Status::worse, true, "worse", "more instructions"},
    {Verdict::inconclusive, "inconclusive", Status::inconclusive, false, "inconclusive", nullptr},
    {Verdict::better, "better", Status::ok, false, "better", "fewer instructions"},
    {Verdict::same, "same", Status::ok, false, "same", nullptr},
    {Verdict::not_visible, "not_visible", Status::inconclusive, false, "not visible", nullptr},
};

}  // namespace

std::span<const VerdictRow> verdict_table() {
    return kVerdicts;
}

const VerdictRow& verdict_row(Verdict verdict) {
    return *std::find_if(std::begin(kVerdicts), std::end(kVerdicts),
                         [&](const VerdictRow& row) { return row.verdict == verdict; });
}

const VerdictRow* verdict_named(std::string_view name) {
    const auto found = std::find_if(std::begin(kVerdicts), std::end(kVerdicts),
                                    [&](const VerdictRow& row) { return name == row.name; });
    return found == std::end(kVerdicts) ? nullptr : found;
}

const char* to_string(Verdict verdict) {
    return verdict_row(verdict).name;
}

void to_json(Json& json, Verdict verdict) {
    json = to_string(verdict);
}

void read_word(const Field& json, Verdict& verdict) {
    const VerdictRow* const row = verdict_named(json.text());
    if (!row) json.refuse("a verdict");
    verdict = row->verdict;
}

std::string words_of(Verdict verdict, std::string_view unit) {
    const VerdictRow& row = verdict_row(verdict);
    return row.of_instructions && unit.starts_with("instructions") ? row.of_instructions
                                                                   : row.words;
}

Verdict overall(std::span<const Verdict> verdicts) {
    for (const VerdictRow& row : kVerdicts)
        if (std::find(verdicts.begin(), verdicts.end(), row.verdict) != verdicts.end())
            return row.verdict;
    return Verdict::inconclusive;
}

Verdict judge(const std::optional<Interval>& change, double delta, std::string_view better) {
    if (!change) return Verdict::inconclusive;
    if (-delta <= change->low && change->high <= delta) return Verdict::same;
    const bool up = change->low > delta, down = change->high < -delta;
    if (!up && !down) return Verdict::inconclusive;
    return down == (better == "lower") ? Verdict::better : Verdict::worse;
}

}  // namespace rxlab
