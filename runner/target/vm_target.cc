// SPDX-License-Identifier: GPL-2.0
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "base/error.h"
#include "base/interrupt.h"
#include "session/assembly.h"
#include "session/session.h"
#include "sys/process.h"
#include "target/archive.h"
#include "target/boot_assets.h"
#include "target/console.h"
#include "target/devices.h"
#include "target/guest.h"
#include "target/host_facts.h"
#include "target/program_files.h"
#include "target/shares.h"
#include "target/target.h"
#include "target/workload.h"

namespace rxlab {
namespace fs = std::filesystem;
namespace {

struct Failure {
    const Trial* trial;
    Status status;
    std::string fact, next;
};

std::string named(const Trial& trial) {
    return fmt::format("trial {} ({}, round {})", trial.id, trial.arm, trial.round);
}

// What is wrong with the input is so in every trial; a guest may be lost in one and not in the
// next.
bool ends_the_run(const Failure& failure) {
    return failure.status == Status::usage;
}

// A run reports all its failures at once, after the trials that could be made; but one that ends it
// alone.
void throw_failures(std::vector<Failure> failures, size_t trials) {
    if (failures.empty()) return;
    std::sort(failures.begin(), failures.end(),
              [](const Failure& a, const Failure& b) { return a.trial->id < b.trial->id; });
    if (const auto last = std::find_if(failures.begin(), failures.end(), ends_the_run);
        last != failures.end())
        throw Error(last->status, last->fact + "; the run ended there", last->next);
    const bool lost = std::any_of(failures.begin(), failures.end(),
                                  [](const Failure& f) { return f.status == Status::lost; });
    std::string fact = failures.front().fact;
    if (failures.size() > 1) {
        fact = fmt::format("{} of {} trials gave nothing; the first: {}", failures.size(), trials,
                           fact);
        for (size_t i = 1; i < std::min<size_t>(failures.size(), 8); ++i)
            fact += "\n  also " + failures[i].fact.substr(0, failures[i].fact.find('\n'));
    }
    throw Error(lost ? Status::lost : failures.front().status, fact, failures.front().next);
}

class VmExecutor : public Executor {
public:
    explicit VmExecutor(const VmOptions& options)
        : options_(options),
          store_(options.snapshots.empty() ? cache_folder() / "snapshots"
                                           : fs::path(options.snapshots),
                 cache_cap()) {}

    Json provenance(const Plan& plan) override {
        gather_extras(plan);
        gather_luggage(plan);
        const Trial first = plan.trials.empty() ? Trial{} : plan.trials.front();
        Json json = to_json(assets(first.boot), machine_for(plan.lane, first));
        json["boots"] = boots(plan);
        json["ingredients"] = ingredients(plan);
        json["target"] = "vm";
        json["workers"] = worker_count(options_, plan.lane, plan.trials.size());
        json["host"] = host_facts(real_sys());
        return json;
    }

    std::string lacking(const Trial& trial) override {
        const BootAssets& with = assets(trial.boot);
        const std::string words =
            lacking_for_devices(trial.boot.devices, qemu_devices(), with.qemu_version,
                                with.lacking_modules, with.kernel.release);
        if (!words.empty()) return words;
        if (!with.missing.empty() && needs_own_modules(trial))
            return "it needs modules that are not there: " +
                   with.missing.substr(0, with.missing.find('\n'));
        return lacking_of_kernel(trial, with.kernel.release);
    }

    void run(const Plan& plan, const std::vector<Trial>& batch,
             const ExecutorEvents& events) override {
        gather_extras(plan);
        gather_luggage(plan);
        for (const Trial& trial : batch) assets(trial.boot);
        for (const auto& [kit, assets] : boot_assets_)
            if (!assets.missing.empty()) events.note(assets.missing);
        Run(*this, plan.lane, batch, events).execute();
    }

private:
    // One run() with its workers.
    class Run {
    public:
        Run(VmExecutor& target, Lane lane, const std::vector<Trial>& batch,
            const ExecutorEvents& events)
            : target_(target), lane_(lane), batch_(batch), events_(events) {
            for (size_t i = 0; i < batch.size(); ++i) {
                const BootAssets& assets = target.assets(batch[i].boot);
                Machine machine = target.machine_for(lane, batch[i]);
                const std::string group = payload_key(machine, assets.ingredients);
                places_.try_emplace(
                    group, Place{std::move(machine),
                                 {target.store_, assets.ingredients, assets.payload.archive}});
                items_.push_back({group, i});
            }
        }

