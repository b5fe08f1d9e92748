// SPDX-License-Identifier: GPL-2.0
#include "collect/kinds.h"

#include <iterator>

namespace rxlab {

const CollectorKind kCollectors[] = {
    {"xdp_counters", "packets and bytes per XDP verdict", false, make_xdp_counters, nullptr},
    {"idle", "time the CPUs were idle in the window", false, make_idle, prepare_idle},
    {"proc_softirqs", "softIRQs served per vector (/proc/softirqs)", false, make_proc_softirqs, nullptr},
    {"proc_interrupts", "interrupts per line (/proc/interrupts)", false, make_proc_interrupts, nullptr},
    {"softnet", "backlog drops and exhausted budgets (/proc/net/softnet_stat)", false, make_softnet, nullptr},
    {"interface", "the receiver's packets, errors and drops (/proc/net/dev)", false, make_interface, nullptr},
    {"dma_engine", "what the DMA engine in software spends, which hardware would do by itself", false, make_dma_engine, nullptr},
    {"softirq", "softIRQ raise to entry and entry to exit, per vector and CPU", true, make_softirq, prepare_softirq},
    {"victim", "how late an ordinary task gets its CPU, which wants it once per millisecond", true, make_victim, nullptr},
    {"irq", "hard-IRQ handlers' entry to exit", true, make_irq, prepare_irq},
    {"napi", "packets per NAPI poll, and budgets used up", true, make_napi, prepare_napi},
    {"perf_stat", "perf stat: softIRQs, interrupts, NAPI polls, context switches; cycles and cache misses where the machine counts them", true, make_perf_stat, nullptr},
    {"perf_record", "perf record: call-graph samples of the kernel, as flame graphs", true, make_perf_record, nullptr},
};
const size_t kCollectorCount = std::size(kCollectors);

} // namespace rxlab
