// SPDX-License-Identifier: GPL-2.0
// What came out: one Observation per trial, one Result per run.
#pragma once
#include "metrics/metric.h"
#include "plan/plan.h"

#include <map>
#include <string>
#include <vector>

namespace rxlab {

struct Check {
    bool ok = true;
    std::string detail;
};

/// What one trial gave.
struct Observation {
    Trial trial;
    Metrics metrics;
    std::map<std::string, Check> checks;
    std::vector<std::string> splats;  ///< kernel log lines that are warnings, oopses, lockups
    Json curves = Json::object();     ///< name -> histogram {"unit","edges":[n+1],"counts":[n]}
                                      ///< {"unit","stacks":{folded: n}}, {"unit","maps":[...]} or
                                      ///< {"unit","window_ns","rows":[...]}, not hashed
    Json facts = Json::object();      ///< kernel_base, phase_ns, commands ..., not hashed
    double wall_s = 0;                ///< from starting the trial to its end, on the host's clock
    double measured_s = 0;            ///< of which inside the guest's trial (restore excluded)
    double cpu_s = 0;                 ///< of CPU time, the guest's emulator's; 0: not a guest
};

/// Has `a` the earlier trial?
bool in_order(const Observation& a, const Observation& b);

Json to_json(const Observation& observation);
Observation observation_from_json(const Json& json);

struct Result {
    Experiment experiment;
    Plan plan;
    Json provenance = Json::object();
    std::vector<Observation> observations;  ///< ordered by trial id
    double wall_s = 0;
    double cpu_s = 0;             ///< of CPU time in all: trials, boots, this program
    std::vector<double> boots_s;  ///< what each boot of a guest took, its snapshots included
};

/// SHA-256 over arms, factors, rounds and metrics only, so that two runs can be compared; a unit is
/// in it as hashed_unit() has it.
std::string observations_sha256(const std::vector<Observation>& observations);
/// The contract's result.json; see results/schema/result.schema.json.
Json to_json(const Result& result);
/// @throws Error(Status::usage) naming the place in the document, what was expected and what is
/// there.
Result result_from_json(const Json& json);

/// Why this trial counts for nothing, one reason each: a check failed, held where the arm says it
/// must fail, or is missing; or the kernel complained. Empty: it is sound.
std::vector<std::string> faults(const Observation& observation);

/// Are there trials, and has none of them a fault?
bool valid(const Result& result);

/// Its arm and its values of factors, to tell trials apart by.
std::string cell_of(const Trial& trial);

/// In a lane that repeats exactly: adds the check `rounds_distinct` to every trial. A repeated
/// perturbation would repeat its number and narrow the interval for nothing, so kernel base or
/// phase must differ between the trials of an arm.
void check_rounds_distinct(Result& result);

/// In such a lane: what to know where a kernel lies at the same address whatever the boot seed, so
/// that intervals do not speak of where code and data lie. Empty: it does not.
std::vector<std::string> unmoved_kernels(const Result& result);

}  // namespace rxlab
