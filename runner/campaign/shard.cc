// SPDX-License-Identifier: GPL-2.0
#include "campaign/shard.h"

#include "base/error.h"
#include "campaign/replay.h"
#include "result/certify.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <optional>
#include <set>

namespace rxlab {
namespace {

constexpr size_t kMostNamed = 5;
constexpr const char* kOne = "give the --out folder of each 'rxlab run EXPERIMENT --shard I/N'";

[[noreturn]] void refuse(const std::string& what, const std::string& next) {
    throw Error(Status::usage, what, next);
}

/// The first of many, and how many there are.
std::string some_of(const std::vector<std::string>& all) {
    if (all.size() <= kMostNamed) return fmt::format("{}", fmt::join(all, ", "));
    return fmt::format("{} and {} more", fmt::join(all.begin(), all.begin() + kMostNamed, ", "),
                       all.size() - kMostNamed);
}

std::optional<int> number_in(const std::string& text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return {};
    return number;
}

Plan without_trials(const Plan& plan) {
    return {plan.experiment, plan.lane, plan.target, plan.seed, {}, plan.left_out, {}};
}

/// By number; of the first's run.
std::map<int, const NamedResult*> all_of(const std::vector<NamedResult>& shards) {
    if (shards.empty()) refuse("no shard to merge", kOne);
    std::map<int, const NamedResult*> by_number;
    int of = 0;
    for (const NamedResult& named : shards) {
        if (!is_shard(named.result)) refuse(named.name + ": no shard, but a run of its own", kOne);
        const Shard shard = shard_of(named.result);
        if (!of) of = shard.of;
        if (shard.of != of)
            refuse(fmt::format("{}: it is shard {}, and {} is one of {}", named.name,
                               to_string(shard), shards.front().name, of),
                   "all of them have the same N in --shard I/N");
        const auto [first, is_new] = by_number.emplace(shard.number, &named);
        if (!is_new)
            refuse(fmt::format("shard {} is there twice: {} and {}", to_string(shard),
                               first->second->name, named.name),
                   "leave one of them out");
    }
    std::vector<std::string> missing;
    for (int number = 1; number <= of; number++)
        if (!by_number.contains(number)) missing.push_back(to_string(Shard{number, of}));
    if (!missing.empty()) refuse("missing: shard " + some_of(missing), kOne);
    return by_number;
}

/// @param plan the first's
void require_same_plan(const NamedResult& first, const Json& plan, const NamedResult& other) {
    const Json changes = Json::diff(plan, to_json(other.result.plan));
    std::string place;
    if (!changes.empty()) place = changes[0]["path"];
    if (place.empty() && first.result.experiment.text != other.result.experiment.text)
        place = "the experiment's text";
    if (!place.empty())
        refuse(fmt::format("{}: a shard of another plan than {}: {} differs", other.name,
                           first.name, place),
               "run it with the options of the others");
}

/// QEMU's arguments and the kernel's: CPU model, memory, devices.
std::set<std::string> machine_of(const NamedResult& named) {
    const Json& provenance = named.result.provenance;
    std::set<std::string> words = provenance.value("/qemu/argv"_json_pointer, Json::array());
    words.insert(provenance.value("cmdline", ""));
    return words;
}

void require_same_machine(const NamedResult& first, const NamedResult& other) {
    const std::set<std::string> there = machine_of(first), here = machine_of(other);
    std::vector<std::string> differ;
    std::set_symmetric_difference(here.begin(), here.end(), there.begin(), there.end(),
                                  std::back_inserter(differ));
    if (!differ.empty())
        refuse(fmt::format("{}: its guest is another machine than that of {}: they differ in {}",
                           other.name, first.name, some_of(differ)),
               "run it with the options of the others (--cpu, --memory)");
}

void require_same_ingredients(const NamedResult& first, const NamedResult& other) {
    const std::vector<std::string> differ =
        differing_ingredients(ingredients_of(other.result), ingredients_of(first.result));
    if (!differ.empty())
        refuse(fmt::format("{}: made with other ingredients than {}: {}", other.name, first.name,
                           some_of(differ)),
               "run it again with those of the others");
}

/// All trials of its part, and no others.
void require_whole(const NamedResult& named, const Plan& part) {
    std::set<int> wanted, there;
    for (const Trial& trial : part.trials) wanted.insert(trial.id);
    for (const Observation& observation : named.result.observations)
        if (!wanted.contains(observation.trial.id) || !there.insert(observation.trial.id).second)
            refuse(fmt::format("{}: trial {} is none of its shard, or there twice", named.name,
                               observation.trial.id),
                   "run the shard again, with another --out");
    if (there.size() < wanted.size())
        refuse(fmt::format("{}: not finished, {} of {} trials are there", named.name, there.size(),
                           wanted.size()),
               "give its command again with the same --out, which goes on with it");
}

Json row_of(int number, const Result& shard) {
    return {{"number", number},
            {"observations_sha256", observations_sha256(shard.observations)},
            {"wall_s", shard.wall_s},
            {"host", shard.provenance.value("host", Json())}};
}

/// Where one run of the plan would have ended. What its trials beyond that took is taken off.
Result ended(Result whole, double floor) {
    std::sort(whole.observations.begin(), whole.observations.end(), in_order);
    // A run makes this check of all its trials, when it has ended.
    for (Observation& observation : whole.observations) observation.checks.erase("rounds_distinct");
    Result result = replayed(
        whole, *(whole.plan.looks.empty() ? make_strategy("whole_plan")
                                          : make_strategy("until_decided", {{"floor", floor}})));
    std::set<int> kept;
    for (const Observation& observation : result.observations) kept.insert(observation.trial.id);
    const double workers = result.provenance.value("workers", 1.0);
    for (const Observation& observation : whole.observations) {
        if (kept.contains(observation.trial.id)) continue;
        result.wall_s -= observation.wall_s / workers;
        result.cpu_s -= observation.cpu_s;
    }
    check_rounds_distinct(result);
    return result;
}

}  // namespace

Shard shard_from(const std::string& text) {
    const size_t slash = text.find('/');
    const auto number = number_in(text.substr(0, slash));
    const auto of = slash == std::string::npos ? std::nullopt : number_in(text.substr(slash + 1));
    if (!number || !of || *number < 1 || *number > *of)
        refuse(fmt::format("shard '{}' is not of the form I/N, with I from 1 to N", text),
               "--shard 2/4 is the second of four");
    return {*number, *of};
}

std::string to_string(const Shard& shard) {
    return fmt::format("{}/{}", shard.number, shard.of);
}

std::vector<Plan> parts_of(const Plan& plan, int shards) {
    if (!lane_row(plan.lane).repeats_exactly)
        refuse(fmt::format("a run of the {} lane cannot be shared out: what it measures is the "
                           "machine's",
                           to_string(plan.lane)),
               fmt::format("--lane {}", to_string(exact_lane())));
    std::map<std::pair<uint64_t, std::string>, size_t> boots;  // and which of the plan's it is
    std::vector<Plan> parts(static_cast<size_t>(shards), without_trials(plan));
    for (const Trial& trial : plan.trials) {
        const size_t place = boots.try_emplace(boot_of(trial), boots.size()).first->second;
        parts[place % parts.size()].trials.push_back(trial);
    }
    if (boots.size() < parts.size())
        refuse(fmt::format("the plan has {} boots, which is less than {} shards", boots.size(),
                           shards),
               "fewer shards, or more --rounds");
    return parts;
}

Plan part_of(const Plan& plan, const Shard& shard) {
    return std::move(parts_of(plan, shard.of).at(static_cast<size_t>(shard.number) - 1));
}

Json shard_stamp(const Shard& shard, const std::string& whole_command) {
    return {{"number", shard.number}, {"of", shard.of}, {"whole", whole_command}};
}

bool is_shard(const Result& result) {
    return result.provenance.contains("shard");
}

Shard shard_of(const Result& result) {
    const Json stamp = result.provenance.value("shard", Json());
    const auto integer = [&](const char* name) {
        const Json value = stamp.is_object() ? stamp.value(name, Json()) : Json();
        return value.is_number_integer() ? value.get<int64_t>() : 0;
    };
    const int64_t number = integer("number"), of = integer("of");
    if (number < 1 || number > of || of > static_cast<int64_t>(result.plan.trials.size()))
        refuse(fmt::format("\"shard\" is none of the plan's: {}", stamp.dump()),
               "write it with this rxlab's run --shard");
    return {static_cast<int>(number), static_cast<int>(of)};
}

Result merged(const std::vector<NamedResult>& shards, double floor) {
    const std::map<int, const NamedResult*> by_number = all_of(shards);
    const NamedResult& first = *by_number.at(1);
    const std::vector<Plan> parts = parts_of(first.result.plan, static_cast<int>(by_number.size()));
    const Json plan = to_json(first.result.plan);
    Result whole = first.result;
    whole.observations.clear();
    whole.boots_s.clear();
    whole.wall_s = whole.cpu_s = 0;
    Json& provenance = whole.provenance;
    Json rows = Json::array();
    double workers_s = 0;
    for (const auto& [number, named] : by_number) {
        const Result& shard = named->result;
        try {
            require_same_plan(first, plan, *named);
            require_same_machine(first, *named);
            require_same_ingredients(first, *named);
            workers_s += shard.wall_s * shard.provenance.value("workers", 1.0);
            provenance["command"] = shard.provenance.at("shard").at("whole").get<std::string>();
        } catch (const Json::exception& error) {
            refuse(fmt::format("{}: its provenance is damaged: {}", named->name, error.what()),
                   "run the shard again, with another --out");
        }
        require_whole(*named, parts[static_cast<size_t>(number) - 1]);
        rows.push_back(row_of(number, shard));
        if (shard.provenance.value("host", Json()) != first.result.provenance.value("host", Json()))
            provenance.erase("host");
        whole.observations.insert(whole.observations.end(), shard.observations.begin(),
                                  shard.observations.end());
        whole.boots_s.insert(whole.boots_s.end(), shard.boots_s.begin(), shard.boots_s.end());
        whole.wall_s += shard.wall_s;
        whole.cpu_s += shard.cpu_s;
    }
    provenance.erase("shard");
    provenance["shards"] = rows;
    if (whole.wall_s > 0) provenance["workers"] = workers_s / whole.wall_s;
    return ended(std::move(whole), floor);
}

}  // namespace rxlab
