// SPDX-License-Identifier: GPL-2.0
#include "compare/table.h"

#include "compare/headline.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace rxlab {
namespace {

constexpr size_t kColumns = 7;
using Line = std::array<std::string, kColumns>;
const Line kHead = {"arm", "metric", "before", "after", "change", "n", "verdict"};
constexpr bool kRight[kColumns] = {false, false, true, true, false, true, false};

/// The primary metrics that this lane can see.
bool shown(const Json& row) {
    return row["primary"] == true && row["verdict"] != "not_visible";
}

std::string number(const Json& value) {
    if (value.is_null()) return "-";
    const double x = value;
    return x == 0 || (x >= 100 && x < 1e9) ? fmt::format("{:.1f}", x) : fmt::format("{:.4g}", x);
}

std::string change(const Json& row) {
    if (!row["ratio"].is_null()) return ratio_text(row);
    if (row["difference"].is_null()) return "-";
    if (row["difference_low"].is_null())
        return fmt::format("{:+.4g}", row["difference"].get<double>());
    return fmt::format("{:+.4g} ({:+.4g} to {:+.4g})", row["difference"].get<double>(),
                       row["difference_low"].get<double>(), row["difference_high"].get<double>());
}

/// Instructions are not time: fewer or more of them, not better or worse.
std::string verdict(const Json& row) {
    const std::string word = row["verdict"], unit = row["unit"];
    if (unit.starts_with("instructions") && word == "better") return "fewer instructions";
    if (unit.starts_with("instructions") && word == "worse") return "more instructions";
    return word;
}

Line line_for(const Json& comparison, const Json& row) {
    return {comparison["label"],  row["name"], number(row["before"]),
            number(row["after"]), change(row), std::to_string(row["clusters"].get<size_t>()),
            verdict(row)};
}

std::string aligned(const std::vector<Line>& lines) {
    std::array<size_t, kColumns> widths{};
    for (const Line& line : lines)
        for (size_t i = 0; i < kColumns; i++) widths[i] = std::max(widths[i], line[i].size());
    std::string text;
    for (const Line& line : lines) {
        std::string row;
        for (size_t i = 0; i < kColumns; i++)
            row +=
                fmt::format(fmt::runtime(kRight[i] ? "{:>{}}  " : "{:<{}}  "), line[i], widths[i]);
        text += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

std::string not_visible(const Json& comparisons, const std::string& lane) {
    std::set<std::string> names;
    for (const Json& comparison : comparisons)
        for (const Json& row : comparison["metrics"])
            if (row["primary"] == true && row["verdict"] == "not_visible")
                names.insert(row["name"]);
    return names.empty() ? ""
                         : fmt::format("the {} lane cannot see {}\n", lane, fmt::join(names, ", "));
}

std::string others(const Json& comparisons) {
    std::set<std::string> names;
    for (const Json& comparison : comparisons)
        for (const Json& row : comparison["metrics"])
            if (row["primary"] == false) names.insert(row["name"]);
    return names.empty()
               ? ""
               : fmt::format("in the report besides: {} metrics that are reported and not ranked\n",
                             names.size());
}

}  // namespace

std::string text_table(const Json& comparison) {
    const Json& comparisons = comparison["comparisons"];
    std::vector<Line> lines{kHead};
    for (const Json& each : comparisons)
        for (const Json& row : each["metrics"])
            if (shown(row)) lines.push_back(line_for(each, row));
    std::string text = fmt::format(
        "{}, {} lane, {}: {}\n{}\n\n", comparison["experiment"].get<std::string>(),
        comparison["lane"].get<std::string>(), comparison["target"].get<std::string>(),
        comparison["verdict"].get<std::string>(), comparison["headline"].get<std::string>());
    text += aligned(lines);
    text += "\nA difference counts from " + comparison["delta_rule"].get<std::string>() + "\n";
    text += not_visible(comparisons, comparison["lane"]) + others(comparisons);
    for (const Json& each : comparisons)
        for (const char* key : {"reasons", "notes"})
            for (const Json& line : each[key])
                text += fmt::format("{}: {}\n", key == std::string("reasons") ? "invalid" : "note",
                                    line.get<std::string>());
    for (const Json& note : comparison["notes"])
        text += fmt::format("note: {}\n", note.get<std::string>());
    return text;
}

}  // namespace rxlab
