// SPDX-License-Identifier: GPL-2.0
#include "history/follow.h"

#include "history/diff_causes.h"
#include "metrics/lane.h"
#include "stats/change_points.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <cmath>
#include <regex>
#include <set>
#include <tuple>

namespace rxlab {
namespace {

/// The nights on which a lane has results on a machine.
using LaneNights = std::map<std::pair<Lane, std::string>, std::set<std::string>>;
using ListsByHash = std::map<std::string, std::vector<Ingredient>>;

/// What all series are followed with.
struct Kept {
    std::map<int64_t, KeptResult> results;
    ListsByHash lists;
    std::vector<KeptCause> causes;
    LaneNights nights;
};

double relative_delta_at(const SeriesName& name, double level, double floor) {
    if (level <= 0) return 0;
    return relative_delta(name.lane, metric_row(name.metric), level, floor);
}

/// The points of one series that have a value, with their results.
struct Track {
    const SeriesName& name;
    double floor = 0;
    std::vector<double> values;  ///< as they are kept
    std::vector<const KeptResult*> results;
};

std::vector<ChangePoint> steps_in(const Track& track) {
    return steps(track.values, [&](double level) {
        return level * relative_delta_at(track.name, level, track.floor);
    });
}

/// An exact step that the next result takes back was none: both become one that is not repeated.
std::vector<std::pair<ChangePoint, ChangeState>> exact_states(const Track& track) {
    const std::vector<ChangePoint> found = steps_in(track);
    std::vector<std::pair<ChangePoint, ChangeState>> told;
    for (size_t i = 0; i < found.size(); i++) {
        const bool is_last = i + 1 == found.size();
        const size_t end = is_last ? track.values.size() : found[i + 1].at;
        const bool once = end - found[i].at == 1;
        const double least =
            found[i].before * relative_delta_at(track.name, found[i].before, track.floor);
        if (!once)
            told.emplace_back(found[i], ChangeState::confirmed);
        else if (is_last)
            told.emplace_back(found[i], ChangeState::candidate);
        else if (std::abs(found[i + 1].after - found[i].before) <= least)
            told.emplace_back(found[i++], ChangeState::not_repeated);
        else
            told.emplace_back(found[i], ChangeState::confirmed);  // on its way elsewhere
    }
    return told;
}

std::vector<std::pair<ChangePoint, ChangeState>> noisy_states(const Track& track) {
    if (track.values.empty()) return {};
    const ChangeRule rule{.magnitude = std::log1p(relative_delta_at(track.name, 1, track.floor))};
    const std::span<const double> values(track.values);
    const auto before = change_points(values.first(values.size() - 1), rule);
    std::vector<std::pair<ChangePoint, ChangeState>> told;
    for (const ChangePoint& point : change_points(values, rule))
        told.emplace_back(
            point, is_sure(point, before, rule) ? ChangeState::confirmed : ChangeState::candidate);
    return told;
}

std::string direction_of(const std::string& better, double before, double after) {
    if (better == "none" || before == after) return "";
    return (after < before) == (better == "lower") ? "better" : "worse";
}

bool is_module(const Ingredient& one) {
    return one.name.starts_with("payload modules/");
}

bool modules_differ(const std::vector<Ingredient>& before, const std::vector<Ingredient>& after) {
    std::vector<Ingredient> a, b;
    std::copy_if(before.begin(), before.end(), std::back_inserter(a), is_module);
    std::copy_if(after.begin(), after.end(), std::back_inserter(b), is_module);
    return a != b;
}

LevelChange told_of(const Track& track, const Kept& kept, const ChangePoint& point,
                    ChangeState state, bool exact) {
    const KeptResult &before = *track.results[point.at - 1], &after = *track.results[point.at];
    LevelChange change;
    change.night_before = before.night;
    change.night = after.night;
    change.before = exact ? point.before : std::exp(point.before);
    change.after = exact ? point.after : std::exp(point.after);
    change.ratio = change.before > 0 ? change.after / change.before : 0;
    change.direction = direction_of(track.name.better, change.before, change.after);
    change.state = state;
    change.p = point.p;
    const auto &list_before = kept.lists.at(before.ingredients),
               &list_after = kept.lists.at(after.ingredients);
    change.made_of = made_otherwise(list_before, list_after);
    change.command =
        diff_command(track.name, before, after, modules_differ(list_before, list_after));
    if (const KeptCause* cause = cause_of(kept.causes, track.name, before.release, after.release))
        change.cause = cause->sentence;
    return change;
}

void add_changes(FollowedSeries& series, const Track& track, const Kept& kept) {
    for (const auto& [point, state] : series.exact ? exact_states(track) : noisy_states(track))
        series.changes.push_back(told_of(track, kept, point, state, series.exact));
}

// --- status ---

std::string change_words(const LevelChange& change) {
    return levels_in_words(change) + (change.direction.empty() ? "" : ", " + change.direction);
}

/// Who else has results since: what has gone is the whole kernel, the experiment, or this arm.
std::string gone_words(const FollowedSeries& series, const Kept& kept, const std::string& last) {
    bool of_kernel = false, of_experiment = false;
    for (const auto& [id, result] : kept.results) {
        if (result.lane != series.name.lane || result.night <= last) continue;
        of_kernel |= result.kernel == series.name.kernel;
        of_experiment |=
            result.kernel == series.name.kernel && result.experiment == series.name.experiment;
    }
    const std::string who = !of_kernel       ? "kernel " + series.name.kernel
                            : !of_experiment ? series.name.experiment + " on this kernel"
                                             : "this arm on this topology";
    return fmt::format("{} has no result since {}", who, last);
}

size_t nights_after(const std::set<std::string>& nights, const std::string& last) {
    return static_cast<size_t>(std::distance(nights.upper_bound(last), nights.end()));
}

/// How many values the level has that a change led to.
size_t values_since(const FollowedSeries& series, const LevelChange& change) {
    return static_cast<size_t>(
        std::count_if(series.points.begin(), series.points.end(),
                      [&](const FollowedPoint& point) { return point.night >= change.night; }));
}

void put_status(FollowedSeries& series, SeriesStatus status, std::string words) {
    series.status = status;
    series.words = std::move(words);
}

const LevelChange* last_change(const FollowedSeries& series) {
    for (auto change = series.changes.rbegin(); change != series.changes.rend(); ++change)
        if (change->state != ChangeState::not_repeated) return &*change;
    return nullptr;
}

void put_level_status(FollowedSeries& series) {
    const LevelChange* last = last_change(series);
    if (series.points.empty())
        put_status(series, SeriesStatus::is_new, "no value yet");
    else if (last && last->state == ChangeState::candidate)
        put_status(series, SeriesStatus::candidate,
                   fmt::format("perhaps changed on {}: {}; another result decides", last->night,
                               change_words(*last)));
    else if (last && values_since(series, *last) <= kRecentValues)
        put_status(series, SeriesStatus::changed,
                   fmt::format("changed on {}: {}", last->night, change_words(*last)));
    else if (series.points.size() == 1)
        put_status(series, SeriesStatus::is_new, "one value");
    else
        put_status(series, SeriesStatus::steady,
                   fmt::format("steady since {}", last ? last->night : series.points[0].night));
}

std::string last_night(const FollowedSeries& series) {
    std::string last;
    if (!series.points.empty()) last = series.points.back().night;
    if (!series.faults.empty()) last = std::max(last, series.faults.back().night);
    return last;
}

void conclude_series(FollowedSeries& series, const Kept& kept) {
    const std::string last = last_night(series);
    const bool failed = !series.faults.empty() && series.faults.back().night == last &&
                        (series.points.empty() || series.points.back().night < last);
    if (nights_after(kept.nights.at({series.name.lane, series.name.machine}), last) >= kGoneNights)
        put_status(series, SeriesStatus::gone, gone_words(series, kept, last));
    else if (failed)
        put_status(series, SeriesStatus::invalid,
                   fmt::format("no figure on {}: {}", last, series.faults.back().why));
    else
        put_level_status(series);
}

void add_missing(FollowedSeries& series, const Kept& kept) {
    std::set<std::string> has;
    for (const FollowedPoint& point : series.points) has.insert(point.night);
    for (const FollowedFault& fault : series.faults) has.insert(fault.night);
    if (has.empty()) return;
    const auto& nights = kept.nights.at({series.name.lane, series.name.machine});
    std::set_difference(nights.lower_bound(*has.begin()), nights.end(), has.begin(), has.end(),
                        std::back_inserter(series.missing));
}

FollowedSeries follow_one(const KeptSeries& kept_series, const Kept& kept) {
    FollowedSeries series{kept_series.id, kept_series.name};
    series.exact = lane_row(series.name.lane).repeats_exactly;
    Track track{series.name, 0, {}, {}};
    for (const KeptPoint& point : kept_series.points) {
        const KeptResult& result = kept.results.at(point.result);
        if (!point.value) {
            series.faults.push_back({result.night, point.fault});
            continue;
        }
        track.values.push_back(*point.value);
        track.results.push_back(&result);
        track.floor = std::max(track.floor, result.floor);
        series.points.push_back({result.night, series.exact ? *point.value : std::exp(*point.value),
                                 point.measured, result.source});
    }
    add_changes(series, track, kept);
    add_missing(series, kept);
    if (!series.points.empty())
        series.delta = relative_delta_at(series.name, series.exact ? series.points.back().value : 1,
                                         track.floor);
    conclude_series(series, kept);
    return series;
}

// --- epochs ---

std::vector<Epoch> epochs_of(const std::vector<KeptResult>& results, const ListsByHash& lists) {
    std::map<std::tuple<std::string, std::string, std::string, Lane>, const KeptResult*> before;
    std::vector<Epoch> epochs;
    for (const KeptResult& result : results) {
        const KeptResult*& last =
            before[{result.experiment, result.kernel, result.machine, result.lane}];
        if (last && last->ingredients != result.ingredients)
            epochs.push_back(
                {result.experiment, result.kernel, result.machine, result.lane, result.night,
                 result.release,
                 made_otherwise(lists.at(last->ingredients), lists.at(result.ingredients))});
        last = &result;
    }
    return epochs;
}

// --- ingredients ---

/// The kernel, what is ours, the emulator; last what the guest's programs are.
int rank_of_ingredient(const std::string& name) {
    const char* const first[] = {"kernel", "plan", "payload ", "QEMU", "machine "};
    for (size_t i = 0; i < std::size(first); i++)
        if (name.starts_with(first[i])) return static_cast<int>(i);
    return static_cast<int>(std::size(first));
}

/// A package of the archive's by the version that it has in its name.
std::string short_origin(const std::string& from) {
    constexpr std::string_view package = "linux-image-";
    return from.starts_with(package) ? from.substr(package.size(), from.find('_') - package.size())
                                     : from;
}

/// Characters of both: a command line is no name.
constexpr size_t kMostOrigins = 200;

std::string ingredient_words(const std::string& name, const Ingredient* before,
                             const Ingredient* after) {
    if (!before) return name + " (new)";
    if (!after) return name + " (gone)";
    const bool told = !before->from.empty() && !after->from.empty() &&
                      before->from.size() + after->from.size() <= kMostOrigins;
    if (told && before->from != after->from)
        return fmt::format("{} {} \u2192 {}", name, short_origin(before->from),
                           short_origin(after->from));
    return name;
}

/// A kernel's modules change with it: their packages' names say so.
bool goes_with_kernel(const Ingredient* one) {
    return one && one->from.starts_with("kernel ");
}

}  // namespace

const char* to_string(SeriesStatus status) {
    switch (status) {
        case SeriesStatus::gone:
            return "gone";
        case SeriesStatus::invalid:
            return "invalid";
        case SeriesStatus::candidate:
            return "candidate";
        case SeriesStatus::changed:
            return "changed";
        case SeriesStatus::is_new:
            return "new";
        case SeriesStatus::steady:
            break;
    }
    return "steady";
}

std::string levels_in_words(const LevelChange& change) {
    const std::string levels = fmt::format("{:.6g} to {:.6g}", change.before, change.after);
    return change.ratio > 0 ? fmt::format("{} ({:.4f}x)", levels, change.ratio) : levels;
}

const char* to_string(ChangeState state) {
    switch (state) {
        case ChangeState::confirmed:
            return "confirmed";
        case ChangeState::candidate:
            return "candidate";
        case ChangeState::not_repeated:
            break;
    }
    return "not repeated";
}

std::vector<std::string> made_otherwise(const std::vector<Ingredient>& before,
                                        const std::vector<Ingredient>& after, size_t most) {
    std::map<std::pair<int, std::string>, std::pair<const Ingredient*, const Ingredient*>> rows;
    for (const Ingredient& one : before)
        rows[{rank_of_ingredient(one.name), one.name}].first = &one;
    for (const Ingredient& one : after)
        rows[{rank_of_ingredient(one.name), one.name}].second = &one;
    std::vector<std::string> texts;
    size_t modules = 0;
    for (const auto& [name, pair] : rows) {
        const auto& [a, b] = pair;
        if ((a && b && a->sha256 == b->sha256) || goes_with_kernel(a ? a : b)) continue;
        if (is_module(a ? *a : *b))
            modules++;
        else
            texts.push_back(ingredient_words(name.second, a, b));
    }
    // They are built for a kernel, so all of them change with it.
    if (modules) texts.push_back(fmt::format("rxlab's modules ({})", modules));
    if (texts.size() > most) {
        const size_t more = texts.size() - most;
        texts.resize(most);
        texts.push_back(fmt::format("{} more", more));
    }
    return texts;
}

std::string diff_command(const SeriesName& name, const KeptResult& before, const KeptResult& after,
                         bool differ) {
    static const std::regex debian(R"(^(\d+\.\d+\.\d+)(-\d+)?(?:\+deb\d+)?(-rt|-cloud)?-amd64$)");
    static const std::regex revision("^[0-9a-f]{7,40}$");
    // What people may put into a shell is of words that a shell takes as they are.
    static const std::regex plain("^[A-Za-z0-9._:+-]+$");
    const std::string path = name.experiment + ":" + name.arm;
    if (!std::regex_match(path, plain)) return "";
    std::smatch from, to;
    if (before.release != after.release && std::regex_match(before.release, from, debian) &&
        std::regex_match(after.release, to, debian))
        return fmt::format("rxlab diff {}{}{} {}{}{} {}", from[1].str(), from[2].str(),
                           from[3].str(), to[1].str(), to[2].str(), to[3].str(), path);
    if (differ && std::regex_match(before.rxlab_version, revision))
        return fmt::format("rxlab diff {} kmod {}", before.rxlab_version, path);
    return "";
}

FollowedHistory followed(HistoryStore& store) {
    FollowedHistory history;
    Kept kept;
    const std::vector<KeptResult> results = store.results();
    std::set<std::string> nights;
    for (const KeptResult& result : results) {
        kept.results[result.id] = result;
        kept.nights[{result.lane, result.machine}].insert(result.night);
        nights.insert(result.night);
        if (!kept.lists.contains(result.ingredients))
            kept.lists[result.ingredients] = store.ingredients(result.ingredients);
    }
    kept.causes = store.causes();
    for (const KeptSeries& series : store.series())
        history.series.push_back(follow_one(series, kept));
    std::stable_sort(
        history.series.begin(), history.series.end(),
        [](const FollowedSeries& a, const FollowedSeries& b) {
            return std::tie(a.name.experiment, a.name.kernel, a.name.lane, a.name.metric) <
                   std::tie(b.name.experiment, b.name.kernel, b.name.lane, b.name.metric);
        });
    history.epochs = epochs_of(results, kept.lists);
    history.nights.assign(nights.begin(), nights.end());
    history.results = results.size();
    return history;
}

std::string headline_of(const FollowedHistory& history) {
    std::vector<std::string> counts;
    for (const SeriesStatus status : kStatuses)
        if (const auto count = std::count_if(
                history.series.begin(), history.series.end(),
                [&](const FollowedSeries& series) { return series.status == status; }))
            counts.push_back(fmt::format("{} {}", count, to_string(status)));
    return fmt::format(
        "{} series of {} nights: {}", history.series.size(), history.nights.size(),
        counts.empty() ? "nothing added yet" : fmt::format("{}", fmt::join(counts, ", ")));
}

}  // namespace rxlab
