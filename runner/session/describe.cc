// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "session/assembly.h"
#include "session/prepare.h"
#include "session/session.h"
#include "sys/recording_sys.h"

#include <fmt/ranges.h>

namespace rxlab {
namespace {

void describe_setups(RecordingSys& sys, Journal& journal, const Trial& trial,
                     const Topology& topology, Moment moment) {
    for (size_t i = 0; i < kSetupCount; i++) {
        const SetupKind& kind = kSetups[i];
        if (!trial.setup.contains(kind.name) || kind.moment != moment) continue;
        for (const Json& parameters : repetitions(trial.setup[kind.name])) {
            try {
                if (kind.describe)
                    sys.note(kind.describe(sys, journal, topology, parameters));
                else
                    kind.apply(sys, journal, topology, parameters);
            } catch (const Error& error) {
                sys.note(fmt::format("(not possible here: {})", error.what()));
            }
        }
    }
}

/// What cannot be written because its namespace is yet to be made, only the journal tells of.
void with_unwritten(RecordingSys& sys, const Journal& journal, const std::function<void()>& act) {
    const size_t changes = sys.changes().size(), entries = journal.pending().size();
    act();
    if (sys.changes().size() != changes) return;
    for (size_t i = entries; i < journal.pending().size(); i++)
        sys.note(
            fmt::format("set {} to {}", journal.pending()[i].what, journal.pending()[i].wrote));
}

std::string describe_traffic(const Trial& trial, const Topology& topology) {
    const TrafficKind& kind = traffic_kind(trial);
    if (kind.program) return kind.program(trial.traffic);
    const std::string items = std::string(kind.item) + "s";
    const uint64_t packets = trial.traffic.value(items, uint64_t{0}),
                   warmup = trial.traffic.value("warmup_" + items, uint64_t{0});
    std::vector<std::string> senders;
    for (const Path& path : topology.paths) senders.push_back(path.generator.name);
    return fmt::format("send {} + {} {} ({}){}{}", warmup, packets, items, kind.name,
                       senders.empty() ? "" : " from ", fmt::join(senders, ", "));
}

}  // namespace

/// The very code of a trial, on a machine that only takes notes.
std::vector<std::string> describe_changes(const Trial& trial, const UserPair& pair) {
    require_fit(trial, !pair.names.empty());
    RecordingSys sys(real_sys(), RecordingSys::Mode::only_record);
    Journal journal(sys, "");
    journal.only_plan();
    if (!changes_nothing(trial))
        for (const std::string& module : modules_to_load(real_sys()))
            sys.note("load kernel module " + module + " (it stays loaded)");
    Topology topology;
    try {
        topology = make_topology(sys, journal, trial, pair);
    } catch (const Error& error) {
        if (!pair.names.empty()) throw;
        sys.note(fmt::format("(not possible here: {}; {})", error.what(), error.next()));
        return sys.changes();
    }
    describe_setups(sys, journal, trial, topology, Moment::before_knobs);
    for (const auto& knob : knobs_of(trial, topology))
        with_unwritten(sys, journal, [&] { journal.set_knob(knob.first, knob.second); });
    describe_setups(sys, journal, trial, topology, Moment::after_knobs);
    if (const auto announce = traffic_kind(trial).announce)
        with_unwritten(sys, journal, [&] { announce(sys, journal, topology, trial.traffic); });
    sys.note(describe_traffic(trial, topology));
    for (const std::string& program : observing_programs(trial))
        sys.note(fmt::format("run {} as root while it measures", program));
    if (!changes_nothing(trial))
        sys.note(fmt::format("undo all of it: {} journal entries, in reverse order",
                             journal.pending().size()));
    return sys.changes();
}

}  // namespace rxlab
