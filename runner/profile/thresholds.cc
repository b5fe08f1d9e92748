// SPDX-License-Identifier: GPL-2.0
#include "profile/thresholds.h"

#include <algorithm>
#include <iterator>

namespace rxlab {
namespace {

using Number = std::optional<double>;
using View = const ProfileView&;

// Below these a share, a mean or a distribution over CPUs says nothing.
constexpr double kFewPackets = 1000;
constexpr double kBusyCpu = 0.1;      ///< of the window in NET_RX
constexpr double kHighRate = 10'000;  ///< packets per second
constexpr double kFewSamples = 50;    ///< of tasks that read
constexpr double kFewRuns = 100;      ///< of a thread
constexpr double kSoftirqTime = 2e6;  ///< ns; MAX_SOFTIRQ_TIME
constexpr double kSecond = 1e9;       ///< ns

Number share(Number part, Number whole, double least = kFewPackets) {
    if (!part || !whole || *whole < least) return std::nullopt;
    return *part / *whole;
}

Number larger(Number a, Number b) {
    if (!a || !b) return a ? a : b;
    return std::max(*a, *b);
}

// ---- loss

/// What drivers call packets that found no buffer in the ring.
bool means_no_buffer(const std::string& name) {
    for (const char* word : {"rx_missed", "rx_no_buf", "rx_out_of_buffer", "rx_no_dma",
                             "rx_ring_full", "rx_fifo_error", "no_rx_buf"})
        if (name.find(word) != std::string::npos) return true;
    return name.starts_with("rx_queue_") && name.ends_with("_drops") &&
           !name.ends_with("xdp_drops");
}

/// A driver that has a counter of its own may or may not have it in the standard one, too.
Number ring_overruns(View profile) {
    return larger(profile.value("link.rx_missed_errors"), profile.sum("driver.", means_no_buffer));
}

Number backlog_drops(View profile) {
    return profile.value("softnet.dropped");
}

Number flow_limit_drops(View profile) {
    return profile.value("softnet.flow_limit");
}

Number interface_errors(View profile) {
    return profile.value("link.rx_errors");
}

Number interface_drops(View profile) {
    return share(profile.value("link.rx_dropped"), profile.value("interface.rx_packets"));
}

constexpr const char* kSocketFull = "socket_rcvbuff";

/// The machine's packets, since drops are the machine's.
Number drops_of(View profile, bool socket_full) {
    if (!profile.has("drops")) return std::nullopt;
    double packets = 0;
    for (const Json& row : profile.rows("drops"))
        if ((row.at("reason") == kSocketFull) == socket_full)
            packets += row.at("packets").get<double>();
    return share(packets, profile.value("softnet.processed"));
}

Number socket_drops(View profile) {
    return drops_of(profile, true);
}

Number other_drops(View profile) {
    return drops_of(profile, false);
}

// ---- saturation

Number busiest(const std::map<int, double>& shares) {
    Number most;
    for (const auto& [cpu, value] : shares) most = std::max(most.value_or(0), value);
    return most;
}

Number busiest_receiver(View profile) {
    return busiest(profile.receiving());
}

/// So many CPUs could receive: a device with several queues has one for each at most; with one
/// queue it is RPS that spreads. Nothing where the queues are not known, or others receive.
Number could_receive(View profile) {
    const auto cpus = static_cast<double>(profile.online_cpus().size());
    double queues = 0;
    for (const Json& row : profile.rows("placement.queues"))
        if (row.at("queue").get<std::string>().starts_with("rx-")) queues++;
    if (queues == 0 || cpus < 2 || !profile.is_main_receiver()) return std::nullopt;
    return queues > 1 ? std::min(cpus, queues) : cpus;
}

/// The busiest CPU's time in NET_RX over what each had if it were spread.
Number imbalance(View profile) {
    const auto shares = profile.receiving();
    const Number most = busiest(shares);
    const Number cpus = could_receive(profile);
    if (!most || !cpus || *most < kBusyCpu) return std::nullopt;
    double all = 0;
    for (const auto& [cpu, value] : shares) all += value;
    return *most / (all / *cpus);
}

Number squeezes(View profile) {
    return share(profile.value("softnet.time_squeeze"), profile.value("proc_softirqs.net_rx"),
                 kFewRuns);
}

Number exhausted_polls(View profile) {
    return share(profile.value("napi.exhausted_polls"),
                 profile.value("napi.packets_per_poll.count"), kFewRuns);
}

bool is_ksoftirqd(const Json& row) {
    return row.at("thread").get<std::string>().starts_with("ksoftirqd/");
}

Number ksoftirqd_share(View profile) {
    if (!profile.in_ns("threads")) return std::nullopt;
    double most = 0;
    for (const Json& row : profile.rows("threads"))
        if (is_ksoftirqd(row)) most = std::max(most, row.at("ran").get<double>());
    return most / profile.window_ns("threads");
}

// ---- latency

Number net_rx_wait(View profile) {
    if (!profile.in_ns("softirq.cpus")) return std::nullopt;
    return profile.value("softirq.net_rx.raise_to_entry.p99");
}

Number thread_wait(View profile) {
    Number most;
    for (const char* kind : {"ksoftirqd", "napi", "irq"}) {
        const std::string name = std::string("wakeup.") + kind;
        const Number runs = profile.value(name + ".count"), wait = profile.value(name + ".p99");
        if (runs && wait && *runs >= kFewRuns && profile.unit(name + ".p99") != "instructions")
            most = larger(most, wait);
    }
    return most;
}

// ---- batching

/// Of polls that found something, where packets come fast enough for batches.
Number packets_per_poll(View profile) {
    const Number packets = profile.value("napi.packets"),
                 polls = profile.value("napi.packets_per_poll.count"),
                 empty = profile.value("napi.empty_polls");
    if (!packets || !polls || !empty || !profile.in_ns("napi.cpus") || !profile.is_main_receiver())
        return std::nullopt;
    if (*packets * kSecond / profile.window_ns("napi.cpus") < kHighRate) return std::nullopt;
    return share(packets, *polls - *empty, kFewRuns);
}

// ---- placement

/// Lines that could have a CPU of their own and have not.
Number crowded_lines(View profile) {
    const auto lines = profile.active_lines();
    const size_t cpus = profile.online_cpus().size();
    if (lines.size() < 2 || cpus < 2) return std::nullopt;
    std::set<int> served;
    for (const auto& line : lines) served.insert(line.cpus.begin(), line.cpus.end());
    const size_t possible = std::min(lines.size(), cpus);
    return served.size() >= possible ? 0.0 : static_cast<double>(possible - served.size());
}

bool is_away(const std::set<int>& cpus, const std::map<int, int>& nodes, int home) {
    return std::any_of(cpus.begin(), cpus.end(), [&](int cpu) {
        const auto node = nodes.find(cpu);
        return node != nodes.end() && node->second != home;
    });
}

Number lines_away(View profile) {
    const auto nodes = profile.node_of_cpu();
    Number away;
    for (const auto& line : profile.active_lines())
        if (const auto home = profile.node_of_device(line.interface))
            away = away.value_or(0) + (is_away(line.cpus, nodes, *home) ? 1 : 0);
    return away;
}

/// Receiving CPUs beyond the first on each core, as far as other cores have none.
Number shared_cores(View profile) {
    const auto cores = profile.core_of_cpu();
    std::set<int> all, used;
    size_t receiving = 0;
    for (const auto& [cpu, core] : cores) all.insert(core);
    for (const auto& [cpu, value] : profile.receiving()) {
        if (value < kBusyCpu || !cores.contains(cpu)) continue;
        receiving++;
        used.insert(cores.at(cpu));
    }
    if (receiving < 2) return std::nullopt;
    return static_cast<double>(std::min(receiving - used.size(), all.size() - used.size()));
}

/// Of the samples in which a task reads a socket, those on a node where nobody receives.
Number readers_away(View profile) {
    const auto nodes = profile.node_of_cpu();
    std::set<int> receiving;
    for (const auto& [cpu, value] : profile.receiving())
        if (value >= kBusyCpu && nodes.contains(cpu)) receiving.insert(nodes.at(cpu));
    double all = 0, away = 0;
    for (const Json& row : profile.rows("perf_record.tasks"))
        if (const auto node = nodes.find(row.at("cpu").get<int>()); node != nodes.end()) {
            all += row.at("reading").get<double>();
            if (!receiving.contains(node->second)) away += row.at("reading").get<double>();
        }
    return receiving.empty() ? std::nullopt : share(away, all, kFewSamples);
}

/// Of interfaces that have a receive queue for each CPU: queues that RPS steers nonetheless.
Number redundant_steering(View profile) {
    const size_t cpus = profile.online_cpus().size();
    Number steered;
    for (const Json& row : profile.rows("placement.queues")) {
        const std::string queue = row.at("queue"), interface = row.at("interface");
        if (!queue.starts_with("rx-") || cpus < 2 ||
            profile.receive_queues(interface).size() < cpus)
            continue;
        steered = steered.value_or(0) + (row.at("steered_to") == "" ? 0 : 1);
    }
    return steered;
}

constexpr const char* kLinkStats = "Linux: include/uapi/linux/if_link.h, struct rtnl_link_stats64";
constexpr const char* kRss =
    "Linux: Documentation/networking/scaling.rst, RSS: Suggested Configuration";
constexpr const char* kRssIrq =
    "Linux: Documentation/networking/scaling.rst, RSS IRQ Configuration";

}  // namespace

const Threshold kThresholds[] = {
    {"ring_overruns", Concern::loss, "packets that found no room in the device's ring", "packets",
     Threshold::above, 0, ring_overruns,
     "the device dropped them for lack of buffers: the host does not keep up, or the ring is too "
     "short for its bursts; each one is lost",
     kLinkStats},
    {"backlog_drops", Concern::loss, "packets that a CPU's full backlog dropped", "packets",
     Threshold::above, 0, backlog_drops,
     "the backlog of RPS, or of a device without NAPI of its own, was longer than "
     "netdev_max_backlog; each one is lost",
     "Red Hat Enterprise Linux 10: Network troubleshooting and performance tuning, Tuning the "
     "network device backlog queue to avoid packet drops"},
    {"flow_limit_drops", Concern::loss, "packets that the flow limit dropped", "packets",
     Threshold::above, 0, flow_limit_drops,
     "a backlog was more than half full, and one flow had more than half of it",
     "Linux: Documentation/networking/scaling.rst, RPS Flow Limit"},
    {"interface_errors", Concern::loss, "bad packets received", "packets", Threshold::above, 0,
     interface_errors, "damaged frames: a cable, a transceiver or a peer, and no setting here",
     kLinkStats},
    {"interface_drops", Concern::loss, "received packets that were not processed", "1",
     Threshold::above, 0.001, interface_drops,
     "for lack of resources, or because nobody wants the protocol: a few of those are on any "
     "network, one in a thousand is not",
     kLinkStats},
    {"socket_drops", Concern::loss, "packets that a full socket dropped", "1", Threshold::above,
     0.001, socket_drops,
     "the application reads more slowly than packets come; one in a thousand is more than a burst",
     "Linux: include/net/dropreason-core.h, SKB_DROP_REASON_SOCKET_RCVBUFF"},
    {"other_drops", Concern::loss, "packets that the kernel dropped for other reasons", "1",
     Threshold::above, 0.01, other_drops,
     "closed ports and filters drop on purpose; one in a hundred is worth a look at the reasons",
     "Linux: include/net/dropreason-core.h"},
    {"busiest_receiver", Concern::saturation, "time that the busiest CPU spends receiving", "1",
     Threshold::above, 0.8, busiest_receiver,
     "what comes beyond it is lost; the rest of the CPU's time is everybody else's", kRss},
    {"imbalance", Concern::saturation,
     "receiving time of the busiest CPU, to what it were if all that could receive did", "times",
     Threshold::above, 1.5, imbalance,
     "one CPU limits the rate while others have time; flows never spread quite evenly, so half "
     "more than its part is borne",
     kRssIrq},
    {"squeezes", Concern::saturation, "runs of NET_RX that ended with work left", "1",
     Threshold::above, 0.01, squeezes,
     "netdev_budget or netdev_budget_usecs was used up; a run in a hundred is a burst, more is "
     "load",
     "Linux: Documentation/admin-guide/sysctl/net.rst, netdev_budget; bpftune-net-buffer(8)"},
    {"exhausted_polls", Concern::saturation, "NAPI polls that used their whole budget", "1",
     Threshold::above, 0.1, exhausted_polls,
     "such a poll left packets in the ring, and is called again without an interrupt: packets "
     "come as fast as they are handled",
     "Linux: Documentation/networking/napi.rst, Datapath API"},
    {"ksoftirqd_share", Concern::saturation, "CPU time of the busiest ksoftirqd", "1",
     Threshold::above, 0.1, ksoftirqd_share,
     "softIRQs went on for longer than 2 ms or ten rounds, and now compete with tasks for the CPU",
     "Linux: kernel/softirq.c, MAX_SOFTIRQ_TIME and MAX_SOFTIRQ_RESTART"},
    {"net_rx_wait", Concern::latency, "from raising NET_RX to its first instruction, p99", "ns",
     Threshold::above, kSoftirqTime, net_rx_wait,
     "longer than softIRQs may run in one go (2 ms): it waited for ksoftirqd's turn",
     "Linux: kernel/softirq.c, MAX_SOFTIRQ_TIME"},
    {"thread_wait", Concern::latency,
     "from waking a receiving kernel thread to its first instruction, p99", "ns", Threshold::above,
     1e6, thread_wait,
     "others run on its CPU while packets wait; a millisecond of 1,500,000 packets per second is "
     "longer than a ring of 1,024",
     "Linux: Documentation/networking/napi.rst, Threaded NAPI"},
    {"packets_per_poll", Concern::batching, "packets in a poll that found any, in the mean",
     "packets", Threshold::below, 2, packets_per_poll,
     "at 10,000 packets per second and more, nearly every packet has an interrupt, a softIRQ and "
     "a poll of its own",
     "Linux: Documentation/networking/napi.rst, Software IRQ coalescing"},
    {"crowded_lines", Concern::placement, "CPUs that could serve a queue's interrupt and do not",
     "CPUs", Threshold::above, 0, crowded_lines,
     "several queues' interrupts share a CPU while another has none", kRssIrq},
    {"lines_away", Concern::placement, "interrupts served on another node than the device's",
     "interrupts", Threshold::above, 0, lines_away,
     "descriptors and packets go through the interconnect, and so does every access to the device",
     "Linux: Documentation/networking/scaling.rst, RSS Configuration"},
    {"readers_away", Concern::placement, "reading of sockets on a node where no CPU receives", "1",
     Threshold::above, 0.2, readers_away,
     "each packet crosses the interconnect between the stack and the application; a fifth of them "
     "is more than the scheduler's wandering",
     "Linux: Documentation/networking/scaling.rst, RFS: Receive Flow Steering"},
    {"shared_cores", Concern::placement,
     "receiving CPUs that share a core with another while a core receives nothing", "CPUs",
     Threshold::above, 0, shared_cores,
     "hyper-threads share what a core has; a core of its own "
     "has all of it",
     kRss},
    {"redundant_steering", Concern::placement,
     "queues steered by RPS though there is one for each CPU", "queues", Threshold::above, 0,
     redundant_steering, "the device spreads already; RPS adds a hop to another CPU's backlog",
     "Linux: Documentation/networking/scaling.rst, RPS: Suggested Configuration"},
};
const size_t kThresholdCount = std::size(kThresholds);

const char* to_string(Concern concern) {
    switch (concern) {
        case Concern::loss:
            return "loss";
        case Concern::saturation:
            return "saturation";
        case Concern::latency:
            return "latency";
        case Concern::batching:
            return "batching";
        case Concern::placement:
            return "placement";
    }
    return "";
}

bool is_abnormal(const Threshold& threshold, double value) {
    return threshold.abnormal == Threshold::above ? value > threshold.limit
                                                  : value < threshold.limit;
}

double excess(const Threshold& threshold, double value) {
    if (threshold.limit == 0) return value;
    return threshold.abnormal == Threshold::above ? value / threshold.limit
                                                  : threshold.limit / std::max(value, 1e-9);
}

}  // namespace rxlab
