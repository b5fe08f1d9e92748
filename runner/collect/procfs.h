// SPDX-License-Identifier: GPL-2.0
// The kernel's text counters, parsed. Pure functions; @throws Error(Status::invalid) on text of
// another shape.
#pragma once
#include <cstdint>
#include <map>
#include <string>

namespace rxlab {

using Counts = std::map<std::string, uint64_t>;  ///< by lower-case label, summed over CPUs

/// /proc/softirqs: "net_rx" -> times served.
Counts parse_softirqs(const std::string& text);

/// /proc/interrupts: "24", "loc" ... -> interrupts.
Counts parse_interrupts(const std::string& text);

/// /proc/net/softnet_stat: processed, dropped, time_squeeze, received_rps, flow_limit. Kernels add
/// columns at the end.
Counts parse_softnet(const std::string& text);

using CpuCounts = std::map<unsigned, Counts>;  ///< by CPU

/// The same, of each CPU.
CpuCounts parse_softnet_by_cpu(const std::string& text);
/// parse_softnet() and, where there are several CPUs, what each processed: "cpu1.processed".
Counts parse_softnet_with_cpus(const std::string& text);

/// /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal of each CPU, in ticks of
/// USER_HZ.
CpuCounts parse_cpu_times(const std::string& text);

/// /proc/PID/schedstat: ran_ns, waited_ns (for a CPU, while it could run) and runs.
Counts parse_schedstat(const std::string& text);

/// The CPU that a task ran on last, by /proc/PID/stat.
unsigned parse_last_cpu(const std::string& text);

/// One interface's line of /proc/net/dev: rx_packets, rx_bytes, rx_errors, rx_dropped and the same
/// for tx.
Counts parse_net_dev(const std::string& text, const std::string& interface);

/// vdma's stats in debugfs: what its channels spent on moving bytes, ns.
uint64_t parse_engine_ns(const std::string& text);

/// `perf stat -x,`: an event's name without its group, '-' as '_' -> how often. Events this machine
/// does not have are not there.
Counts parse_perf_stat(const std::string& text);

/// `perf report --stats`: an event's name without its group -> samples of it; "lost" when there
/// were any.
Counts parse_perf_report_stats(const std::string& text);

}  // namespace rxlab