        void execute() {
            Workload load(items_);
            std::vector<std::thread> workers;
            for (int i = 0; i < worker_count(target_.options_, lane_, items_.size()); ++i)
                workers.emplace_back([&] { work(load); });
            for (std::thread& worker : workers) worker.join();
            if (fatal_) std::rethrow_exception(fatal_);
            throw_failures(failures_, items_.size());
        }

    private:
        // Where the trials of one group start from.
        struct Place {
            Machine machine;
            Snapshots snapshots;
        };

        void work(Workload& load) {
            try {
                std::string held;
                for (;;) {
                    const Workload::Next next = load.next(held);
                    if (next.work == Workload::Work::none) return;
                    if (next.work == Workload::Work::prepare)
                        prepare_group(load, next.group);
                    else
                        run_one(load, next);
                    held = next.group;
                }
            } catch (...) {
                const std::lock_guard lock(mutex_);
                if (!fatal_) fatal_ = std::current_exception();
                load.stop();
            }
        }

        void prepare_group(Workload& load, const std::string& group) {
            auto& [machine, snapshots] = places_.at(group);
            Timing timing;
            try {
                snapshots.ensure(machine, &timing);
            } catch (const Error& error) {
                if (error.status() == Status::interrupted) throw;
                for (const size_t trial : load.abandoned(group)) fail(load, batch_[trial], error);
                return;
            }
            if (timing.boot_s > 0) booted(timing.boot_s + timing.payload_s + timing.save_s);
            if (timing.payload_s > 0)
                say(fmt::format(
                    "snapshot of seed {}: {}payload {:.1f} s", machine.seed,
                    timing.boot_s > 0 ? fmt::format("boot {:.1f} s, ", timing.boot_s) : "",
                    timing.payload_s));
            load.prepared(group);
        }

        // What a trial gave: all that is told of it once it has ended well.
        struct Yield {
            Observation observation;
            Executed executed;
        };

        void run_one(Workload& load, const Workload::Next& next) {
            const Trial& trial = batch_[next.trial];
            std::optional<Yield> yield;
            try {
                yield = harvest(trial, run_in_guest(trial, places_.at(next.group)));
            } catch (const Error& error) {
                if (error.status() == Status::interrupted) throw;
                fail(load, trial, error);
                return;
            } catch (const Json::exception& error) {  // of what the guest wrote
                fail(load, trial, Error(Status::lost, named(trial) + ": " + error.what()));
                return;
            }
            tell(*yield);  // what a listener throws ends the run, not this trial only
        }

        GuestRun run_in_guest(const Trial& trial, Place& place) {
            auto& [machine, snapshots] = place;
            Json job{{"job", "trial"},
                     {"trial", to_json(trial)},
                     {"options",
                      {{"ns_per_instruction", machine.icount ? kNsPerInstruction : 0},
                       {"attribute", target_.options_.attribute}}}};
            const Luggage& luggage = target_.luggage_.at(guest_files_of(trial));
            if (!luggage.ingredients.empty()) job["files"] = true;
            return run_guest(machine, snapshots.ensure(machine), job, luggage.archive,
                             {target_.options_.trial_timeout_s, target_.options_.silence_s,
                              target_.options_.attribute});
        }

        Yield harvest(const Trial& trial, const GuestRun& run) {
            tell_console(run.console);
            Yield yield{observation_of(run, trial, named(trial)), {}};
            Observation& observation = yield.observation;
            observation.wall_s = run.wall_s;
            observation.measured_s = run.wall_s - run.first_message_s;
            observation.cpu_s = run.cpu_s;
            add_console_splats(observation, run.console);
            if (target_.options_.attribute) {
                yield.executed = fold(run.attribution, observation.facts.value("symbols", ""));
                observation.facts.erase("symbols");
                describe(values_of(yield.executed.stacks, work_of(observation)), Clock{},
                         observation.metrics);
            }
            return yield;
        }

