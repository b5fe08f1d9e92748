// SPDX-License-Identifier: GPL-2.0
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <map>
#include <thread>

#include "base/error.h"
#include "target/archive.h"
#include "target/console.h"
#include "target/guest.h"
#include "target/host_facts.h"
#include "target/interrupt.h"
#include "target/kit.h"
#include "target/target.h"
#include "target/workload.h"

namespace rxlab {
namespace fs = std::filesystem;
namespace {

constexpr int kCpusWithoutIcount = 2;  // functional and timed lanes

struct Failure {
    const Trial* trial;
    Status status;
    std::string fact, next;
};

std::string named(const Trial& trial) { return fmt::format("trial {} ({}, round {})", trial.id, trial.arm, trial.round); }

// A run reports all its failures at once, after the trials that could be made.
void throw_failures(std::vector<Failure> failures, size_t trials) {
    if (failures.empty()) return;
    std::sort(failures.begin(), failures.end(), [](const Failure& a, const Failure& b) { return a.trial->id < b.trial->id; });
    const bool lost = std::any_of(failures.begin(), failures.end(), [](const Failure& f) { return f.status == Status::lost; });
    std::string fact = failures.front().fact;
    if (failures.size() > 1) {
        fact = fmt::format("{} of {} trials gave nothing; the first: {}", failures.size(), trials, fact);
        for (size_t i = 1; i < std::min<size_t>(failures.size(), 8); ++i) fact += "\n  also " + failures[i].fact.substr(0, failures[i].fact.find('\n'));
    }
    throw Error(lost ? Status::lost : failures.front().status, fact, failures.front().next);
}

class VmTarget : public Target {
public:
    explicit VmTarget(const VmOptions& options) : options_(options), store_(options.snapshots.empty() ? cache_folder() / "snapshots" : fs::path(options.snapshots), cache_cap()) {}

    Json provenance(const Plan& plan) override {
        Json json = to_json(kit(), plan.trials.empty() ? machine_for(plan.lane, Trial{}) : machine_for(plan.lane, plan.trials.front()));
        json["target"] = "vm";
        json["workers"] = worker_count(plan.lane, plan.trials.size());
        json["host"] = host_facts(real_sys());
        return json;
    }

    void run(const Plan& plan, const std::set<int>& done, const Sinks& sinks) override {
        if (!kit().missing.empty() && sinks.progress) sinks.progress(kit().missing);
        Run(*this, plan, done, sinks).execute();
    }

private:
    // One run() with its workers.
    class Run {
    public:
        Run(VmTarget& target, const Plan& plan, const std::set<int>& done, const Sinks& sinks)
            : target_(target), plan_(plan), sinks_(sinks), snapshots_(target.store_, target.kit().ingredients, target.kit().payload.archive) {
            for (size_t i = 0; i < plan.trials.size(); ++i) {
                if (done.count(plan.trials[i].id)) continue;
                Machine machine = target.machine_for(plan.lane, plan.trials[i]);
                const std::string group = payload_key(machine, target.kit().ingredients);
                machines_.emplace(group, std::move(machine));
                items_.push_back({group, i});
            }
        }

        void execute() {
            Workload load(items_);
            std::vector<std::thread> workers;
            for (int i = 0; i < target_.worker_count(plan_.lane, items_.size()); ++i) workers.emplace_back([&] { work(load); });
            for (std::thread& worker : workers) worker.join();
            if (fatal_) std::rethrow_exception(fatal_);
            throw_failures(failures_, items_.size());
        }

    private:
        void work(Workload& load) {
            try {
                std::string held;
                for (;;) {
                    const Workload::Next next = load.next(held);
                    if (next.work == Workload::Work::none) return;
                    if (next.work == Workload::Work::prepare) prepare_group(load, next.group);
                    else run_one(next);
                    held = next.group;
                }
            } catch (...) {
                const std::lock_guard lock(mutex_);
                if (!fatal_) fatal_ = std::current_exception();
                load.stop();
            }
        }

        void prepare_group(Workload& load, const std::string& group) {
            const Machine& machine = machines_.at(group);
            Timing timing;
            try {
                snapshots_.ensure(machine, &timing);
            } catch (const Error& error) {
                if (error.status() == Status::interrupted) throw;
                for (const size_t trial : load.abandoned(group)) fail(plan_.trials[trial], error);
                return;
            }
            if (timing.payload_s > 0) say(fmt::format("snapshot of seed {}: {}payload {:.1f} s", machine.seed, timing.boot_s > 0 ? fmt::format("boot {:.1f} s, ", timing.boot_s) : "", timing.payload_s));
            load.prepared(group);
        }

