// SPDX-License-Identifier: GPL-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/steady.h"
#include "journal/load_module.h"
#include "session/prepare.h"
#include "session/session.h"
#include "sys/process.h"
#include "target/files.h"
#include "target/host_facts.h"
#include "target/payload.h"
#include "target/target.h"

namespace rxlab {
namespace {

/// rxlab's own modules, built for the kernel that runs: where they are already, next to no work.
std::string modules_of_this_kernel() {
    const std::string release = kernel_release(real_sys());
    try {
        return build_modules(release, "");
    } catch (const Error& error) {
        throw_if_interrupted();
        throw Error(Status::usage,
                    fmt::format("rxlab's own kernel modules cannot be built for {}: {}", release,
                                error.what()),
                    fmt::format("apt-get install make gcc linux-headers-{}", release));
    }
}

std::string built_modules() {
    static const std::string folder = modules_of_this_kernel();
    return folder;
}

// Trials on this very machine, in the order they are asked for. The journal holds the machine's
// lock while there is something to undo.
class HostExecutor : public Executor {
public:
    explicit HostExecutor(const HostOptions& options) : options_(options) {}

    Json provenance(const Plan&) override {
        return {{"target", "host"},
                {"host", host_facts(real_sys())},
                {"interface", options_.interface.names}};
    }

    void run(const Plan&, const std::vector<Trial>& batch, const ExecutorEvents& events) override {
        Sys& sys = real_sys();
        const bool nothing_changes = std::all_of(batch.begin(), batch.end(), changes_nothing);
        Journal journal(sys, nothing_changes ? "" : state_directory());
        if (!nothing_changes) make_ready(sys, journal);
        std::set<std::string> seen;
        for (const Trial& trial : batch)
            if (seen.insert(trial.traffic.dump()).second) require_traffic(sys, trial);
        for (const Trial& trial : batch) events.observation(run_one(sys, journal, trial));
    }

private:
    static void require_root() {
        if (::geteuid() != 0)
            throw Error(Status::usage, "the host target changes this machine and needs root",
                        "sudo, or --target vm, which needs no root");
    }

    static void make_ready(Sys& sys, Journal& journal) {
        require_root();
        journal.lock();
        journal.require_nothing_pending();
        prepare(sys);
        build_modules_by(built_modules);
    }

    Observation run_one(Sys& sys, Journal& journal, const Trial& trial) {
        throw_if_interrupted();
        const auto start = Steady::now();
        SessionOptions options;
        options.interface = options_.interface;
        Observation observation = run_trial(sys, journal, trial, options);
        observation.wall_s = observation.measured_s = seconds_since(start);
        return observation;
    }

    HostOptions options_;
};

}  // namespace

std::unique_ptr<Executor> make_host_executor(const HostOptions& options) {
    return std::make_unique<HostExecutor>(options);
}

}  // namespace rxlab