        void tell_console(const std::string& console) {
            const std::lock_guard lock(mutex_);
            events_.console(shown_console(console));
        }

        void tell(const Yield& yield) {
            const std::lock_guard lock(mutex_);
            if (target_.options_.attribute) events_.attribution(yield.observation, yield.executed);
            events_.observation(yield.observation);
        }

        // The session reads the kernel log up to the trial's end; the console sees what comes after
        // it too.
        static void add_console_splats(Observation& observation, const std::string& console) {
            if (!observation.splats.empty()) return;
            observation.splats = splats_in(console);
            if (!observation.splats.empty())
                observation.checks["no_splats"] = {false, observation.splats.front()};
        }

        void fail(Workload& load, const Trial& trial, const Error& error) {
            const std::lock_guard lock(mutex_);
            failures_.push_back({&trial, error.status(), error.what(), error.next()});
            if (ends_the_run(failures_.back())) load.stop();
        }

        void booted(double seconds) {
            const std::lock_guard lock(mutex_);
            events_.booted(seconds);
        }

        void say(const std::string& line) {
            const std::lock_guard lock(mutex_);
            events_.note(line);
        }

        VmExecutor& target_;
        Lane lane_;
        const std::vector<Trial>& batch_;
        const ExecutorEvents& events_;
        std::map<std::string, Place> places_;
        std::vector<Workload::Item> items_;
        std::mutex mutex_;
        std::vector<Failure> failures_;
        std::exception_ptr fatal_;
    };

    // A kernel, or the run's own where it is empty, and rxlab's code in it.
    using Kit = std::pair<std::string, OwnCode>;
    static Kit kit_of(const Boot& boot) { return {boot.kernel, {boot.kmod, boot.bpf}}; }

    // What trials are started from. Gathered once, before the workers start.
    const BootAssets& assets(const Boot& boot) {
        const Kit kit = kit_of(boot);
        const auto found = boot_assets_.find(kit);
        if (found != boot_assets_.end()) return found->second;
        // vm/kernel would have a tree's own Makefile install its modules.
        if (fs::is_directory(boot.kernel))
            throw Error(Status::usage,
                        fmt::format("an arm boots {}, which is a folder", boot.kernel),
                        "name the image in it; --kernel takes a tree, too");
        return boot_assets_
            .emplace(kit, boot.kernel.empty()
                              ? gather_boot_assets(options_.kernel, options_.modules, extras_,
                                                   kit.second)
                              : gather_boot_assets(boot.kernel, {}, extras_, kit.second))
            .first->second;
    }

    const std::set<std::string>& qemu_devices() {
        if (qemu_devices_.empty())
            qemu_devices_ = devices_in_help(capture({"qemu-system-x86_64", "-device", "help"}));
        return qemu_devices_;
    }

    // All guests of a plan hold what one of its trials runs, so that arms differ in nothing else.
    void gather_extras(const Plan& plan) {
        std::set<std::string> extras;
        for (const Trial& trial : plan.trials) {
            extras.merge(extra_tools(trial));
            extras.merge(device_extras(trial.boot.devices));
        }
        std::vector<std::string> wanted(extras.begin(), extras.end());
        if (wanted != extras_) boot_assets_.clear();
        extras_ = std::move(wanted);
    }

    // Every way in which the plan's trials are booted, but for the seed.
    Json boots(const Plan& plan) {
        std::map<std::string, Json> boots;
        for (const Trial& trial : plan.trials) {
            Json asked = to_json(trial.boot);
            asked.erase("seed_offset");
            const Kernel& kernel = assets(trial.boot).kernel;
            boots.try_emplace(asked.dump(), Json{{"asked", asked},
                                                 {"kernel", kernel.release},
                                                 {"cmdline", guest_cmdline(trial.boot.cmdline)}});
        }
        Json list = Json::array();
        for (const auto& [asked, boot] : boots) list.push_back(boot);
        return list;
    }

