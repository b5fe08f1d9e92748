// SPDX-License-Identifier: GPL-2.0
#include "compare/spread.h"

#include "compare/cells.h"
#include "compare/net.h"
#include "compare/row.h"

#include <fmt/format.h>
#include <cmath>
#include <map>

namespace rxlab {
namespace {

struct Value {
    uint64_t boot;
    double value;
};

std::map<int, Value> values_by_round(const Cell& cell, const std::string& metric) {
    std::map<int, Value> values;
    for (const Observation* observation : cell.observations)
        if (const auto found = observation->metrics.find(metric);
            found != observation->metrics.end())
            values[observation->trial.round] = {cluster_of(observation->trial),
                                                found->second.value};
    return values;
}

/// After against before, round by round, grouped by boot.
Clusters changes(const Cell& before, const Cell& after, const Row& row) {
    Clusters groups;
    const std::map<int, Value> old = values_by_round(before, row.name);
    for (const auto& [round, now] : values_by_round(after, row.name))
        if (const auto then = old.find(round); then != old.end())
            groups[now.boot].push_back(row.ratio_scale ? std::log(now.value / then->second.value)
                                                       : now.value - then->second.value);
    return groups;
}

std::string number(const SpreadRow& row, double variance) {
    const double deviation = std::sqrt(variance);
    return row.ratio_scale ? fmt::format("{:.4f} %", 100 * deviation)
                           : fmt::format("{:.4g}", deviation);
}

}  // namespace

std::vector<SpreadRow> spread_of(const Result& measured) {
    const Result result = with_net_metrics(measured);
    std::vector<SpreadRow> rows;
    const Rules rules{.lane = result.plan.lane,
                      .mechanisms = result.experiment.mechanism,
                      .primary = result.experiment.primary};
    for (const auto& [before, after] : compared_cells(result.experiment, cells_of(result)))
        for (const Row& row : rows_of(before, after, rules)) {
            if (!row.primary || !row.hidden.empty()) continue;
            if (const auto found = variance_components(changes(before, after, row)))
                rows.push_back({name_of(after), row.name, row.ratio_scale, *found});
        }
    return rows;
}

std::string text_table(const std::vector<SpreadRow>& rows) {
    std::string text = fmt::format("{:<24} {:<28} {:>5} {:>6} {:>12} {:>12} {:>7}  {}\n", "arm",
                                   "metric", "boots", "rounds", "between", "within", "p", "");
    for (const SpreadRow& row : rows)
        text += fmt::format(
            "{:<24} {:<28} {:>5} {:>6} {:>12} {:>12} {:>7.3f}  {}\n", row.arm, row.metric,
            row.components.groups, row.components.values, number(row, row.components.between),
            number(row, row.components.within), row.components.p,
            row.boots_must_stay() ? "boots must stay" : "phases may stand for boots");
    return text;
}

Json to_json(const SpreadRow& row) {
    return {{"arm", row.arm},
            {"metric", row.metric},
            {"scale", row.ratio_scale ? "ln ratio" : "difference"},
            {"boots", row.components.groups},
            {"rounds", row.components.values},
            {"deviation_between_boots", std::sqrt(row.components.between)},
            {"deviation_within_a_boot", std::sqrt(row.components.within)},
            {"p", row.components.p},
            {"boots_must_stay", row.boots_must_stay()}};
}

}  // namespace rxlab
