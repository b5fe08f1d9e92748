// SPDX-License-Identifier: GPL-2.0
#include "profile/rules.h"

#include "base/cpu_list.h"
#include "base/lower.h"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <iterator>

namespace rxlab {
namespace {

using View = const ProfileView&;

constexpr uint64_t kLongestRing = 8192;

// ---- knobs as an experiment names them: its receiver is in the namespace @dut

/// The receiver, whatever it is called where the experiment runs; of several each has its name.
std::string receiver(View profile, const std::string& interface) {
    return profile.interfaces().size() == 1 ? "@dut" : interface;
}

std::string of_interface(View profile, const char* kind, const std::string& interface,
                         const std::string& what) {
    return fmt::format("{}:@dut:{}/{}", kind, receiver(profile, interface), what);
}

std::string file_of(View profile, const std::string& interface, const char* file) {
    return fmt::format("sysfs:@dut:/sys/class/net/{}/{}", receiver(profile, interface), file);
}

/// An interface's name as part of an arm's.
std::string arm_word(const std::string& interface) {
    std::string word;
    for (const char letter : lower_case(interface))
        word += std::isalnum(static_cast<unsigned char>(letter)) ? letter : '-';
    return word;
}

/// What a setting is now; the kernel's default where the profile does not tell.
uint64_t now(View profile, const std::string& knob, uint64_t by_default) {
    uint64_t value = by_default;
    if (const auto text = profile.setting(knob))
        std::from_chars(text->data(), text->data() + text->size(), value);
    return value;
}

/// So many times what it is now, in an arm each.
AdvisedArms times(View profile, const std::string& knob, uint64_t by_default,
                  const std::vector<uint64_t>& factors, const char* name) {
    AdvisedArms arms;
    const uint64_t value = now(profile, knob, by_default);
    for (const uint64_t factor : factors)
        if (value > 0)
            arms.push_back({fmt::format("{}-{}", name, value * factor),
                            fmt::format("{} instead of {}", value * factor, value),
                            {{knob, value * factor}}});
    return arms;
}

// ---- the rules' arms

AdvisedArms longer_ring(View profile) {
    AdvisedArms arms;
    for (const std::string& interface : profile.interfaces()) {
        const auto text = profile.setting(fmt::format("ethtool:{}/ring/rx", interface));
        if (!text) continue;
        const uint64_t value =
            now(profile, fmt::format("ethtool:{}/ring/rx", interface), kLongestRing);
        for (const uint64_t slots : {2 * value, 4 * value})
            if (value && slots <= kLongestRing)
                arms.push_back({fmt::format("{}-ring-{}", arm_word(interface), slots),
                                fmt::format("{} descriptors instead of {}", slots, value),
                                {{of_interface(profile, "ethtool", interface, "ring/rx"), slots}}});
    }
    return arms;
}

AdvisedArms longer_backlog(View profile) {
    return times(profile, "sysctl:net.core.netdev_max_backlog", 1000, {2, 4}, "backlog");
}

AdvisedArms larger_budget(View profile) {
    const std::string packets = "sysctl:net.core.netdev_budget", usecs = packets + "_usecs";
    AdvisedArms arms = times(profile, packets, 300, {2, 4}, "budget");
    const AdvisedArms longer = times(profile, usecs, 8000, {2, 4}, "usecs");
    for (size_t i = 0; i < std::min(arms.size(), longer.size()); i++)
        arms[i].knobs.update(longer[i].knobs);
    return arms;
}

std::set<int> without_busiest(View profile, std::set<int> cpus) {
    const auto shares = profile.receiving();
    const auto busiest =
        std::max_element(shares.begin(), shares.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    if (busiest != shares.end() && cpus.size() > 1) cpus.erase(busiest->first);
    return cpus;
}

AdvisedArm steered(View profile, const std::string& name, const std::string& interface,
                   const std::vector<std::string>& queues, const std::set<int>& cpus) {
    AdvisedArm arm{name, fmt::format("RPS to CPUs {}", as_list(cpus)), {}};
    for (const std::string& queue : queues)
        arm.knobs[of_interface(profile, "rps", interface, queue)] = as_mask(cpus);
    return arm;
}

/// Of interfaces with fewer queues than CPUs, that are not steered yet.
AdvisedArms rps(View profile) {
    const std::set<int> cpus = profile.online_cpus();
    AdvisedArms arms;
    if (!profile.is_main_receiver()) return arms;
    for (const std::string& interface : profile.interfaces()) {
        const auto queues = profile.receive_queues(interface);
        if (queues.empty() || queues.size() >= cpus.size() || profile.is_steered(interface))
            continue;
        const std::string word = arm_word(interface);
        arms.push_back(steered(profile, word + "-rps-all", interface, queues, cpus));
        if (cpus.size() > 2)
            arms.push_back(steered(profile, word + "-rps-others", interface, queues,
                                   without_busiest(profile, cpus)));
    }
    return arms;
}

/// CPUs in the order in which queues get them: the first of each core, then the others.
std::vector<int> cores_first(View profile, const std::set<int>& allowed) {
    std::vector<int> first, others;
    for (const auto& [cpu, core] : profile.core_of_cpu())
        if (allowed.contains(cpu)) (cpu == core ? first : others).push_back(cpu);
    first.insert(first.end(), others.begin(), others.end());
    return first;
}

/// An interrupt can be named by its action where it alone has it.
bool has_name(const ProfileView::Line& line) {
    return !line.action.empty() && line.action.find_first_of(", /") == std::string::npos;
}

AdvisedArms spread_lines(View profile) {
    const std::vector<int> cpus = cores_first(profile, profile.online_cpus());
    AdvisedArm arm{
        "a-cpu-each", "each queue's interrupt on a CPU of its own, one core after the other", {}};
    size_t next = 0;
    for (const auto& line : profile.active_lines())
        if (has_name(line) && !cpus.empty())
            arm.knobs["irq:" + line.action] = std::to_string(cpus[next++ % cpus.size()]);
    return arm.knobs.size() < 2 ? AdvisedArms{} : AdvisedArms{arm};
}

AdvisedArms lines_at_home(View profile) {
    const auto nodes = profile.node_of_cpu();
    AdvisedArm arm{"at-home", "each interrupt on the device's node", {}};
    size_t next = 0;
    for (const auto& line : profile.active_lines()) {
        const auto home = profile.node_of_device(line.interface);
        std::set<int> there;
        for (const auto& [cpu, node] : nodes)
            if (home && node == *home) there.insert(cpu);
        const std::vector<int> cpus = cores_first(profile, there);
        if (has_name(line) && !cpus.empty())
            arm.knobs["irq:" + line.action] = std::to_string(cpus[next++ % cpus.size()]);
    }
    return arm.knobs.empty() ? AdvisedArms{} : AdvisedArms{arm};
}

AdvisedArms threaded(View profile) {
    AdvisedArms arms;
    if (!profile.is_main_receiver()) return arms;
    for (const Json& row : profile.rows("placement.devices"))
        if (const std::string interface = row.at("interface"); row.at("threaded") == "0")
            arms.push_back({arm_word(interface) + "-threaded",
                            "NAPI polls in threads of its own",
                            {{file_of(profile, interface, "threaded"), 1}}});
    return arms;
}

/// Where it is ksoftirqd that waits: threads of NAPI have other names in the next run.
AdvisedArms priority(View profile) {
    if (profile.value("wakeup.ksoftirqd.p99").value_or(0) <
        profile.value("wakeup.napi.p99").value_or(0))
        return {};
    AdvisedArm arm{"ksoftirqd-fifo", "before all ordinary tasks", {}};
    for (const Json& row : profile.rows("threads"))
        if (const std::string thread = row.at("thread"); thread.starts_with("ksoftirqd/"))
            arm.knobs["sched:" + thread] = "fifo:1";
    return arm.knobs.empty() ? AdvisedArms{} : AdvisedArms{arm};
}

AdvisedArms coalescing(View profile) {
    AdvisedArms arms;
    for (const std::string& interface : profile.interfaces()) {
        const std::string knob = fmt::format("ethtool:{}/coalesce/rx-usecs", interface),
                          word = arm_word(interface);
        for (const uint64_t usecs : {50, 100})
            if (profile.setting(knob) && now(profile, knob, usecs) < usecs)
                arms.push_back(
                    {fmt::format("{}-{}us", word, usecs),
                     fmt::format("at most an interrupt in {} us", usecs),
                     {{of_interface(profile, "ethtool", interface, "coalesce/rx-usecs"), usecs}}});
        arms.push_back({word + "-deferred",
                        "the interrupt stays masked for two polls, 20 us apart",
                        {{file_of(profile, interface, "napi_defer_hard_irqs"), 2},
                         {file_of(profile, interface, "gro_flush_timeout"), 20'000}}});
    }
    return arms;
}

AdvisedArms no_steering(View profile) {
    AdvisedArm arm{"no-rps", "packets stay on the CPU that the device chose", {}};
    for (const std::string& interface : profile.interfaces())
        if (profile.is_steered(interface))
            for (const std::string& queue : profile.receive_queues(interface))
                arm.knobs[of_interface(profile, "rps", interface, queue)] = "0";
    return arm.knobs.empty() ? AdvisedArms{} : AdvisedArms{arm};
}

/// Only with the traffic of a trial: that of an experiment on an interface has no reader.
AdvisedArms larger_receive_buffer(View profile) {
    if (profile.subject().at("kind") != "trial") return {};
    return times(profile, "sysctl:net.core.rmem_default", 212'992, {4, 16}, "rmem");
}

}  // namespace

const Rule kRules[] = {
    {"longer-ring",
     {"ring_overruns"},
     "bursts are longer than the ring, while the mean rate can be handled",
     "Does a longer receive ring lose less?",
     longer_ring,
     "a ring that holds a burst loses none of it; it costs memory, cache and latency of what waits "
     "in it, and does not help where the CPU is too slow in the mean",
     "Red Hat Enterprise Linux 7: Performance Tuning Guide, 9.3.2 Configuring the Hardware Buffer"},
    {"longer-backlog",
     {"backlog_drops", "flow_limit_drops"},
     "a CPU's backlog is shorter than the bursts that RPS or a virtual device puts there",
     "Does a longer backlog lose less?",
     longer_backlog,
     "twice the length is the guide's first step; what waits longer is later",
     "Red Hat Enterprise Linux 10: Network troubleshooting and performance tuning, Tuning the "
     "network device backlog queue to avoid packet drops"},
    {"spread-by-rps",
     {"imbalance", "busiest_receiver", "ksoftirqd_share"},
     "one CPU does the protocols' work of all queues while others have time",
     "Does receiving on more CPUs by RPS take less time, or lose less?",
     rps,
     "with fewer queues than CPUs RPS may help, without the interrupted CPU where its rate is "
     "high; "
     "one flow stays on one CPU whatever is set",
     "Linux: Documentation/networking/scaling.rst, RPS: Suggested Configuration"},
    {"spread-interrupts",
     {"crowded_lines", "shared_cores"},
     "queues share a CPU or a core, so having several of them gains little",
     "Does an interrupt on a CPU of its own for each queue take less time, or lose less?",
     spread_lines,
     "much of receiving is done where the interrupt is served; irqbalance may put it back",
     "Linux: Documentation/networking/scaling.rst, RSS IRQ Configuration"},
    {"interrupts-at-home",
     {"lines_away"},
     "each access to the device and to what it wrote goes through the interconnect",
     "Do interrupts on the device's own node take less time?",
     lines_at_home,
     "a queue for each memory domain is the least; its interrupt belongs there",
     "Linux: Documentation/networking/scaling.rst, RSS Configuration"},
    {"larger-budget",
     {"squeezes"},
     "a run of NET_RX ends before the rings are empty, and begins anew",
     "Does a larger budget of NET_RX take less time, or lose less?",
     larger_budget,
     "either limit ends a run, so both grow; tasks wait longer for their CPU meanwhile",
     "Linux: Documentation/admin-guide/sysctl/net.rst, netdev_budget; bpftune-net-buffer(8)"},
    {"threaded-napi",
     {"net_rx_wait", "ksoftirqd_share"},
     "polls wait in ksoftirqd behind everything else that is deferred to it",
     "Do NAPI threads, which the scheduler can place, take less time or lose less?",
     threaded,
     "each NAPI has a thread of its own then, that the scheduler puts on a CPU with time",
     "Linux: Documentation/networking/napi.rst, Threaded NAPI"},
    {"thread-priority",
     {"thread_wait"},
     "ordinary tasks run while packets wait for the thread that polls",
     "Does ksoftirqd before all ordinary tasks lose less?",
     priority,
     "a real-time thread does not wait for ordinary ones; they wait for it, all of its time",
     "sched(7), SCHED_FIFO"},
    {"coalescing",
     {"packets_per_poll"},
     "interrupts come so early that each poll finds one packet",
     "Do fewer interrupts, each for more packets, take less time?",
     coalescing,
     "the device's moderation or NAPI's deferred interrupts gather packets; each waits a little "
     "longer",
     "Linux: Documentation/networking/napi.rst, Software IRQ coalescing"},
    {"no-steering",
     {"redundant_steering"},
     "RPS hands packets over that the device has spread already",
     "Does it take less time without RPS?",
     no_steering,
     "with a queue for each CPU RPS is probably redundant",
     "Linux: Documentation/networking/scaling.rst, RPS: Suggested Configuration"},
    {"larger-receive-buffer",
     {"socket_drops"},
     "the socket's buffer is shorter than the bursts between two reads",
     "Does a larger receive buffer lose less?",
     larger_receive_buffer,
     "a buffer that holds a burst loses none of it; a reader that is too slow in the mean fills "
     "any",
     "Linux: Documentation/admin-guide/sysctl/net.rst, rmem_default"},
};
const size_t kRuleCount = std::size(kRules);

}  // namespace rxlab
