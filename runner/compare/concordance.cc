// SPDX-License-Identifier: GPL-2.0
#include "compare/concordance.h"

#include "base/error.h"
#include "base/lines.h"
#include "compare/cells.h"
#include "experiment/field_list.h"
#include "stats/cluster.h"
#include "stats/quantile.h"
#include "stats/shift.h"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>

namespace rxlab {

constexpr const char* kAgreements[] = {"same", "other", "undecided"};

static void to_json(Json& json, Agreement agreement) {
    json = kAgreements[static_cast<size_t>(agreement)];
}

static void read_word(const Field& json, Agreement& agreement) {
    const auto found = std::find(std::begin(kAgreements), std::end(kAgreements), json.text());
    if (found == std::end(kAgreements)) json.refuse("same, other or undecided");
    agreement = static_cast<Agreement>(found - std::begin(kAgreements));
}

template <>
struct FieldList<ConcordancePair> {
    using P = ConcordancePair;
    static constexpr auto fields = std::tuple(
        field("experiment", &P::experiment), field("mechanism", &P::mechanism),
        field("before", &P::before), field("after", &P::after), field("counted", &P::counted),
        field("timed", &P::timed), field("timed_low", &P::timed_low),
        field("timed_high", &P::timed_high), field("agreement", &P::agreement));
};

template <>
struct FieldList<ConcordanceCount> {
    using C = ConcordanceCount;
    static constexpr auto fields =
        std::tuple(field("name", &C::name), field("same", &C::same), field("other", &C::other),
                   field("undecided", &C::undecided));
};

template <>
struct FieldList<Concordance> {
    using C = Concordance;
    static constexpr auto fields =
        std::tuple(field("schema_version", &C::schema_version), field("machine", &C::machine),
                   field("counted_on", &C::counted_on), field("timed_on", &C::timed_on),
                   field("least", &C::least), field("counts", &C::counts),
                   field("pairs", &C::pairs), field("words", &C::words));
};

namespace {

/// "instructions_per_packet" or "ns_per_record": what the lane ranks of the packets or records.
std::string cost_metric(const Cell& cell, Lane lane) {
    for (const char* unit : {"packet", "record"}) {
        const std::string name = fmt::format("{}_per_{}", lane_row(lane).cost, unit);
        if (!clusters_of(cell, name).empty()) return name;
    }
    return "";
}

/// An arm as both lanes have it.
struct BothCosts {
    std::string name;
    double counted;  ///< median
    Clusters timed;  ///< logarithms
};

Clusters logarithms(Clusters clusters) {
    for (auto& [id, values] : clusters)
        for (double& value : values) value = std::log(value);
    return clusters;
}

std::vector<BothCosts> costs_in_both(const Result& counted, const Result& timed) {
    const std::vector<Cell> counted_cells = cells_of(counted), timed_cells = cells_of(timed);
    std::vector<BothCosts> all;
    for (const Cell& cell : counted_cells) {
        const Cell* other = find_cell(timed_cells, cell.arm, cell.factors);
        if (!other || !faults_of(cell).empty() || !faults_of(*other).empty()) continue;
        const std::string instructions = cost_metric(cell, counted.plan.lane),
                          time = cost_metric(*other, timed.plan.lane);
        if (instructions.empty() || time.empty()) continue;
        all.push_back({name_of(cell), median(mean_values(clusters_of(cell, instructions))),
                       logarithms(clusters_of(*other, time))});
    }
    return all;
}

Agreement agreement_of(const ConcordancePair& pair) {
    if (pair.timed_low <= 1 && pair.timed_high >= 1) return Agreement::undecided;
    return (pair.counted < 1) == (pair.timed < 1) ? Agreement::same : Agreement::other;
}

ConcordancePair pair_of(const Experiment& experiment, const BothCosts& before,
                        const BothCosts& after) {
    const Pairs shared = shared_clusters(before.timed, after.timed);
    std::vector<double> differences;
    for (size_t i = 0; i < shared.before.size(); i++)
        differences.push_back(shared.after[i] - shared.before[i]);
    constexpr double kConfidence = 0.95;
    if (differences.size() < least_pairs(kConfidence))
        throw Error(Status::usage,
                    fmt::format("{}: {} and {} have {} rounds in common in time; an interval takes "
                                "{}",
                                experiment.name, before.name, after.name, differences.size(),
                                least_pairs(kConfidence)),
                    "measure it with more --rounds");
    const Shift shift = paired_shift(differences, kConfidence);
    ConcordancePair pair{.experiment = experiment.name,
                         .mechanism = experiment.mechanism,
                         .before = before.name,
                         .after = after.name,
                         .counted = after.counted / before.counted,
                         .timed = std::exp(shift.value),
                         .timed_low = std::exp(shift.interval.value().low),
                         .timed_high = std::exp(shift.interval.value().high)};
    pair.agreement = agreement_of(pair);
    return pair;
}

/// Of those whose instructions differ by `least` or more.
ConcordanceCount count_of(const std::string& name, std::span<const ConcordancePair> pairs,
                          double least) {
    ConcordanceCount count{.name = name};
    for (const ConcordancePair& pair : pairs) {
        if (std::abs(std::log(pair.counted)) < std::log1p(least)) continue;
        (pair.agreement == Agreement::same    ? count.same
         : pair.agreement == Agreement::other ? count.other
                                              : count.undecided)++;
    }
    return count;
}

std::string words_for(const Concordance& concordance) {
    const ConcordanceCount& all = concordance.counts.front();
    return fmt::format(
        "Of {} pairs of arms whose instructions differ by {:g} % or more, {} had the same order in "
        "time ({}), {} the other one, and {} were not told apart.",
        all.same + all.other + all.undecided, concordance.least * 100, all.same,
        concordance.machine, all.other, all.undecided);
}

bool costs(const Result& result, std::string_view what) {
    const char* cost = lane_row(result.plan.lane).cost;
    return cost && cost == what;
}

/// The one of that experiment in a lane whose cost is `cost`. @throws: none, or two
const Result& find_result(const std::vector<Result>& results, const std::string& experiment,
                          std::string_view cost, const char* does) {
    const Result* found = nullptr;
    for (const Result& result : results) {
        if (result.experiment.name != experiment || !costs(result, cost)) continue;
        if (found)
            throw Error(Status::usage,
                        fmt::format("two results of {} in the {} lane", experiment,
                                    to_string(result.plan.lane)),
                        "give one of each lane");
        found = &result;
    }
    if (found) return *found;
    throw Error(Status::usage, fmt::format("no result of {} in a lane that {}", experiment, does),
                "give a result of the counted and one of the timed lane");
}

/// The same for all of them. @throws Error(Status::usage)
void require_one(std::string& known, const std::string& now, const char* what) {
    if (!known.empty() && known != now)
        throw Error(Status::usage, fmt::format("two {}: {} and {}", what, known, now),
                    "a table speaks of one machine and one kernel of each lane");
    known = now;
}

}  // namespace

std::vector<ConcordancePair> concordant_pairs(const Result& counted, const Result& timed) {
    if (counted.experiment.text != timed.experiment.text)
        throw Error(Status::usage,
                    fmt::format("the counted and the timed result of {} are of different texts of "
                                "it",
                                counted.experiment.name),
                    "measure both with one experiment");
    const std::vector<BothCosts> costs = costs_in_both(counted, timed);
    std::vector<ConcordancePair> pairs;
    for (size_t i = 0; i < costs.size(); i++)
        for (size_t j = i + 1; j < costs.size(); j++)
            if (costs[i].counted != costs[j].counted)
                pairs.push_back(pair_of(counted.experiment, costs[i], costs[j]));
    return pairs;
}

Concordance concordance_of(const std::vector<Result>& results) {
    Concordance all;
    std::vector<std::string> names;
    for (const Result& result : results) add_lines(names, {result.experiment.name});
    std::vector<ConcordanceCount> counts;
    for (const std::string& name : names) {
        const Result &counted = find_result(results, name, "instructions", "counts instructions"),
                     &timed = find_result(results, name, "ns", "measures time");
        require_one(all.machine, text_at(timed.provenance, {"host", "cpu_model"}, "unknown"),
                    "machines");
        require_one(all.timed_on, text_at(timed.provenance, {"host", "kernel"}, "unknown"),
                    "timed kernels");
        require_one(all.counted_on, text_at(counted.provenance, {"kernel", "release"}, "unknown"),
                    "counted kernels");
        const std::vector<ConcordancePair> pairs = concordant_pairs(counted, timed);
        counts.push_back(count_of(name, pairs, all.least));
        all.pairs.insert(all.pairs.end(), pairs.begin(), pairs.end());
    }
    all.counts.push_back(count_of("all", all.pairs, all.least));
    all.counts.insert(all.counts.end(), counts.begin(), counts.end());
    all.words = words_for(all);
    return all;
}

Json to_json(const Concordance& concordance) {
    return written(concordance);
}

Concordance concordance_from_json(const Json& json) {
    Concordance concordance;
    read(Field(json), concordance);
    return concordance;
}

}  // namespace rxlab
