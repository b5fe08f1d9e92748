// SPDX-License-Identifier: GPL-2.0
#include "campaign/shard.h"

#include "base/error.h"
#include "result/certify.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

namespace rxlab {
namespace {

constexpr size_t kMostNamed = 5;  // trials, ingredients
constexpr const char* kOne = "give the --out folder of each 'rxlab run EXPERIMENT --shard I/N'";

[[noreturn]] void refuse(const std::string& what, const std::string& next) {
    throw Error(Status::usage, what, next);
}

std::optional<int> number_in(const std::string& text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return {};
    return number;
}

/// Of the plan, in its order.
std::vector<std::pair<uint64_t, std::string>> boots_of(const Plan& plan) {
    std::vector<std::pair<uint64_t, std::string>> boots;
    std::set<std::pair<uint64_t, std::string>> seen;
    for (const Trial& trial : plan.trials)
        if (seen.insert(boot_of(trial)).second) boots.push_back(boot_of(trial));
    return boots;
}

Shard shard_in(const NamedResult& named) {
    const Json stamp = named.result.provenance.value("shard", Json());
    if (!stamp.is_object() || !stamp.value("number", Json()).is_number_integer() ||
        !stamp.value("of", Json()).is_number_integer() || !stamp.value("whole", Json()).is_string())
        refuse(named.name + ": no shard, but a run of its own", kOne);
    return {stamp["number"], stamp["of"]};
}

/// By number; of the first's run.
std::map<int, const NamedResult*> all_of(const std::vector<NamedResult>& shards) {
    if (shards.empty()) refuse("no shard to merge", kOne);
    const int of = shard_in(shards.front()).of;
    std::map<int, const NamedResult*> by_number;
    for (const NamedResult& named : shards) {
        const Shard shard = shard_in(named);
        if (shard.of != of || shard.number < 1 || shard.number > of)
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
    if (!missing.empty()) refuse(fmt::format("missing: shard {}", fmt::join(missing, ", ")), kOne);
    return by_number;
}

void require_same_plan(const NamedResult& first, const NamedResult& other) {
    const Json changes = Json::diff(to_json(first.result.plan), to_json(other.result.plan));
    std::string place;
    if (!changes.empty()) place = changes[0]["path"];
    if (place.empty() && first.result.experiment.text != other.result.experiment.text)
        place = "the experiment's text";
    if (!place.empty())
        refuse(fmt::format("{}: a shard of another plan than {}: {} differs", other.name,
                           first.name, place),
               "run it with the options of the others");
}

/// The guest's machine: CPU model, memory, devices, kernel command line.
void require_same_machine(const NamedResult& first, const NamedResult& other) {
    const auto machine = [](const NamedResult& named) {
        return Json{{"qemu", named.result.provenance.value("/qemu/argv"_json_pointer, Json())},
                    {"kernel", named.result.provenance.value("cmdline", Json())}};
    };
    const Json here = machine(first), there = machine(other);
    for (const auto& [what, words] : here.items())
        if (words != there.at(what))
            refuse(fmt::format("{}: its guest is another than that of {}: {} has {}, there {}",
                               other.name, first.name, what, there.at(what).dump(), words.dump()),
                   "run it with the options of the others (--cpu, --memory)");
}

void require_same_ingredients(const NamedResult& first, const NamedResult& other) {
    std::vector<std::string> lines =
        differing_ingredients(ingredients_of(first.result), ingredients_of(other.result));
    if (lines.empty()) return;
    const size_t all = lines.size();
    lines.resize(std::min(lines.size(), kMostNamed));
    refuse(fmt::format("{}: made with other ingredients than {}, {} of them: {}", other.name,
                       first.name, all, fmt::join(lines, "; ")),
           "run it again with those of the others");
}

/// All of its trials, and no others.
void require_whole(const NamedResult& named) {
    std::set<int> wanted, there;
    for (const Trial& trial : trials_of(named.result.plan, shard_in(named)))
        wanted.insert(trial.id);
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

Json row_of(const Result& shard) {
    return {{"number", shard.provenance["shard"]["number"]},
            {"observations_sha256", observations_sha256(shard.observations)},
            {"wall_s", shard.wall_s},
            {"host", shard.provenance.value("host", Json())}};
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

std::vector<Trial> trials_of(const Plan& plan, const Shard& shard) {
    if (!lane_row(plan.lane).repeats_exactly)
        refuse(fmt::format("a run of the {} lane cannot be shared out: what it measures is the "
                           "machine's",
                           to_string(plan.lane)),
               fmt::format("--lane {}", to_string(exact_lane())));
    const auto boots = boots_of(plan);
    if (boots.size() < static_cast<size_t>(shard.of))
        refuse(fmt::format("the plan has {} boots, which is less than {} shards", boots.size(),
                           shard.of),
               "fewer shards, or more --rounds");
    std::set<std::pair<uint64_t, std::string>> ours;
    for (size_t i = static_cast<size_t>(shard.number) - 1; i < boots.size();
         i += static_cast<size_t>(shard.of))
        ours.insert(boots[i]);
    std::vector<Trial> trials;
    for (const Trial& trial : plan.trials)
        if (ours.contains(boot_of(trial))) trials.push_back(trial);
    return trials;
}

Json shard_stamp(const Shard& shard, const std::string& whole_command) {
    return {{"number", shard.number}, {"of", shard.of}, {"whole", whole_command}};
}

bool is_shard(const Result& result) {
    return result.provenance.contains("shard");
}

Result merged(const std::vector<NamedResult>& shards) {
    const std::map<int, const NamedResult*> by_number = all_of(shards);
    const NamedResult& first = *by_number.at(1);
    Result whole = first.result;
    whole.observations.clear();
    whole.boots_s.clear();
    whole.wall_s = whole.cpu_s = 0;
    whole.provenance["command"] = first.result.provenance["shard"]["whole"];
    whole.provenance.erase("shard");
    Json& rows = whole.provenance["shards"] = Json::array();
    for (const auto& [number, named] : by_number) {
        const Result& shard = named->result;
        require_same_plan(first, *named);
        require_same_machine(first, *named);
        require_same_ingredients(first, *named);
        require_whole(*named);
        rows.push_back(row_of(shard));
        whole.observations.insert(whole.observations.end(), shard.observations.begin(),
                                  shard.observations.end());
        whole.boots_s.insert(whole.boots_s.end(), shard.boots_s.begin(), shard.boots_s.end());
        whole.wall_s = std::max(whole.wall_s, shard.wall_s);
        whole.cpu_s += shard.cpu_s;
    }
    std::sort(whole.observations.begin(), whole.observations.end(),
              [](const Observation& a, const Observation& b) { return a.trial.id < b.trial.id; });
    check_rounds_distinct(whole);
    return whole;
}

}  // namespace rxlab
