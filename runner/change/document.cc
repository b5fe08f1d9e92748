// SPDX-License-Identifier: GPL-2.0
#include "change/document.h"

#include "base/amount.h"
#include "compare/headline.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <cmath>

namespace rxlab {
namespace {

constexpr int kSchemaVersion = 1;
constexpr size_t kNamed = 4;           // functions in a sentence
constexpr double kWorthNaming = 0.05;  // of the path's difference, and
constexpr double kLeastNamed = 0.5;    // instructions per packet

using Key = std::pair<Share, std::string>;

ItemStacks before_of(const RoundStacks& round) {
    return {round.before, round.before_items};
}
ItemStacks after_of(const RoundStacks& round) {
    return {round.after, round.after_items};
}

/// All rounds as one.
RoundStacks sum_of(const std::vector<RoundStacks>& rounds) {
    RoundStacks sum;
    for (const RoundStacks& round : rounds) {
        add(sum.before, round.before);
        add(sum.after, round.after);
        sum.before_items += round.before_items;
        sum.after_items += round.after_items;
    }
    return sum;
}

std::map<Key, double> by_key(const Differences& found) {
    std::map<Key, double> differences;
    for (const FunctionDifference& one : found.functions)
        differences[{one.share, one.function}] = one.difference();
    return differences;
}

/// Gives each of the mean's functions the least and the most of the rounds.
void add_spread(Differences& mean, const std::vector<RoundStacks>& rounds) {
    for (FunctionDifference& one : mean.functions) one.low = one.high = one.difference();
    for (const RoundStacks& round : rounds) {
        const auto differences = by_key(differences_of(before_of(round), after_of(round)));
        for (FunctionDifference& one : mean.functions) {
            const auto found = differences.find({one.share, one.function});
            const double value = found == differences.end() ? 0 : found->second;
            one.low = std::min(one.low, value);
            one.high = std::max(one.high, value);
        }
    }
}

const char* state_of(const FunctionDifference& function) {
    return function.before == 0 ? "new" : function.after == 0 ? "vanished" : "";
}

std::string named(const FunctionDifference& function) {
    const std::string state = state_of(function);
    return fmt::format("{} {:+.1f}{}", function.function, function.difference(),
                       state.empty() ? "" : " (" + state + ")");
}

/// Of the path's own share, those that make up the most of its difference.
std::vector<const FunctionDifference*> main_ones(const PathChange& path) {
    std::vector<const FunctionDifference*> ones;
    const auto total = path.found.shares.find(Share::path);
    const double whole = total == path.found.shares.end() ? 0 : total->second.difference();
    for (const FunctionDifference& one : path.found.functions) {
        const double size = std::abs(one.difference());
        if (one.share != Share::path) continue;
        if (ones.size() == kNamed || size < kLeastNamed || size < kWorthNaming * std::abs(whole))
            break;
        ones.push_back(&one);
    }
    return ones;
}

Json to_json(const BothSides& total) {
    return {{"before", total.before}, {"after", total.after}, {"difference", total.difference()}};
}

Json to_json(const FunctionDifference& one) {
    Json json{{"share", to_string(one.share)},
              {"function", one.function},
              {"before", one.before},
              {"after", one.after},
              {"moved", one.moved},
              {"difference", one.difference()},
              {"low", one.low},
              {"high", one.high},
              {"state", state_of(one)}};
    if (one.source) json["source"] = {{"file", one.source->file}, {"line", one.source->line}};
    return json;
}

/// How far from no change.
double size_of(const PathChange& path) {
    return std::abs(path.metric.ratio.value_or(1) - 1);
}

/// Of the two figures beside it, so that a reader can add them up: the median of the differences,
/// which the interval is about, is another number.
std::optional<double> change_of(const ComparedMetric& metric) {
    if (!metric.before || !metric.after) return {};
    return *metric.after - *metric.before;
}

}  // namespace

Differences differences_over(const std::vector<RoundStacks>& rounds) {
    const RoundStacks sum = sum_of(rounds);
    Differences found = differences_of(before_of(sum), after_of(sum));
    add_spread(found, rounds);
    return found;
}

PathChange path_change(std::string experiment, std::string path, ComparedMetric metric,
                       const std::vector<RoundStacks>& rounds) {
    return {
        std::move(experiment), std::move(path), std::move(metric), {}, differences_over(rounds)};
}

void add_sources(Differences& found, const PlaceOf& before, const PlaceOf& after) {
    for (FunctionDifference& one : found.functions)
        one.source = one.after == 0 ? before(one.function) : after(one.function);
}

bool is_told(const PathChange& path) {
    return is_told(path.metric.verdict);
}

bool is_told(Verdict verdict) {
    return verdict == Verdict::better || verdict == Verdict::worse || verdict == Verdict::invalid;
}

void conclude(Diff& diff, double allowed) {
    std::stable_sort(diff.paths.begin(), diff.paths.end(),
                     [](const PathChange& a, const PathChange& b) {
                         if (is_told(a) != is_told(b)) return is_told(a);
                         return is_told(a) && size_of(a) > size_of(b);
                     });
    std::vector<Verdict> verdicts, judged;
    for (const PathChange& path : diff.paths) {
        const Verdict verdict = path.metric.verdict;
        verdicts.push_back(verdict);
        judged.push_back(verdict == Verdict::worse && size_of(path) <= allowed ? Verdict::same
                                                                               : verdict);
    }
    diff.verdict = overall(verdicts);
    diff.status = static_cast<int>(verdict_row(overall(judged)).status);
}

std::vector<std::string> causes_of(const PathChange& path) {
    std::vector<std::string> names;
    for (const FunctionDifference* one : main_ones(path)) names.push_back(one->function);
    return names;
}

std::string sentence_of(const PathChange& path) {
    const ComparedMetric& metric = path.metric;
    if (!path.faults.empty()) return fmt::format("{}: {}", path.path, path.faults.front());
    if (!metric.before || !metric.after || !metric.ratio)
        return fmt::format("{}: {}", path.path, metric.reason);
    const std::string item = metric.unit.substr(metric.unit.find('/') + 1);
    std::string sentence =
        fmt::format("{}: {:+.1f} instructions per {}, {:.1f} to {:.1f}, {}", path.path,
                    *change_of(metric), item, *metric.before, *metric.after, ratio_text(metric));
    if (!is_told(path)) return sentence + ": " + words_of(metric.verdict, metric.unit);
    std::vector<std::string> causes;
    for (const FunctionDifference* one : main_ones(path)) causes.push_back(named(*one));
    if (!causes.empty()) sentence += fmt::format(": {}", fmt::join(causes, ", "));
    return sentence;
}

std::string headline_of(const Diff& diff) {
    const std::string all = amount(diff.paths.size(), "path");
    const auto told = std::count_if(diff.paths.begin(), diff.paths.end(),
                                    [](const PathChange& path) { return is_told(path); });
    std::string change = "nothing was measured";
    if (told)
        change = fmt::format("{} of {} changed", told, all);
    else if (!diff.paths.empty())
        change = fmt::format("{} on {}", words_of(diff.verdict, "instructions/packet"), all);
    return fmt::format("{} against {}: {}", diff.after.name, diff.before.name, change);
}

Json to_json(const Differences& found) {
    Json shares = Json::object(), functions = Json::array(), moved = Json::array();
    for (const auto& [share, total] : found.shares) shares[to_string(share)] = to_json(total);
    for (const FunctionDifference& one : found.functions) functions.push_back(to_json(one));
    for (const Moved& one : found.moved)
        moved.push_back({{"share", to_string(one.share)},
                         {"from", one.from},
                         {"to", one.to},
                         {"amount", one.amount},
                         {"how", to_string(one.how)}});
    return {{"all", to_json(found.all)},
            {"shares", shares},
            {"functions", functions},
            {"moved", moved}};
}

Json to_json(const PathChange& path) {
    const ComparedMetric& metric = path.metric;
    Json json = to_json(path.found);
    json.update({{"experiment", path.experiment},
                 {"path", path.path},
                 {"metric", metric.name},
                 {"unit", metric.unit},
                 {"before", or_null(metric.before)},
                 {"after", or_null(metric.after)},
                 {"difference", or_null(change_of(metric))},
                 {"ratio", or_null(metric.ratio)},
                 {"ci_low", or_null(metric.ci_low)},
                 {"ci_high", or_null(metric.ci_high)},
                 {"rounds", metric.n},
                 {"delta", or_null(metric.delta)},
                 {"verdict", to_string(metric.verdict)},
                 {"verdict_words", words_of(metric.verdict, metric.unit)},
                 {"reason", metric.reason},
                 {"faults", path.faults},
                 {"sentence", sentence_of(path)}});
    return json;
}

Json to_json(const Subject& subject) {
    return {{"name", subject.name},
            {"release", subject.release},
            {"summary", subject.summary},
            {"content", subject.content}};
}

Json to_json(const Diff& diff) {
    Json paths = Json::array();
    for (const PathChange& path : diff.paths) paths.push_back(to_json(path));
    return {{"schema_version", kSchemaVersion},
            {"before", to_json(diff.before)},
            {"after", to_json(diff.after)},
            {"command", diff.command},
            {"headline", headline_of(diff)},
            {"verdict", to_string(diff.verdict)},
            {"verdict_words", words_of(diff.verdict, "instructions/packet")},
            {"status", diff.status},
            {"kernel_lines", diff.kernel_lines},
            {"paths", paths},
            {"left_out", diff.left_out},
            {"notes", diff.notes}};
}

}  // namespace rxlab
