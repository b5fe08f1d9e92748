// SPDX-License-Identifier: GPL-2.0
#include "change/program_cost.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace rxlab {
namespace {

using ByCause = std::map<Cause, Spent>;
using Values = std::vector<double>;  // of each round

Figure figure_of(const Values& values) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    // Of equal values their own, whatever the sum is rounded to.
    return {*low == *high ? *low : sum / static_cast<double>(values.size()), *low, *high};
}

/// A figure of what each round has.
template <typename Rounds, typename Value>
Figure over(const Rounds& rounds, Value value) {
    Values values;
    for (const auto& round : rounds) values.push_back(static_cast<double>(value(round)));
    return figure_of(values);
}

std::vector<ByCause> by_cause(const std::vector<Executed>& rounds) {
    std::vector<ByCause> all;
    for (const Executed& round : rounds) all.push_back(spent_by_cause(round));
    return all;
}

std::set<Cause> causes_in(const std::vector<ByCause>& rounds) {
    std::set<Cause> causes;
    for (const ByCause& round : rounds)
        for (const auto& [cause, spent] : round) causes.insert(cause);
    return causes;
}

Spent spent_in(const ByCause& round, const Cause& cause) {
    const auto found = round.find(cause);
    return found == round.end() ? Spent() : found->second;
}

bool is_kernel(Origin origin) {
    return origin != Origin::user && origin != Origin::idle;
}

uint64_t kernel_in(const ByCause& round) {
    uint64_t sum = 0;
    for (const auto& [cause, spent] : round)
        if (is_kernel(cause.origin)) sum += spent.instructions;
    return sum;
}

uint64_t user_in(const ByCause& round) {
    return spent_in(round, {Origin::user, ""}).instructions;
}

CauseCost cost_of(const Cause& cause, const std::vector<ByCause>& rounds) {
    CauseCost cost{cause, {}, {}, {}};
    cost.calls = over(rounds, [&](const ByCause& round) { return spent_in(round, cause).calls; });
    cost.instructions =
        over(rounds, [&](const ByCause& round) { return spent_in(round, cause).instructions; });
    for (const ByCause& round : rounds)
        for (const auto& [function, count] : spent_in(round, cause).functions)
            cost.functions[function] +=
                static_cast<double>(count) / static_cast<double>(rounds.size());
    return cost;
}

/// Of two figures of each round, what the second has more.
template <typename Value>
Figure difference_over(const std::vector<ByCause>& before, const std::vector<ByCause>& after,
                       Value value) {
    Values values;
    for (size_t i = 0; i < before.size(); i++)
        values.push_back(static_cast<double>(value(after[i])) -
                         static_cast<double>(value(before[i])));
    return figure_of(values);
}

/// Round by round, of one run each.
std::vector<RoundStacks> paired(const std::vector<Executed>& before,
                                const std::vector<Executed>& after) {
    std::vector<RoundStacks> rounds;
    for (size_t i = 0; i < before.size(); i++)
        rounds.push_back({before[i].stacks, after[i].stacks, 1, 1});
    return rounds;
}

Json to_json(const Figure& figure) {
    return {{"mean", figure.mean}, {"low", figure.low}, {"high", figure.high}};
}

Json to_json(const CauseCost& cost) {
    return {{"origin", to_string(cost.cause.origin)},     {"name", cost.cause.name},
            {"words", cause_words(cost.cause)},           {"calls", to_json(cost.calls)},
            {"instructions", to_json(cost.instructions)}, {"functions", cost.functions}};
}

Json to_json(const CauseChange& change) {
    return {{"origin", to_string(change.cause.origin)},
            {"name", change.cause.name},
            {"words", cause_words(change.cause)},
            {"calls_before", to_json(change.before.calls)},
            {"calls_after", to_json(change.after.calls)},
            {"before", to_json(change.before.instructions)},
            {"after", to_json(change.after.instructions)},
            {"difference", to_json(change.difference)}};
}

}  // namespace

bool ProgramCost::repeats() const {
    return kernel.same() && user.same() &&
           std::all_of(causes.begin(), causes.end(), [](const CauseCost& cost) {
               return cost.calls.same() && cost.instructions.same();
           });
}

ProgramCost program_cost(const std::vector<Executed>& rounds) {
    const std::vector<ByCause> all = by_cause(rounds);
    ProgramCost cost{{}, over(all, kernel_in), over(all, user_in)};
    for (const Cause& cause : causes_in(all)) cost.causes.push_back(cost_of(cause, all));
    std::stable_sort(cost.causes.begin(), cost.causes.end(),
                     [](const CauseCost& a, const CauseCost& b) {
                         return a.instructions.mean > b.instructions.mean;
                     });
    return cost;
}

ProgramChange program_change(const std::vector<Executed>& before,
                             const std::vector<Executed>& after) {
    const std::vector<ByCause> from = by_cause(before), to = by_cause(after);
    ProgramChange change{
        {},
        difference_over(from, to, kernel_in),
        difference_over(from, to, user_in),
        difference_over(from, to,
                        [](const ByCause& round) { return kernel_in(round) + user_in(round); }),
        differences_over(paired(before, after))};
    std::set<Cause> causes = causes_in(from);
    causes.merge(causes_in(to));
    for (const Cause& cause : causes) {
        if (cause.origin == Origin::idle) continue;
        CauseChange one{cause, cost_of(cause, from), cost_of(cause, to), {}};
        one.difference = difference_over(
            from, to, [&](const ByCause& round) { return spent_in(round, cause).instructions; });
        if (one.difference.low != 0 || one.difference.high != 0)
            change.causes.push_back(std::move(one));
    }
    std::stable_sort(change.causes.begin(), change.causes.end(),
                     [](const CauseChange& a, const CauseChange& b) {
                         return std::abs(a.difference.mean) > std::abs(b.difference.mean);
                     });
    return change;
}

Verdict ProgramChange::verdict() const {
    if (all.low > 0) return Verdict::worse;
    if (all.high < 0) return Verdict::better;
    return all.low == 0 && all.high == 0 ? Verdict::same : Verdict::inconclusive;
}

Json to_json(const ProgramCost& cost) {
    Json causes = Json::array();
    for (const CauseCost& one : cost.causes) causes.push_back(to_json(one));
    return {{"kernel", to_json(cost.kernel)},
            {"user", to_json(cost.user)},
            {"repeats", cost.repeats()},
            {"causes", causes}};
}

Json to_json(const ProgramChange& change) {
    Json causes = Json::array();
    for (const CauseChange& one : change.causes) causes.push_back(to_json(one));
    const Json functions = to_json(change.functions);
    return {{"kernel", to_json(change.kernel)},
            {"user", to_json(change.user)},
            {"all", to_json(change.all)},
            {"verdict", to_string(change.verdict())},
            {"causes", causes},
            {"functions", functions["functions"]},
            {"moved", functions["moved"]}};
}

}  // namespace rxlab
