// SPDX-License-Identifier: GPL-2.0
#include "cmd/program_table.h"

#include <fmt/format.h>
#include <algorithm>

namespace rxlab {
namespace {

constexpr size_t kFunctions = 20;  // that are printed

std::string spread_words(const Figure& figure, const char* sign) {
    if (figure.same()) return "";
    return sign == std::string("+") ? fmt::format("  {:+.0f} to {:+.0f}", figure.low, figure.high)
                                    : fmt::format("  {:.0f} to {:.0f}", figure.low, figure.high);
}

void print_causes(const ProgramCost& cost) {
    const double all = cost.kernel.mean + cost.user.mean;
    fmt::print("\n  {:<34} {:>9} {:>12} {:>14} {:>8}\n", "system call", "calls", "each",
               "instructions", "share");
    for (const CauseCost& one : cost.causes) {
        if (one.cause.origin == Origin::idle) continue;
        const std::string calls = one.calls.mean > 0 ? fmt::format("{:g}", one.calls.mean) : "",
                          each = calls.empty() ? "" : fmt::format("{:.1f}", one.per_call());
        fmt::print("  {:<34} {:>9} {:>12} {:>14.0f} {:>6.1f} %{}\n", cause_words(one.cause), calls,
                   each, one.instructions.mean, 100 * one.instructions.mean / all,
                   spread_words(one.instructions, ""));
    }
}

void print_functions(const char* whose, const ProgramCost& cost, bool of_program) {
    std::map<std::string, double> sums;
    for (const CauseCost& one : cost.causes)
        if (one.cause.origin != Origin::idle && (one.cause.origin == Origin::user) == of_program)
            for (const auto& [function, count] : one.functions) sums[function] += count;
    std::vector<std::pair<std::string, double>> rows(sums.begin(), sums.end());
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    if (rows.size() > kFunctions) rows.resize(kFunctions);
    fmt::print("\n  {:<57} {:>14} {:>8}\n", whose, "instructions", "share");
    for (const auto& [function, count] : rows)
        fmt::print("  {:<57} {:>14.0f} {:>6.1f} %\n", function, count,
                   100 * count / (cost.kernel.mean + cost.user.mean));
}

void print_cause_changes(const ProgramChange& change) {
    fmt::print("\n  {:<34} {:>17} {:>12} {:>12} {:>11}\n", "system call", "calls", "before",
               "after", "difference");
    for (const CauseChange& one : change.causes) {
        const bool counted = one.before.calls.mean > 0 || one.after.calls.mean > 0;
        const std::string calls =
            !counted ? ""
            : one.before.calls.mean == one.after.calls.mean
                ? fmt::format("{:g}", one.after.calls.mean)
                : fmt::format("{:g} -> {:g}", one.before.calls.mean, one.after.calls.mean);
        fmt::print("  {:<34} {:>17} {:>12.0f} {:>12.0f} {:>+11.0f}{}\n", cause_words(one.cause),
                   calls, one.before.instructions.mean, one.after.instructions.mean,
                   one.difference.mean, spread_words(one.difference, "+"));
    }
}

void print_function_changes(const Differences& found) {
    fmt::print("\n  {:<52} {:>12} {:>12} {:>11}\n", "function, itself", "before", "after",
               "difference");
    size_t printed = 0;
    for (const FunctionDifference& one : found.functions) {
        if (one.share == Share::idle || one.difference() == 0) continue;
        if (printed++ == kFunctions) break;
        fmt::print("  {:<52} {:>12.0f} {:>12.0f} {:>+11.0f}{}\n", one.function, one.before,
                   one.after, one.difference(),
                   spread_words({one.difference(), one.low, one.high}, "+"));
    }
    if (!found.moved.empty())
        fmt::print(
            "  {} times instructions only moved to another function: no change, and not above\n",
            found.moved.size());
}

}  // namespace

void print_total(const std::string& name, const ProgramCost& cost) {
    fmt::print("{}: {:.0f} instructions: {:.0f} of the kernel, {:.0f} of the program\n", name,
               cost.kernel.mean + cost.user.mean, cost.kernel.mean, cost.user.mean);
}

void print_cost(const ProgramCost& cost) {
    print_causes(cost);
    print_functions("kernel function, itself", cost, false);
    print_functions("function of the program or a library, itself", cost, true);
}

void print_change(const ProgramChange& change) {
    fmt::print("difference: {:+.0f} of the kernel, {:+.0f} of the program\n", change.kernel.mean,
               change.user.mean);
    print_cause_changes(change);
    print_function_changes(change.functions);
}

void print_repeats(const std::vector<ProgramCost>& costs, int rounds) {
    const bool same = std::all_of(costs.begin(), costs.end(),
                                  [](const ProgramCost& cost) { return cost.repeats(); });
    if (rounds == 1)
        fmt::print("\none boot: whether another gives the same is not known\n");
    else if (same)
        fmt::print("\nthe same in each of {} boots\n", rounds);
    else
        fmt::print("\nmeans of {} boots, which are not the same: least and most are beside\n",
                   rounds);
}

}  // namespace rxlab
