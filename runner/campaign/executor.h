// SPDX-License-Identifier: GPL-2.0
// What runs trials: guests, this machine, later a share of many machines. The room `target`
// implements it; a campaign only uses it.
#pragma once
#include "attribution/fold.h"
#include "result/result.h"

#include <functional>
#include <string>
#include <vector>

namespace rxlab {

/// What an executor tells while it works; called from one thread at a time, each set. What one of
/// them throws ends the run.
struct ExecutorEvents {
    std::function<void(const Observation&)> observation;  ///< once per trial that gave one
    std::function<void(const std::string&)> note;         ///< one line for people
    std::function<void(const std::string&)> console;      ///< a trial's whole console, after it
    std::function<void(const Observation&, const Executed&)>
        attribution;  ///< where its instructions were executed, if that was asked for; before the
                      ///< trial's observation, so that who keeps both loses neither
    std::function<void(double)> booted = [](double) {};  ///< seconds that a guest's boot took
};

class Executor {
public:
    virtual ~Executor() = default;
    /// What the plan's trials run on: kernel, machine, image, hashes. May download or build what
    /// they need.
    virtual Json provenance(const Plan& plan) = 0;
    /// What it has not and a trial of such a plan needs, as leave_out_arms() asks; empty: nothing.
    virtual std::string lacking(const Trial&) { return ""; }
    /// Runs the trials of `batch`, which are of `plan`, in any order and at the same time where
    /// they cannot disturb each other. Returns when each has given its observation.
    /// @throws Error(Status::lost | interrupted | invalid | usage); the observations made until
    /// then have been told.
    virtual void run(const Plan& plan, const std::vector<Trial>& batch,
                     const ExecutorEvents& events) = 0;
};

}  // namespace rxlab
