// SPDX-License-Identifier: GPL-2.0
// A plan: every trial of an experiment, in order, with its seeds. Pure: the same input gives the
// same plan.
#pragma once
#include "experiment/experiment.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace rxlab {

/// One fresh load of an arm: everything the machine under test has to know, and nothing else.
struct Trial {
    int id = 0;  ///< position in the plan
    std::string arm;
    std::map<std::string, Json> factors;  ///< this trial's factor values
    int round = 0;
    uint64_t boot_seed = 0;  ///< counted lane: seed of the boot (QEMU -seed, KASLR)
    int phase = 0;           ///< counted lane: phase within the boot seed
    uint64_t seed = 0;  ///< seeds timer phase, flow hash and order; shared by all arms of the round
    Lane lane = Lane::counted;
    Boot boot;
    // Resolved: arm merged over experiment, factors filled in.
    Json topology = Json::object();
    Json traffic = Json::object();
    Json setup = Json::object();
    Json knobs = Json::object();
    std::vector<std::string> collectors;
    std::vector<std::string> expect;
    bool probes = true;  ///< its probes have a window each
};

/// What the guest of a trial is booted with: trials of equal boots share its snapshots.
std::pair<uint64_t, std::string> boot_of(const Trial& trial);

Json to_json(const Trial& trial);
Trial trial_from_json(const Json& json);

struct Plan {
    std::string experiment;
    Lane lane = Lane::counted;
    std::string target;  ///< "vm" or "host"
    uint64_t seed = 1;
    std::vector<Trial> trials;
    std::vector<std::string>
        left_out;            ///< arms that cannot run on this kernel, each with the reason
    std::vector<int> looks;  ///< numbers of rounds after which a run may end before the last
};

struct PlanOptions {
    Lane lane = Lane::counted;
    std::string target = "vm";
    uint64_t seed = 1;
    std::vector<std::string> arms;  ///< only these (plus the baseline); empty: all
    int rounds = 0;                 ///< exactly so many; 0: at most as many as the experiment has
    bool full = false;              ///< all of it: every round, and not the experiment's brief part
    std::function<void(Trial&)> complete;  ///< adds to its boot what its kinds need; may be empty
};

/// @throws Error(Status::usage): unknown arm, lane the experiment does not allow.
Plan make_plan(const Experiment& experiment, const PlanOptions& options);
/// What the machine that is to run a trial has not and the trial needs; empty: nothing.
using Lacking = std::function<std::string(const Trial&)>;
/// Takes out the trials of arms that need another target than the plan's, a later kernel than
/// their own or else `release` ("6.1.0-56-amd64"; empty: unknown, and taken for late enough), or
/// what is `lacking`. Where the baseline cannot run at some values of factors, these are left out
/// for all arms.
/// @throws Error(Status::usage): the baseline is one of them, or no other arm remains.
void leave_out_arms(Plan& plan, const Experiment& experiment, const std::string& release,
                    const Lacking& lacking = {});
/// Is the kernel of this release (empty: unknown, and taken for late enough) before `version`?
bool is_older(const std::string& release, const std::string& version);
Json to_json(const Plan& plan);

/// How many rounds the lane takes as the experiment is written: at least, and at most where a run
/// goes on until its intervals are narrow.
int rounds_of(const Rounds& rounds, Lane lane);
int most_rounds_of(const Rounds& rounds, Lane lane);

}  // namespace rxlab
