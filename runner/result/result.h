// SPDX-License-Identifier: GPL-2.0
// What came out: one Observation per trial, one Result per run.
#pragma once
#include "plan/plan.h"

#include <map>
#include <string>
#include <vector>

namespace rxlab {

struct Metric {
    double value = 0;
    std::string unit;   ///< "instructions/packet", "ns", "packets", "1", ...
    std::string better; ///< "lower", "higher" or "none" (descriptive only)
};
using Metrics = std::map<std::string, Metric>;

struct Check {
    bool ok = true;
    std::string detail;
};

/// What one trial gave.
struct Observation {
    Trial trial;
    Metrics metrics;
    std::map<std::string, Check> checks;
    std::vector<std::string> splats; ///< kernel log lines that are warnings, oopses, lockups
    Json curves = Json::object();    ///< name -> histogram {"unit","edges":[n+1],"counts":[n]}, not hashed
    Json facts = Json::object();     ///< kernel_base, phase_ns, commands ..., not hashed
    double wall_s = 0;               ///< from starting the trial to its end, on the host's clock
    double measured_s = 0;           ///< of which inside the guest's trial (restore excluded)
};

Json to_json(const Observation& observation);
Observation observation_from_json(const Json& json);

struct Result {
    Experiment experiment;
    Plan plan;
    Json provenance = Json::object();
    std::vector<Observation> observations; ///< ordered by trial id
    double wall_s = 0;
};

/// SHA-256 over arms, factors, rounds and metrics only, so that two runs can be compared.
std::string observations_sha256(const std::vector<Observation>& observations);
/// The contract's result.json; see results/schema/result.schema.json.
Json to_json(const Result& result);
Result result_from_json(const Json& json);

/// Does every check of every trial hold (or fail where the arm expects that), and is there no splat?
bool valid(const Result& result);

} // namespace rxlab