    // The files of this machine that a trial needs.
    struct Luggage {
        Json ingredients = Json::array();
        std::string archive;
    };

    static Luggage luggage_of(const std::vector<GuestFile>& files) {
        const std::vector<ArchiveFile> all = guest_files(files);
        return {ingredient_rows(all), newc_archive(all)};
    }

    // Read once: what trials run is what the ingredients say, whatever becomes of a file meanwhile.
    void gather_luggage(const Plan& plan) {
        std::map<std::vector<GuestFile>, Luggage> wanted;
        for (const Trial& trial : plan.trials) {
            const std::vector<GuestFile> files = guest_files_of(trial);
            if (wanted.contains(files)) continue;
            const auto known = luggage_.find(files);
            wanted[files] = known == luggage_.end() ? luggage_of(files) : known->second;
        }
        luggage_ = std::move(wanted);
    }

    // Of all that the plan boots; those of another kernel than the run's own, or of other code
    // begin with its name.
    Json ingredients(const Plan& plan) {
        std::map<Kit, Boot> kits;
        for (const Trial& trial : plan.trials) kits.try_emplace(kit_of(trial.boot), trial.boot);
        Json all = Json::array();
        for (const auto& [kit, boot] : kits)
            for (Json& row : ingredient_rows(assets(boot))) {
                for (const std::string& name : {boot.bpf, boot.kmod, boot.kernel})
                    if (!name.empty()) row["name"] = name + ": " + row["name"].get<std::string>();
                all.push_back(std::move(row));
            }
        std::set<Json> brought;
        for (const auto& [files, luggage] : luggage_)
            for (const Json& row : luggage.ingredients) brought.insert(row);
        for (const Json& row : brought) all.push_back(row);
        return all;
    }

    Machine machine_for(Lane lane, const Trial& trial) {
        const BootAssets& with = assets(trial.boot);
        Machine machine = machine_of(with, options_.memory_mib);
        machine.cpu = options_.cpu;
        machine.seed = trial.boot_seed;
        machine.cmdline = guest_cmdline(trial.boot.cmdline);
        if (!trial.boot.machine.empty()) machine.board = trial.boot.machine;
        machine.devices = trial.boot.devices;
        if (!lane_row(lane).icount) without_icount(machine, lane, with);
        return machine;
    }

    void without_icount(Machine& machine, Lane lane, const BootAssets& with) {
        machine.icount = false;
        machine.smp = lane_row(lane).guest_cpus;
        Machine fast = machine;
        fast.cpu = "host";
        fast.cmdline = guest_cmdline();  // the probe asks about this host, not about an experiment
        fast.board = Machine().board;
        fast.devices.clear();
        fast.seed = 1;
        std::string why;
        if (kvm_works(with, fast, why)) {
            machine.accel = "kvm";
            machine.cpu = "host";
        } else if (lane_row(lane).needs_kvm) {
            throw Error(
                Status::usage,
                fmt::format(
                    "the {} lane needs KVM in a VM, and this machine has none that works: {}",
                    to_string(lane), why),
                fmt::format("--target host measures on this machine itself; --lane {} counts "
                            "instructions in a VM",
                            to_string(exact_lane())));
        }
    }

    VmOptions options_;
    SnapshotStore store_;
    std::vector<std::string> extras_;
    std::map<std::vector<GuestFile>, Luggage> luggage_;
    std::map<Kit, BootAssets> boot_assets_;
    std::set<std::string> qemu_devices_;
};

}  // namespace

int worker_count(const VmOptions& options, Lane lane, size_t trials) {
    if (lane_row(lane).alone) return 1;  // neighbours would be noise
    const int cpus = static_cast<int>(std::thread::hardware_concurrency());
    const int wanted = options.workers > 0 ? options.workers : std::max(1, cpus);
    return std::min<int>(wanted, static_cast<int>(trials));
}

std::unique_ptr<Executor> make_vm_executor(const VmOptions& options) {
    return std::make_unique<VmExecutor>(options);
}

}  // namespace rxlab
