// SPDX-License-Identifier: GPL-2.0
#include "knobs/kinds.h"

#include "base/error.h"
#include "base/nearest.h"
#include "knobs/persistent.h"

#include <fmt/format.h>
#include <algorithm>
#include <iterator>

namespace rxlab {

// In the order in which they are set: what makes queues, interrupts and threads, or moves them,
// stands before what sets these.
const KnobKind kKnobs[] = {
    {"service", "service:irqbalance; active or inactive", validate_service, read_service,
     write_service, persistent_service, check_service},
    {"sysctl", "sysctl:net.core.netdev_budget; @dut: or @gen: before the name for a namespace",
     validate_sysctl, read_sysctl, write_sysctl, persistent_sysctl},
    {"pm_qos",
     "pm_qos:cpu_dma_latency; us that a CPU may take to leave an idle state, while a trial lasts",
     validate_pm_qos, read_pm_qos, write_pm_qos, persistent_pm_qos, check_pm_qos, nullptr, true},
    {"ethtool",
     "ethtool:eth0/coalesce/rx-usecs, eth0/ring/rx, eth0/channel/combined, eth0/feature/rx-gro",
     validate_ethtool, read_ethtool, write_ethtool, persistent_ethtool, check_ethtool},
    {"sysfs", "sysfs:/sys/...; one file", validate_sysfs, read_sysfs, write_sysfs,
     persistent_sysfs},
    {"rps", "rps:@dut:rxdut0/rx-0; the CPUs a receive queue is spread over, as a hexadecimal mask",
     validate_rps, read_rps, write_rps, persistent_rps},
    {"irq_affinity",
     "irq_affinity:24, irq_affinity:default; the CPUs an interrupt may go to, as a list",
     validate_irq_affinity, read_irq_affinity, write_irq_affinity, persistent_irq_affinity,
     check_irq_affinity},
    {"irq",
     "irq:eth0-rx-0, irq:@dut:rxdut0-rx-0, irq:eth0; an interrupt by its action's name in "
     "/proc/interrupts, or by interface and queue: the CPUs it may go to, as a list",
     validate_irq, read_irq, write_irq, persistent_irq, check_irq},
    {"sched", "sched:ksoftirqd/0; a kernel thread's policy: other, batch, idle, fifo:N, rr:N",
     validate_sched, read_sched, write_sched, persistent_sched, check_sched, "chrt"},
    {"sched_affinity",
     "sched_affinity:irq/24-eth0; the CPUs that a kernel thread may run on, as a list",
     validate_sched_affinity, read_sched_affinity, write_sched_affinity, persistent_sched_affinity,
     check_sched_affinity, "chrt"},
};
const size_t kKnobCount = std::size(kKnobs);

Knob find_knob(const std::string& name) {
    const size_t colon = name.find(':');
    if (colon == std::string::npos)
        throw Error(Status::usage, fmt::format("knob '{}': expected KIND:OBJECT", name),
                    "e.g. sysctl:net.core.netdev_budget");
    std::vector<std::string> known;
    for (const KnobKind& kind : kKnobs) {
        if (name.compare(0, colon, kind.name) == 0) {
            kind.validate(name.substr(colon + 1));
            return {kind, name.substr(colon + 1)};
        }
        known.emplace_back(kind.name);
    }
    throw Error(Status::usage, fmt::format("knob '{}': no kind '{}'", name, name.substr(0, colon)),
                did_you_mean(name.substr(0, colon), known));
}

void sort_knobs(std::vector<std::pair<std::string, std::string>>& knobs) {
    std::stable_sort(knobs.begin(), knobs.end(), [](const auto& a, const auto& b) {
        return &find_knob(a.first).kind < &find_knob(b.first).kind;
    });
}

std::map<std::string, std::string> values_now(Sys& sys, const std::vector<std::string>& names) {
    std::map<std::string, std::string> values;
    for (const std::string& name : names) try {
            const Knob knob = find_knob(name);
            values[name] = knob.kind.read(sys, knob.object);
        } catch (const Error&) {  // another machine's
        }
    return values;
}

void require_lasting(const std::string& name) {
    const Knob knob = find_knob(name);
    if (!knob.kind.held) return;
    const std::string instead = persistent(knob, "0").why_not;
    throw Error(Status::usage,
                fmt::format("knob {}: it would be as before when this command has ended", name),
                fmt::format("an experiment's \"knobs\"; {}", instead));
}

void check_knob(Sys& sys, const Knob& knob, const std::string& value) {
    if (knob.kind.check) knob.kind.check(sys, knob.object, value);
}

}  // namespace rxlab
