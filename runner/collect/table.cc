// SPDX-License-Identifier: GPL-2.0
#include "collect/collector.h"

#include "base/error.h"
#include "base/nearest.h"

#include <fmt/format.h>
#include <iterator>

namespace rxlab {

// One file each.
using MakeCollector = std::unique_ptr<Collector>(Sys& sys, const Interfaces& receivers);
using MakeCollectorOf = std::unique_ptr<Collector>(Sys& sys, const std::string& subject);
using PrepareCollector = void(Sys& sys);
using Subjects = std::vector<std::string>();
MakeCollector make_xdp_counters, make_softirq, make_irq, make_idle, make_proc_softirqs,
    make_proc_interrupts, make_softnet, make_interface, make_dma_engine, make_victim, make_napi,
    make_frame_age, make_perf_stat, make_perf_record, make_perf_record_slow, make_cpus, make_link,
    make_driver, make_threads, make_placement, make_drops, make_wakeups;
MakeCollectorOf make_bpftrace, make_perf_trace;
PrepareCollector prepare_softirq, prepare_irq, prepare_idle, prepare_napi, prepare_frame_age,
    prepare_perf_record, prepare_drops, prepare_wakeups;
Subjects bpftrace_scripts, perf_traced;

const CollectorKind kCollectors[] = {
    {"xdp_counters", "packets and bytes per XDP verdict", false, make_xdp_counters, nullptr},
    {"idle", "time the CPUs were idle in the window", false, make_idle, prepare_idle},
    {"proc_softirqs", "softIRQs served per vector (/proc/softirqs)", false, make_proc_softirqs,
     nullptr},
    {"proc_interrupts", "interrupts per line (/proc/interrupts)", false, make_proc_interrupts,
     nullptr},
    {"softnet", "backlog drops and exhausted budgets (/proc/net/softnet_stat)", false, make_softnet,
     nullptr},
    {"interface", "the receiver's packets, errors and drops (/proc/net/dev)", false, make_interface,
     nullptr},
    {"link", "the receiver's standard statistics (/sys/class/net/IFACE/statistics)", false,
     make_link, nullptr},
    {"driver", "statistics of the receiver's driver (ethtool -S) that moved", false, make_driver,
     nullptr},
    {"cpus", "what each CPU's time went to, and its backlog (/proc/stat, /proc/net/softnet_stat)",
     false, make_cpus, nullptr},
    {"threads", "ksoftirqd, NAPI and interrupt threads: time run, time waited for a CPU", false,
     make_threads, nullptr},
    {"placement", "which CPUs the receiver's interrupts and queues go to; nodes and cores", false,
     make_placement, nullptr},
    {"dma_engine", "what the DMA engine in software spends, which hardware would do by itself",
     false, make_dma_engine, nullptr},
    {"softirq", "softIRQ raise to entry and entry to exit, per vector and CPU", true, make_softirq,
     prepare_softirq},
    {"victim", "how late an ordinary task gets its CPU, which wants it once per millisecond", true,
     make_victim, nullptr},
    {"irq", "hard-IRQ handlers' entry to exit", true, make_irq, prepare_irq},
    {"napi", "packets per NAPI poll, and budgets used up", true, make_napi, prepare_napi},
    {"drops", "packets that the kernel dropped, by reason and place (skb:kfree_skb)", true,
     make_drops, prepare_drops},
    {"wakeups", "from waking ksoftirqd, NAPI and interrupt threads to their first instruction",
     true, make_wakeups, prepare_wakeups},
    {"frame_age", "how old pktgen's frames are where the stack gets them", true, make_frame_age,
     prepare_frame_age},
    {"perf_stat",
     "perf stat: softIRQs, interrupts, NAPI polls, context switches; cycles and cache misses where "
     "the machine counts them",
     true, make_perf_stat, nullptr, nullptr, nullptr, "perf"},
    {"perf_record", "call-graph samples of the kernel, as perf record takes them, as flame graphs",
     true, make_perf_record, prepare_perf_record},
    {"perf_record_slow", "the same once per millisecond, for windows of seconds", true,
     make_perf_record_slow, prepare_perf_record},
    {"perf_trace", "perf record of the tracepoints of a BPF probe", true, nullptr, nullptr,
     perf_traced, make_perf_trace, "perf"},
    {"bpftrace", "a bpftrace script of bpf/", true, nullptr, nullptr, bpftrace_scripts,
     make_bpftrace, "bpftrace"},
};
const size_t kCollectorCount = std::size(kCollectors);

std::string NamedCollector::name() const {
    return subject.empty() ? kind->name : fmt::format("{}:{}", kind->name, subject);
}

std::unique_ptr<Collector> NamedCollector::make(Sys& sys, const Interfaces& receivers) const {
    return kind->make ? kind->make(sys, receivers) : kind->make_of(sys, subject);
}

std::vector<NamedCollector> named_collectors() {
    std::vector<NamedCollector> all;
    for (const CollectorKind& kind : kCollectors) {
        if (!kind.subjects)
            all.push_back({&kind, ""});
        else
            for (const std::string& subject : kind.subjects()) all.push_back({&kind, subject});
    }
    return all;
}

NamedCollector collector_named(const std::string& name) {
    std::vector<std::string> known;
    for (const NamedCollector& collector : named_collectors()) {
        if (collector.name() == name) return collector;
        known.push_back(collector.name());
    }
    throw Error(Status::usage, fmt::format("no collector '{}'", name), did_you_mean(name, known));
}

}  // namespace rxlab
