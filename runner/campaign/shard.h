// SPDX-License-Identifier: GPL-2.0
// A plan shared out among machines, and one result of what each of them observed.
#pragma once
#include "result/result.h"

#include <string>
#include <vector>

namespace rxlab {

/// One part of a plan: the boots 1, 1 + of, 1 + 2 * of ... of it for number 1.
struct Shard {
    int number = 1;  ///< from 1
    int of = 1;
};

/// @throws Error(Status::usage): not of the form "2/4"
Shard shard_from(const std::string& text);
std::string to_string(const Shard& shard);  ///< "2/4"

/// Of each shard its trials, with their ids in the whole plan; a part has no looks, for only all
/// together can be looked at. Trials of one boot stay together, so that each is booted on one
/// machine only.
/// @throws Error(Status::usage): a lane whose numbers depend on the machine, or fewer boots than
/// shards
std::vector<Plan> parts_of(const Plan& plan, int shards);
Plan part_of(const Plan& plan, const Shard& shard);

/// What the provenance of a shard has: which it is, and the command of the whole.
Json shard_stamp(const Shard& shard, const std::string& whole_command);
/// Is this a shard, not a whole run?
bool is_shard(const Result& result);
/// Which, as its stamp says. @throws Error(Status::usage): it says none of its plan's
Shard shard_of(const Result& result);

/// A result and the words for it in messages, e.g. its folder.
struct NamedResult {
    std::string name;
    Result result;
};

/// What one run of the plan would have observed: a plan with looks ends at the one where it is
/// decided. Its provenance has a row for each shard; its wall time is the sum of theirs.
/// @param floor null floor, as compare() takes it
/// @throws Error(Status::usage) naming what is wrong: no shard, one that is missing, there twice,
/// not finished, of another plan, or made with other ingredients
Result merged(const std::vector<NamedResult>& shards, double floor);

}  // namespace rxlab