        void run_one(const Workload::Next& next) {
            const Trial& trial = plan_.trials[next.trial];
            const Machine& machine = machines_.at(next.group);
            try {
                const Json job{{"job", "trial"}, {"trial", to_json(trial)}, {"options", {{"ns_per_instruction", machine.icount ? kNsPerInstruction : 0}}}};
                deliver(trial, run_guest(machine, snapshots_.ensure(machine), job, newc_archive({}), {target_.options_.trial_timeout_s, target_.options_.silence_s}));
            } catch (const Error& error) {
                if (error.status() == Status::interrupted) throw;
                fail(trial, error);
            }
        }

        void deliver(const Trial& trial, const GuestRun& run) {
            if (sinks_.console) {
                const std::lock_guard lock(mutex_);
                sinks_.console(run.console);
            }
            throw_unless_done(run, named(trial));
            const auto frame = std::find_if(run.frames.begin(), run.frames.end(), [](const Frame& f) { return f.type == FrameType::observation; });
            if (frame == run.frames.end()) throw Error(Status::lost, named(trial) + ": the guest ended without an observation" + tail(run.console));
            Observation observation = observation_from_json(Json::parse(frame->payload));
            observation.wall_s = run.wall_s;
            observation.measured_s = run.wall_s - run.first_frame_s;
            add_console_splats(observation, run.console);
            const std::lock_guard lock(mutex_);
            sinks_.observation(observation);
        }

        // The session reads the kernel log up to the trial's end; the console sees what comes after it too.
        static void add_console_splats(Observation& observation, const std::string& console) {
            if (!observation.splats.empty()) return;
            observation.splats = splats_in(console);
            if (!observation.splats.empty()) observation.checks["no_splats"] = {false, observation.splats.front()};
        }

        void fail(const Trial& trial, const Error& error) {
            const std::lock_guard lock(mutex_);
            failures_.push_back({&trial, error.status(), error.what(), error.next()});
        }

        void say(const std::string& line) {
            const std::lock_guard lock(mutex_);
            if (sinks_.progress) sinks_.progress(line);
        }

        VmTarget& target_;
        const Plan& plan_;
        const Sinks& sinks_;
        Snapshots snapshots_;
        std::map<std::string, Machine> machines_;
        std::vector<Workload::Item> items_;
        std::mutex mutex_;
        std::vector<Failure> failures_;
        std::exception_ptr fatal_;
    };

    const Kit& kit() {
        if (!kit_) kit_ = gather_kit(options_.kernel, options_.modules);
        return *kit_;
    }

    int worker_count(Lane lane, size_t trials) const {
        if (lane == Lane::timed) return 1;  // neighbours would be noise
        const int cpus = static_cast<int>(std::thread::hardware_concurrency());
        const int wanted = options_.workers > 0 ? options_.workers : std::max(1, cpus);
        return std::min<int>(wanted, static_cast<int>(trials));
    }

    Machine machine_for(Lane lane, const Trial& trial) {
        Machine machine;
        machine.cpu = options_.cpu;
        machine.memory_mib = options_.memory_mib;
        machine.vmlinuz = kit().kernel.vmlinuz;
        machine.image = kit().image;
        machine.seed = trial.boot_seed;
        machine.cmdline = guest_cmdline(trial.boot.cmdline);
        if (lane != Lane::counted) without_icount(machine, lane);
        return machine;
    }

    void without_icount(Machine& machine, Lane lane) {
        machine.icount = false;
        machine.smp = kCpusWithoutIcount;
        Machine fast = machine;
        fast.cpu = "host";
        fast.cmdline = guest_cmdline();  // the probe asks about this host, not about an experiment
        fast.seed = 1;
        std::string why;
        if (kvm_works(kit(), fast, why)) {
            machine.accel = "kvm";
            machine.cpu = "host";
        } else if (lane == Lane::timed) {
            throw Error(Status::usage, "the timed lane needs KVM in a VM, and this machine has none that works: " + why,
                        "--target host measures time on this machine itself; --lane counted counts instructions in a VM");
        }
    }

    VmOptions options_;
    SnapshotStore store_;
    std::optional<Kit> kit_;
};

}  // namespace

std::unique_ptr<Target> make_vm_target(const VmOptions& options) { return std::make_unique<VmTarget>(options); }

}  // namespace rxlab
