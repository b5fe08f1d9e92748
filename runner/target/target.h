// SPDX-License-Identifier: GPL-2.0
// Where a plan runs. A plan goes in; observations and a status come back.
#pragma once
#include "attribution/fold.h"
#include "result/result.h"

#include <functional>
#include <memory>
#include <set>

namespace rxlab {

struct TargetEvents {
    std::function<void(const Observation&)>
        observation;  ///< called once per finished trial, from one thread at a time
    std::function<void(const std::string&)> progress;  ///< one line for people
    std::function<void(const std::string&)> console =
        {};  ///< VM: a trial's whole console, after it; may be empty
    std::function<void(const Observation&, const Stacks&)> attribution =
        {};  ///< VmOptions::attribute: where its instructions were executed
};

class Target {
public:
    virtual ~Target() = default;
    /// Kernel, machine, image, hashes ... (provenance); may download or build what the target
    /// needs.
    virtual Json provenance(const Plan& plan) = 0;
    /// Runs the plan's trials but those in `done`.
    /// @throws Error(Status::lost | interrupted | invalid); observations made so far have been
    /// delivered.
    virtual void run(const Plan& plan, const std::set<int>& done, const TargetEvents& events) = 0;
};

struct VmOptions {
    std::string kernel = "6.12";  ///< "6.12", "6.1" or the path of a bzImage
    std::string modules;          ///< modules folder for a bzImage path; empty: found beside it
    std::string cpu = "Haswell-noTSX";  ///< QEMU CPU model, named explicitly
    int memory_mib = 384;
    std::string snapshots;         ///< folder to keep snapshots in; empty: the cache's
    int workers = 0;               ///< 0: one per host CPU
    double trial_timeout_s = 300;  ///< host clock; generous: a loaded machine is slow, not lost
    bool attribute = false;        ///< count by function, in a clean window only
    double silence_s = 150;        ///< no output from the guest for this long: lost
};
std::unique_ptr<Target> make_vm_target(const VmOptions& options);

struct HostOptions {
    std::string interface;
};
std::unique_ptr<Target> make_host_target(const HostOptions& options);

}  // namespace rxlab
