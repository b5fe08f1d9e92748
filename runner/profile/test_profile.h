// SPDX-License-Identifier: GPL-2.0
// For tests: what was recorded of a machine with nothing abnormal. Four CPUs on two cores, two
// nodes; an interface of two queues, whose interrupts go to CPU 0 and CPU 2 of node 0, where it is.
#pragma once
#include "profile/recorded.h"

namespace rxlab {

constexpr double kWindowNs = 1e10;

/// Not by braces alone: of one object nlohmann's make a copy, not a list.
inline Json rows(const std::vector<Json>& all) {
    return all;
}

inline Json table_of(const std::vector<Json>& all, const char* unit = "ns") {
    return {{"unit", unit}, {"window_ns", kWindowNs}, {"rows", rows(all)}};
}

/// What one CPU spent in NET_RX, as a share of the window.
inline Json received(int cpu, double share) {
    return {{"vector", "net_rx"},
            {"cpu", cpu},
            {"runs", 1000},
            {"waited", 1e6},
            {"served", share * kWindowNs}};
}

inline Json line_of(const char* irq, int cpu, int count) {
    return {{"irq", irq}, {"cpu", cpu}, {"count", count}};
}

inline Json thread_of(const char* name, int cpu, int runs, double ran_share, double waited_ns) {
    return {{"thread", name},
            {"cpu", cpu},
            {"runs", runs},
            {"ran", ran_share * kWindowNs},
            {"waited", waited_ns}};
}

inline Json dropped(const char* reason, double packets) {
    return {{"reason", reason}, {"function", "some_function"}, {"packets", packets}};
}

/// A task that reads a socket.
inline Json reader(int cpu, int samples) {
    return {{"task", "app"}, {"cpu", cpu}, {"samples", samples}, {"reading", samples}};
}

inline Json sound_curves() {
    std::vector<Json> cpus, irqs, queues;
    for (int cpu = 0; cpu < 4; cpu++)
        cpus.push_back(
            {{"cpu", cpu}, {"node", cpu == 3 ? 1 : 0}, {"siblings", cpu < 2 ? "0-1" : "2-3"}});
    for (const int n : {0, 1}) {
        irqs.push_back(Json{{"irq", std::to_string(24 + n)},
                            {"interface", "eth0"},
                            {"actions", "eth0-TxRx-" + std::to_string(n)},
                            {"affinity", "0-3"},
                            {"effective", std::to_string(2 * n)}});
        for (const char* kind : {"rx-", "tx-"})
            queues.push_back(
                {{"interface", "eth0"}, {"queue", kind + std::to_string(n)}, {"steered_to", ""}});
    }
    return {{"softirq.cpus", table_of({received(0, 0.2), received(2, 0.25)})},
            {"irq.cpus", table_of({})},
            {"irq.lines", table_of({line_of("24", 0, 5000), line_of("25", 2, 6000)})},
            {"napi.cpus", table_of({})},
            {"threads", table_of({thread_of("ksoftirqd/0", 0, 10, 0.001, 1e4)})},
            {"drops", table_of({dropped("no_socket", 5)}, "packets")},
            {"perf_record.tasks", table_of({reader(0, 300), reader(3, 20)}, "samples")},
            {"placement.cpus", table_of(cpus)},
            {"placement.irqs", table_of(irqs)},
            {"placement.queues", table_of(queues)},
            {"placement.devices",
             table_of({Json{{"interface", "eth0"}, {"node", 0}, {"threaded", "0"}}})}};
}

inline Recorded sound() {
    Recorded recorded;
    recorded.subject = {{"kind", "interface"}, {"name", "eth0"}};
    recorded.facts = {
        {"command", "rxlab profile eth0"}, {"kernel", "6.12"}, {"rxlab_version", "x"}};
    for (const auto& [name, value] :
         std::map<std::string, double>{{"interface.rx_packets", 1e6},
                                       {"link.rx_missed_errors", 0},
                                       {"link.rx_dropped", 3},
                                       {"link.rx_errors", 0},
                                       {"softnet.processed", 1e6},
                                       {"softnet.dropped", 0},
                                       {"softnet.flow_limit", 0},
                                       {"softnet.time_squeeze", 2},
                                       {"proc_softirqs.net_rx", 1e5},
                                       {"softirq.net_rx.raise_to_entry.p99", 2e4},
                                       {"wakeup.ksoftirqd.count", 1e3},
                                       {"wakeup.ksoftirqd.p99", 2e4},
                                       {"napi.packets", 1e6},
                                       {"napi.packets_per_poll.count", 1e5},
                                       {"napi.empty_polls", 1e3},
                                       {"napi.exhausted_polls", 50}})
        recorded.values[name] = {value, "", "none"};
    recorded.curves = sound_curves();
    recorded.settings = {{"sysctl:net.core.netdev_budget", "300"},
                         {"sysctl:net.core.netdev_budget_usecs", "8000"},
                         {"sysctl:net.core.netdev_max_backlog", "1000"},
                         {"sysctl:net.core.rmem_default", "212992"},
                         {"ethtool:eth0/ring/rx", "256"},
                         {"ethtool:eth0/coalesce/rx-usecs", "3"},
                         {"sysfs:/sys/class/net/eth0/threaded", "0"},
                         {"sysfs:/sys/class/net/eth0/napi_defer_hard_irqs", "0"},
                         {"sysfs:/sys/class/net/eth0/gro_flush_timeout", "0"},
                         {"rps:eth0/rx-0", "0"},
                         {"rps:eth0/rx-1", "0"}};
    return recorded;
}

inline Json a_trial() {
    return {{"kind", "trial"},
            {"name", "drop-point"},
            {"arm", "closed-port"},
            {"lane", "functional"},
            {"target", "vm"},
            {"expect", Json::array()},
            {"experiment", Json::parse(R"({"lanes": ["functional", "timed"],
                "mechanism": ["latency"], "collectors": ["softnet"],
                "primary": ["net.ns_per_packet", "lost_fraction"],
                "topology": {"kind": "veth", "pairs": 1, "queues": 2},
                "traffic": {"kind": "live_frames", "packets": 1000, "udp_dst_port": 9},
                "setup": {"udp_socket": {"port": 9}}, "knobs": {}, "boot": {},
                "rounds": {"functional": 9, "timed": 10, "timed_max": 40}})")}};
}

/// What makes one threshold abnormal, and nothing else that the same evidence does not.
struct Sickness {
    const char* threshold;
    void (*make)(Recorded& recorded);
};
inline const Sickness kSicknesses[] = {
    {"ring_overruns", [](Recorded& r) { r.values["link.rx_missed_errors"].value = 7; }},
    {"backlog_drops", [](Recorded& r) { r.values["softnet.dropped"].value = 1; }},
    {"flow_limit_drops", [](Recorded& r) { r.values["softnet.flow_limit"].value = 1; }},
    {"interface_errors", [](Recorded& r) { r.values["link.rx_errors"].value = 1; }},
    {"interface_drops", [](Recorded& r) { r.values["link.rx_dropped"].value = 2e3; }},
    {"socket_drops",
     [](Recorded& r) { r.curves["drops"]["rows"] = rows({dropped("socket_rcvbuff", 2e3)}); }},
    {"other_drops",
     [](Recorded& r) { r.curves["drops"]["rows"] = rows({dropped("no_socket", 2e4)}); }},
    {"busiest_receiver",
     [](Recorded& r) {
         r.curves["softirq.cpus"]["rows"] = rows({received(0, 0.85), received(2, 0.8)});
     }},
    {"imbalance",
     [](Recorded& r) {
         r.curves["softirq.cpus"]["rows"] = rows({received(0, 0.5), received(2, 0.1)});
     }},
    {"squeezes", [](Recorded& r) { r.values["softnet.time_squeeze"].value = 2e3; }},
    {"exhausted_polls", [](Recorded& r) { r.values["napi.exhausted_polls"].value = 2e4; }},
    {"ksoftirqd_share",
     [](Recorded& r) {
         r.curves["threads"]["rows"] = rows({thread_of("ksoftirqd/0", 0, 1000, 0.3, 1e4)});
     }},
    {"net_rx_wait", [](Recorded& r) { r.values["softirq.net_rx.raise_to_entry.p99"].value = 3e6; }},
    {"thread_wait", [](Recorded& r) { r.values["wakeup.ksoftirqd.p99"].value = 3e6; }},
    {"packets_per_poll", [](Recorded& r) { r.values["napi.packets_per_poll.count"].value = 9e5; }},
    {"crowded_lines",
     [](Recorded& r) {
         r.curves["irq.lines"]["rows"] = rows({line_of("24", 0, 5000), line_of("25", 0, 6000)});
     }},
    {"lines_away",
     [](Recorded& r) {
         r.curves["irq.lines"]["rows"] = rows({line_of("24", 0, 5000), line_of("25", 3, 6000)});
     }},
    {"readers_away",
     [](Recorded& r) {
         r.curves["perf_record.tasks"]["rows"] = rows({reader(0, 100), reader(3, 200)});
     }},
    {"shared_cores",
     [](Recorded& r) {
         r.curves["softirq.cpus"]["rows"] = rows({received(0, 0.2), received(1, 0.25)});
     }},
    {"redundant_steering",
     [](Recorded& r) {
         Json& queues = r.curves["placement.queues"]["rows"];
         for (int n = 2; n < 4; n++)
             queues.push_back(
                 {{"interface", "eth0"}, {"queue", "rx-" + std::to_string(n)}, {"steered_to", ""}});
         queues[0]["steered_to"] = "0-3";
         r.curves["softirq.cpus"]["rows"] =
             rows({received(0, 0.2), received(1, 0.2), received(2, 0.2), received(3, 0.2)});
     }},
};

}  // namespace rxlab
