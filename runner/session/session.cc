// SPDX-License-Identifier: GPL-2.0
#include "session/session.h"

#include "base/error.h"
#include "session/assembly.h"
#include "session/kernel_log.h"
#include "session/prepare.h"
#include "session/window.h"
#include "sys/recording_sys.h"
#include "traffic/kinds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <random>

namespace rxlab {
namespace {

std::vector<NamedCollector> collectors_of(const Trial& trial, bool probes) {
    std::vector<NamedCollector> collectors;
    for (const std::string& name : trial.collectors)
        if (const NamedCollector collector = collector_named(name); collector.kind->probe == probes)
            collectors.push_back(collector);
    return collectors;
}

/// "probe_cost.bpftrace.napi_polls.instructions_per_packet"
std::string cost_name(std::string probe, const Cost& cost) {
    std::replace(probe.begin(), probe.end(), ':', '.');
    return fmt::format("probe_cost.{}.{}", probe, cost.name);
}

/// The start of the window between two ticks, shared by every arm of the round. By the generator
/// that the committed results were made with.
uint64_t phase_of(const Trial& trial) {
    return lane_row(trial.lane).phases ? std::mt19937_64(trial.seed)() % kTick : 0;
}

void report(const Collectors& collectors, const Measured& measured, const Clock& clock,
            Observation& observation) {
    Values values;
    for (const auto& [name, collector] : collectors)
        collector->report({measured.sent.packets, measured.ns, clock, measured.item}, values,
                          observation.curves);
    describe(values, clock, observation.metrics);
}

/// Every window has to keep a check that the trial passes; the first that does not is reported.
void add_check(Observation& observation, const std::string& name, const std::string& window,
               Check check) {
    Check& kept = observation.checks.try_emplace(name, check).first->second;
    if (kept.ok && !check.ok) kept = {false, fmt::format("{}: {}", window, check.detail)};
}

/// The primary metrics come from here: nothing runs in the measured path but what the arm put
/// there.
Measured clean_window(Sys& sys, Assembly& assembly, const Trial& trial, const Clock& clock,
                      Observation& observation) {
    Collectors collectors;
    for (const NamedCollector& passive : collectors_of(trial, false))
        collectors.emplace_back(passive.name(), passive.make(sys, assembly.receivers()));
    const Measured measured = measure(sys, assembly, assembly.packets, phase_of(trial), collectors);
    report(collectors, measured, clock, observation);
    Values values;
    window_values(measured, trial.lane, clock, values, observation.curves);
    describe(values, clock, observation.metrics);
    add_check(observation, "conservation", "clean window", conservation(measured));
    add_check(observation, "senders_overlap", "clean window", senders_overlap(measured));
    observation.facts["generator"] = measured.sent.raw;
    return measured;
}

/// Each probe has a window of its own, so that what it costs is known and none pays for another.
void probed_windows(Sys& sys, Assembly& assembly, const Trial& trial, const Clock& clock,
                    const Measured& clean, Observation& observation) {
    const Cost floor = cost_per_item(clean, trial.lane, clock);
    for (const NamedCollector& probe : collectors_of(trial, true)) {
        Collectors one;
        one.emplace_back(probe.name(), probe.make(sys, assembly.receivers()));
        const Measured measured = measure(sys, assembly, assembly.packets, phase_of(trial), one);
        add_check(observation, "conservation", fmt::format("window of probe {}", probe.name()),
                  conservation(measured));
        report(one, measured, clock, observation);
        const Cost cost = cost_per_item(measured, trial.lane, clock);
        if (!cost.name.empty())
            describe({{cost_name(probe.name(), cost), cost.value - floor.value}}, clock,
                     observation.metrics);
    }
}

void run_windows(Sys& sys, Journal& journal, const Trial& trial, const SessionOptions& options,
                 Observation& observation) {
    require_traffic(sys, trial);
    RecordingSys recorder(sys, RecordingSys::Mode::pass_on);
    Assembly assembly = assemble(recorder, journal, trial, options.interface);
    observation.facts["commands"] = recorder.changes();
    for (const auto& applied : assembly.applied) observation.facts.update(applied->facts);
    if (!assembly.topology.paths.empty())
        observation.facts["flow_source_port"] = source_port(trial.seed, 0);
    observation.facts["phase_ns"] = phase_of(trial);
    const Clock clock = clock_of(lane_row(trial.lane).icount ? options.ns_per_instruction : 0);
    if (assembly.warmup_packets) measure(sys, assembly, assembly.warmup_packets, 0, {});
    const Measured clean = clean_window(sys, assembly, trial, clock, observation);
    if (options.attribute)
        observation.facts["symbols"] =
            sys.read_file("/proc/kallsyms") + assembly.traffic->symbols();  // while all is there
    else if (trial.probes)
        probed_windows(sys, assembly, trial, clock, clean, observation);
}

Check restored(Journal& journal) {
    const size_t changes = journal.pending().size();
    const std::vector<std::string> failures = journal.restore();
    if (!failures.empty()) return {false, fmt::format("not undone: {}", fmt::join(failures, "; "))};
    return {true, fmt::format("{} changes undone{}{}", changes, journal.notes().empty() ? "" : "; ",
                              fmt::join(journal.notes(), "; "))};
}

Check no_splats(const std::vector<std::string>& splats) {
    if (splats.empty()) return {true, "the kernel log has no warning, oops, lockup or stall"};
    return {false, fmt::format("{} lines, the first: {}", splats.size(), splats.front())};
}

[[noreturn]] void unwind(Journal& journal, const Error& error) {
    const std::vector<std::string> failures = journal.restore();
    if (failures.empty()) throw error;
    throw Error(error.status(),
                fmt::format("{}; besides, not undone: {}", error.what(), fmt::join(failures, "; ")),
                "rxlab restore");
}

}  // namespace

Observation run_trial(Sys& sys, Journal& journal, const Trial& trial,
                      const SessionOptions& options) {
    journal.require_nothing_pending();
    Observation observation;
    observation.trial = trial;
    const uint64_t start = sys.now_ns();
    const KernelLog log(sys);
    observation.facts["kernel_base"] = kernel_base(sys);
    observation.facts["kernel_release"] = kernel_release(sys);
    try {
        run_windows(sys, journal, trial, options, observation);
    } catch (const Error& error) {
        unwind(journal, error);
    } catch (const std::exception& error) {
        unwind(journal, Error(Status::invalid, error.what()));
    }
    observation.checks["restored"] = restored(journal);
    observation.splats = log.splats();
    // A log that cannot be read proves nothing: the check is then absent.
    if (log.readable()) observation.checks["no_splats"] = no_splats(observation.splats);
    observation.measured_s = static_cast<double>(sys.now_ns() - start) / 1e9;
    return observation;
}

}  // namespace rxlab
