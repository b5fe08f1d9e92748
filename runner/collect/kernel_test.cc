// SPDX-License-Identifier: GPL-2.0
// Needs root: XDP programs on a veth pair in a namespace of its own, and probes on this machine's
// tracepoints.
#include "base/error.h"
#include "bpf/names.h"
#include "bpf/probes.h"
#include "collect/collector.h"
#include "collect/xdp_verdicts.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <gmock/gmock.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

using namespace rxlab;

namespace {

const std::vector<std::string> kXdpPrograms = Json::parse("[" RXLAB_XDP_NAMES "]");
constexpr uint32_t kFrames = 40;
constexpr size_t kFrameBytes = 60;

/// Ethernet, IPv4, UDP to `port`, padded.
std::vector<uint8_t> udp_frame(uint16_t port) {
    std::vector<uint8_t> frame(kFrameBytes);
    frame[12] = 0x08;  // IPv4
    frame[14] = 0x45;  // version 4, five words
    frame[23] = IPPROTO_UDP;
    frame[36] = static_cast<uint8_t>(port >> 8);
    frame[37] = static_cast<uint8_t>(port);
    return frame;
}

class Veth : public testing::Test {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
        ip({"netns", "add", netns_});
        // No neighbour discovery: the programs would count it.
        sys_.in_netns(
            netns_, [&] { sys_.write_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1"); });
        ip({"-n", netns_, "link", "add", receiver_.name, "type", "veth", "peer", "name", "rxb1"});
        ip({"-n", netns_, "link", "set", receiver_.name, "up"});
        ip({"-n", netns_, "link", "set", "rxb1", "up"});
    }
    void TearDown() override {
        if (geteuid() == 0) sys_.run({"ip", "netns", "del", netns_});
    }
    void ip(std::vector<std::string> argv) {
        argv.insert(argv.begin(), "ip");
        run_or_throw(sys_, argv);
    }
    void detach(XdpMode mode) {
        ip({"-n", netns_, "link", "set", "dev", receiver_.name,
            mode == XdpMode::native ? "xdpdrv" : "xdpgeneric", "off"});
    }

    /// One UDP frame out of an interface of the namespace.
    void send_frame(const std::string& from) {
        sys_.in_netns(netns_, [&] {
            sockaddr_ll to{};
            to.sll_family = AF_PACKET;
            to.sll_ifindex = static_cast<int>(if_nametoindex(from.c_str()));
            const std::vector<uint8_t> frame = udp_frame(9);
            const int fd = socket(AF_PACKET, SOCK_RAW, 0);
            EXPECT_EQ(sendto(fd, frame.data(), frame.size(), 0, reinterpret_cast<sockaddr*>(&to),
                             sizeof to),
                      static_cast<ssize_t>(frame.size()));
            close(fd);
        });
    }

    Sys& sys_ = real_sys();
    std::string netns_ = "rxlab-collect-test-" + std::to_string(getpid());
    Interface receiver_{netns_, "rxb0"};
};

struct Reported {
    Values values;
    Json curves = Json::object();
    double at(const std::string& name) const { return values.at(name); }
};

/// What `name` reports of a window in which `work` was done.
Reported window(Sys& sys, const std::string& name, const Interface& receiver,
                const std::function<void()>& work) {
    const auto collector = collector_named(name).make(sys, {receiver});
    Window window;
    collector->start();
    const uint64_t start = sys.now_ns();
    work();
    window.ns = sys.now_ns() - start;
    collector->stop();
    Reported out;
    collector->report(window, out.values, out.curves);
    return out;
}

/// Who sends stays on the CPU it is on, whose backlog is a queue.
class OnOneCpu {
public:
    OnOneCpu() {
        sched_getaffinity(0, sizeof before_, &before_);
        cpu_set_t here;
        CPU_ZERO(&here);
        CPU_SET(static_cast<size_t>(sched_getcpu()), &here);
        sched_setaffinity(0, sizeof here, &here);
    }
    ~OnOneCpu() { sched_setaffinity(0, sizeof before_, &before_); }
    OnOneCpu(const OnOneCpu&) = delete;
    OnOneCpu& operator=(const OnOneCpu&) = delete;

private:
    cpu_set_t before_;
};

/// A socket of loopback's, and what is sent to it.
class Loopback {
public:
    explicit Loopback(uint16_t port) {
        address_.sin_family = AF_INET;
        address_.sin_port = htons(port);
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    ~Loopback() { close(fd_); }
    Loopback(const Loopback&) = delete;
    Loopback& operator=(const Loopback&) = delete;

    /// Listens there; 0 was any port.
    void bind_here() {
        socklen_t size = sizeof address_;
        ASSERT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address_), size), 0);
        ASSERT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &size), 0);
    }
    void send_there(const std::string& payload) const {
        sendto(fd_, payload.data(), payload.size(), 0, reinterpret_cast<const sockaddr*>(&address_),
               sizeof address_);
    }
    void await_one() const {
        char byte;
        ASSERT_EQ(recv(fd_, &byte, sizeof byte, 0), ssize_t{sizeof byte});
    }

private:
    const int fd_ = socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in address_{};
};

/// And waits until the kernel has done with them: a softIRQ may be left to ksoftirqd, which runs
/// when it has a CPU.
void send_to_loopback(int datagrams, const std::string& payload = "x") {
    const OnOneCpu pinned;
    const Loopback nobody(9);
    Loopback last(0);
    last.bind_here();
    for (int i = 0; i < datagrams; ++i) nobody.send_there(payload);
    last.send_there("x");
    last.await_one();
}

class Probe : public testing::Test {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
    }
    Sys& sys_ = real_sys();
    Interface any_{"", "lo"};
};

}  // namespace

TEST_F(Veth, every_xdp_program_attaches_in_both_modes_and_counts_each_frame) {
    for (const std::string& name : kXdpPrograms) {
        for (const XdpMode mode : {XdpMode::native, XdpMode::generic}) {
            SCOPED_TRACE(name + (mode == XdpMode::native ? " native" : " generic"));
            const BpfObject program = load_bpf(name);
            attach_xdp(sys_, netns_, receiver_.name, program.program(), mode);
            ASSERT_TRUE(xdp_attached(sys_, netns_, receiver_.name));
            EXPECT_EQ(xdp_attached(sys_, netns_, receiver_.name)->mode, mode);
            const auto verdicts = XdpVerdicts::of(sys_, receiver_);
            const Verdicts before = verdicts ? verdicts->read() : Verdicts{};
            const uint32_t action = test_run_xdp(program.program(), udp_frame(9), kFrames);
            EXPECT_EQ(verdicts.has_value(), program.has_map("xdp_verdicts"));
            if (verdicts) {
                EXPECT_EQ(verdicts->read().at(action).packets - before.at(action).packets, kFrames);
                EXPECT_EQ(verdicts->read().at(action).bytes - before.at(action).bytes,
                          name == "xdp_count_packets" ? 0 : kFrames * kFrameBytes);
            }
            detach(mode);
            EXPECT_FALSE(xdp_attached(sys_, netns_, receiver_.name));
        }
    }
}

/// Drops counted of those that two threads made at once.
std::pair<uint64_t, uint64_t> counted_and_made(const std::string& name) {
    constexpr uint32_t each = 500'000;
    const BpfObject program = load_bpf(name);
    const auto frame = udp_frame(9);
    const auto run = [&] { test_run_xdp(program.program(), frame, each); };
    std::thread other(run);
    run();
    other.join();
    const XdpVerdicts verdicts{Fd(dup(program.map("xdp_verdicts")))};
    return {verdicts.read().at(XDP_DROP).packets, 2 * each};
}

TEST_F(Veth, only_the_racy_counter_loses_updates_of_two_cpus) {
    for (const char* name : {"xdp_count_atomic", "xdp_count_percpu", "xdp_count_mmap"}) {
        const auto [counted, made] = counted_and_made(name);
        EXPECT_EQ(counted, made) << name;
    }
    const auto [counted, made] = counted_and_made("xdp_count_racy");
    EXPECT_LE(counted, made);  // how many depends on the machine; on one CPU none
    RecordProperty("racy_lost_per_million", std::to_string(made - counted));
}

TEST_F(Veth, a_second_xdp_program_is_refused_and_the_first_stays) {
    const BpfObject first = load_bpf("xdp_pass"), second = load_bpf("xdp_drop");
    attach_xdp(sys_, netns_, receiver_.name, first.program(), XdpMode::native);
    const uint32_t id = xdp_attached(sys_, netns_, receiver_.name)->id;
    EXPECT_THROW(attach_xdp(sys_, netns_, receiver_.name, second.program(), XdpMode::native),
                 Error);
    EXPECT_EQ(xdp_attached(sys_, netns_, receiver_.name)->id, id);
}

TEST_F(Veth, an_unknown_interface_is_named) {
    const BpfObject program = load_bpf("xdp_pass");
    try {
        attach_xdp(sys_, netns_, "rxnone", program.program(), XdpMode::native);
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("'rxnone'"));
    }
}

TEST_F(Veth, port_filter_drops_its_port_and_passes_the_rest) {
    const BpfObject program = load_bpf("xdp_port_drop", {{"drop_port", 4321}});
    EXPECT_EQ(test_run_xdp(program.program(), udp_frame(4321)), static_cast<uint32_t>(XDP_DROP));
    EXPECT_EQ(test_run_xdp(program.program(), udp_frame(9)), static_cast<uint32_t>(XDP_PASS));
    auto tcp = udp_frame(4321);
    tcp[23] = IPPROTO_TCP;
    EXPECT_EQ(test_run_xdp(program.program(), tcp), static_cast<uint32_t>(XDP_PASS));
    auto later_fragment = udp_frame(4321);
    later_fragment[21] = 1;
    EXPECT_EQ(test_run_xdp(program.program(), later_fragment), static_cast<uint32_t>(XDP_PASS));
    auto first_fragment = udp_frame(4321);
    first_fragment[20] = 0x20;  // more fragments follow
    EXPECT_EQ(test_run_xdp(program.program(), first_fragment), static_cast<uint32_t>(XDP_DROP));
    auto short_frame = udp_frame(4321);
    short_frame.resize(40);
    EXPECT_EQ(test_run_xdp(program.program(), short_frame), static_cast<uint32_t>(XDP_PASS));
    auto with_options = udp_frame(4321);
    with_options[14] = 0x46;  // six words: the port is four bytes later
    EXPECT_EQ(test_run_xdp(program.program(), with_options), static_cast<uint32_t>(XDP_PASS));
    with_options[40] = 4321 >> 8;
    with_options[41] = 4321 & 0xff;
    EXPECT_EQ(test_run_xdp(program.program(), with_options), static_cast<uint32_t>(XDP_DROP));
}

TEST_F(Veth, xdp_counters_report_the_windows_growth_only) {
    const BpfObject program = load_bpf("xdp_drop");
    attach_xdp(sys_, netns_, receiver_.name, program.program(), XdpMode::generic);
    test_run_xdp(program.program(), udp_frame(9), 5);
    const Reported reported = window(sys_, "xdp_counters", receiver_, [&] {
        test_run_xdp(program.program(), udp_frame(9), kFrames);
    });
    EXPECT_EQ(reported.at("xdp.drop.packets"), kFrames);
    EXPECT_EQ(reported.at("xdp.drop.bytes"), kFrames * kFrameBytes);
    EXPECT_EQ(reported.at("xdp.aborted.packets"), 0);
}

TEST_F(Veth, xdp_counters_report_nothing_without_a_program) {
    EXPECT_TRUE(window(sys_, "xdp_counters", receiver_, [] {}).values.empty());
}

TEST_F(Veth, collectors_sum_over_all_receivers) {
    const BpfObject program = load_bpf("xdp_drop"), other = load_bpf("xdp_drop");
    attach_xdp(sys_, netns_, receiver_.name, program.program(), XdpMode::native);
    attach_xdp(sys_, netns_, "rxb1", other.program(), XdpMode::native);
    const auto collector =
        collector_named("xdp_counters").make(sys_, {receiver_, {netns_, "rxb1"}});
    collector->start();
    test_run_xdp(program.program(), udp_frame(9), 3);
    test_run_xdp(other.program(), udp_frame(9), 4);
    collector->stop();
    Reported reported;
    collector->report({}, reported.values, reported.curves);
    EXPECT_EQ(reported.at("xdp.drop.packets"), 7);
}

TEST_F(Veth, interface_counters_are_the_ones_of_its_namespace) {
    EXPECT_GE(window(sys_, "interface", receiver_, [] {}).at("interface.rx_dropped"), 0);
}

/// Datagrams that nobody wants: each is dropped for want of a socket, by whoever looks for one.
TEST_F(Probe, drops_tell_reason_and_function) {
    constexpr int datagrams = 50;
    const Reported reported = window(sys_, "drops", any_, [] { send_to_loopback(datagrams); });
    double no_socket = 0;
    for (const Json& row : reported.curves.at("drops").at("rows"))
        if (row.at("reason") == "no_socket") {
            no_socket += row.at("packets").get<double>();
            EXPECT_THAT(row.at("function").get<std::string>(), testing::HasSubstr("udp"));
        }
    EXPECT_GE(no_socket, datagrams);
    EXPECT_GE(reported.at("drops.packets"), no_socket);
}

TEST_F(Probe, tables_of_cpus_add_up_to_what_is_told_of_all) {
    const Reported softirq = window(sys_, "softirq", any_, [] { send_to_loopback(200); });
    double runs = 0;
    for (const Json& row : softirq.curves.at("softirq.cpus").at("rows"))
        if (row.at("vector") == "net_rx") runs += row.at("runs").get<double>();
    EXPECT_EQ(runs, softirq.at("softirq.net_rx.entry_to_exit.count"));
    const Reported napi = window(sys_, "napi", any_, [] { send_to_loopback(200); });
    double packets = 0;
    for (const Json& row : napi.curves.at("napi.cpus").at("rows"))
        packets += row.at("packets").get<double>();
    EXPECT_EQ(packets, napi.at("napi.packets"));
}

/// A NAPI thread sleeps between two datagrams, each of which wakes it.
TEST_F(Veth, wakeups_of_napi_threads_are_timed) {
    const BpfObject program = load_bpf("xdp_pass");  // with one attached, veth polls
    attach_xdp(sys_, netns_, receiver_.name, program.program(), XdpMode::native);
    sys_.in_netns(netns_,
                  [&] { sys_.write_file("/sys/class/net/" + receiver_.name + "/threaded", "1"); });
    const Reported reported = window(sys_, "wakeups", receiver_, [&] {
        for (int i = 0; i < 50; i++) {
            send_frame("rxb1");
            sys_.sleep_ns(2'000'000);
        }
    });
    ASSERT_GT(reported.at("wakeup.napi.count"), 0);
    EXPECT_GT(reported.at("wakeup.napi.p50"), 0);
    EXPECT_GE(reported.at("wakeup.napi.max"), reported.at("wakeup.napi.p50"));
    EXPECT_TRUE(reported.curves.contains("wakeup.napi"));
}

/// What was taken out amid a window is in its report.
TEST_F(Probe, samples_outlive_being_taken_out) {
    const auto collector = collector_named("perf_record").make(sys_, {any_});
    collector->start();
    for (int i = 0; i < 20; i++) {
        send_to_loopback(2000);
        collector->relieve();
    }
    collector->stop();
    Values values;
    Json curves;
    collector->report({}, values, curves);
    EXPECT_GT(values.at("perf_record.samples"), 0);
    EXPECT_EQ(values.count("perf_record.lost"), 0u);
}

TEST_F(Probe, softirqs_are_seen_from_raise_to_entry_to_exit) {
    const Reported reported = window(sys_, "softirq", any_, [] { send_to_loopback(1000); });
    // Several raises before one entry are one wait, so there are no more waits than runs, but for
    // one on each CPU that has not come to its end when the window does.
    EXPECT_GE(reported.at("softirq.net_rx.entry_to_exit.count"), 1);
    EXPECT_GE(reported.at("softirq.net_rx.raise_to_entry.count"), 1);
    EXPECT_LE(reported.at("softirq.net_rx.raise_to_entry.count"),
              reported.at("softirq.net_rx.entry_to_exit.count") +
                  static_cast<double>(::sysconf(_SC_NPROCESSORS_ONLN)));
    EXPECT_GT(reported.at("softirq.net_rx.entry_to_exit.p50"), 0);
    EXPECT_LE(reported.at("softirq.net_rx.entry_to_exit.p50"),
              reported.at("softirq.net_rx.entry_to_exit.p99"));
    EXPECT_LE(reported.at("softirq.net_rx.entry_to_exit.p99"),
              reported.at("softirq.net_rx.entry_to_exit.max"));
    EXPECT_TRUE(reported.curves.contains("softirq.net_rx.raise_to_entry"));
}

TEST_F(Probe, softirqs_agree_with_the_kernels_own_count) {
    const auto probe = collector_named("softirq").make(sys_, {any_});
    const auto procfs = collector_named("proc_softirqs").make(sys_, {any_});
    procfs->start();
    probe->start();
    send_to_loopback(2000);
    probe->stop();
    procfs->stop();
    Reported reported;
    probe->report({}, reported.values, reported.curves);
    procfs->report({}, reported.values, reported.curves);
    const double seen = reported.at("softirq.net_rx.entry_to_exit.count");
    EXPECT_GT(seen, 1000);
    EXPECT_LE(seen, reported.at("proc_softirqs.net_rx"));
}

TEST_F(Probe, interrupts_within_one_another_are_each_counted) {
    const BpfObject irq = load_bpf("irq");
    const auto event = [&](const char* program, uint64_t number) {
        const std::array<uint64_t, 3> arguments = {number, 0, 0};
        LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = arguments.data(),
                    .ctx_size_in = sizeof(arguments), .flags = BPF_F_TEST_RUN_ON_CPU, .cpu = 0);
        ASSERT_EQ(bpf_prog_test_run_opts(irq.program(program), &run), 0) << program;
    };
    event("irq_exit", 5);  // its entry came before the window
    event("if_there_irq_work_entry", 0);
    event("irq_entry", 7);
    event("if_there_local_timer_entry", 0);
    event("if_there_local_timer_exit", 0);
    event("irq_exit", 7);
    event("if_there_irq_work_exit", 0);
    event("irq_entry", 8);
    event("irq_exit", 8);
    const irq_times times = BpfMap(irq.map("irqs")).values<irq_times>(0).at(0);
    EXPECT_EQ(times.by_vector[IRQ_WORK], 1u);
    EXPECT_EQ(times.by_vector[IRQ_LOCAL_TIMER], 1u);
    EXPECT_EQ(times.by_number[5], 0u);
    EXPECT_EQ(times.by_number[7], 1u);
    EXPECT_EQ(times.by_number[8], 1u);
    EXPECT_EQ(times.depth, 0u);
    uint64_t timed = 0;
    for (const uint32_t count : times.entry_to_exit.counts) timed += count;
    EXPECT_EQ(timed, 4u);
}

TEST_F(Probe, a_window_forgets_the_one_before) {
    const auto count = [&](int datagrams) {
        const auto collector = collector_named("softirq").make(sys_, {any_});
        send_to_loopback(datagrams);
        collector->start();
        send_to_loopback(datagrams);
        collector->stop();
        Reported reported;
        collector->report({}, reported.values, reported.curves);
        return reported.at("softirq.net_rx.entry_to_exit.count");
    };
    EXPECT_GT(count(5000), 2000);
    EXPECT_LT(count(1), 2000);
}

TEST_F(Probe, idle_time_is_nearly_all_of_a_sleep_on_every_cpu_that_sleeps) {
    const uint64_t slept_ns = 200'000'000;
    const Reported reported = window(sys_, "idle", any_, [&] { sys_.sleep_ns(slept_ns); });
    const double idle_ns = reported.at("window.idle_ns");
    EXPECT_GE(idle_ns, 0);
    EXPECT_LE(idle_ns, 1.2 * static_cast<double>(slept_ns) *
                           static_cast<double>(sysconf(_SC_NPROCESSORS_ONLN)));
    EXPECT_FALSE(reported.values.contains("window.executed_instructions"));
}

TEST_F(Probe, irq_handlers_are_counted_and_timed) {
    // No tick falls into a window in which nobody runs, so this one is kept busy.
    const Reported reported = window(sys_, "irq", any_, [&] {
        for (const uint64_t end = sys_.now_ns() + 100'000'000; sys_.now_ns() < end;) {
        }
    });
    EXPECT_GE(reported.at("irq.entry_to_exit.count"), 1);
    double by_source = 0;
    for (const auto& [name, value] : reported.values)
        if (name.ends_with(".count") && name != "irq.entry_to_exit.count") by_source += value;
    EXPECT_EQ(by_source, reported.at("irq.entry_to_exit.count"));
}

TEST_F(Probe, napi_polls_are_counted_with_their_packets) {
    const Reported reported = window(sys_, "napi", any_, [] { send_to_loopback(1000); });
    EXPECT_GE(reported.at("napi.packets"), 1000);
    EXPECT_GE(reported.at("napi.packets_per_poll.count"),
              reported.at("napi.exhausted_polls") + reported.at("napi.empty_polls"));
    EXPECT_LE(reported.at("napi.packets_per_poll.max"), reported.at("napi.packets"));
    EXPECT_LT(reported.at("napi.exhausted_polls"), reported.at("napi.packets_per_poll.count"));
    EXPECT_EQ(reported.curves.at("napi.packets_per_poll").at("unit"), "packets");
}

/// What pktgen puts first into a datagram that it made so many seconds ago.
std::string stamped(uint32_t age_s) {
    const auto made_s = static_cast<uint32_t>(::time(nullptr)) - age_s;
    const uint32_t stamp[] = {htonl(0xbe9be955), 0, htonl(made_s), 0};
    return {reinterpret_cast<const char*>(stamp), sizeof(stamp)};
}

TEST_F(Probe, a_frame_is_as_old_as_its_stamp_says_and_others_have_no_age) {
    const Reported reported = window(sys_, "frame_age", any_, [] {
        send_to_loopback(10);
        send_to_loopback(20, stamped(2));
    });
    EXPECT_EQ(reported.at("frame_age.count"), 20);
    EXPECT_GE(reported.at("frame_age.max"), 2e9);
    EXPECT_EQ(reported.curves.at("frame_age").at("unit"), "ns");
}

TEST_F(Probe, of_an_interface_that_is_not_there_no_frame_s_age_is_told) {
    const auto& frame_age = collector_named("frame_age");
    EXPECT_THROW(frame_age.make(sys_, {{"", "nosuch0"}}), Error);
}

TEST_F(Probe, perf_stat_agrees_with_the_napi_probe) {
    const auto napi = collector_named("napi").make(sys_, {any_});
    const auto perf = collector_named("perf_stat").make(sys_, {any_});
    napi->start();
    perf->start();
    send_to_loopback(2000);
    perf->stop();
    napi->stop();
    Reported reported;
    napi->report({}, reported.values, reported.curves);
    perf->report({}, reported.values, reported.curves);
    EXPECT_GT(reported.at("perf_stat.napi_poll"), 1000);
    EXPECT_LE(reported.at("perf_stat.napi_poll"), reported.at("napi.packets_per_poll.count"));
}

TEST_F(Probe, perf_record_finds_the_receive_path) {
    const Reported reported = window(sys_, "perf_record", any_, [] { send_to_loopback(200'000); });
    EXPECT_GT(reported.at("perf_record.samples"), 0);
    const Json& stacks = reported.curves.at("perf_record.stacks").at("stacks");
    EXPECT_THAT(stacks.dump(), testing::HasSubstr(";net_rx_action;"));
    double sum = 0;
    for (const auto& [stack, count] : stacks.items()) sum += count.get<double>();
    EXPECT_EQ(sum, reported.at("perf_record.samples"));
}

// The probe's window lies within perf's, which lies within bpftrace's: who else sends meanwhile,
// such as another test, may be in the outer ones only. So what is seen is never less, and in one of
// some windows nearly the same.
TEST_F(Probe, perf_trace_and_bpftrace_agree_with_the_napi_probe) {
    double beyond = 0;
    for (int window = 0; window < 8; window++) {
        std::map<std::string, std::unique_ptr<Collector>> collectors;
        for (const char* name : {"bpftrace:napi_polls", "perf_trace:napi", "napi"})
            collectors[name] = collector_named(name).make(sys_, {any_});
        send_to_loopback(500);  // before the window
        for (const char* name : {"bpftrace:napi_polls", "perf_trace:napi", "napi"})
            collectors[name]->start();
        send_to_loopback(2000);
        for (const char* name : {"napi", "perf_trace:napi", "bpftrace:napi_polls"})
            collectors[name]->stop();
        Reported reported;
        for (const auto& [name, collector] : collectors)
            collector->report({}, reported.values, reported.curves);
        const double polls = reported.at("napi.packets_per_poll.count"),
                     packets = reported.at("napi.packets");
        EXPECT_GT(polls, 1000);
        EXPECT_GE(reported.at("perf_trace.napi.napi_poll"), polls);
        EXPECT_GE(reported.at("bpftrace.napi_polls.polls"), polls);
        EXPECT_GE(reported.at("bpftrace.napi_polls.packets"), packets);
        beyond = std::max({reported.at("perf_trace.napi.napi_poll") - polls,
                           reported.at("bpftrace.napi_polls.polls") - polls,
                           reported.at("bpftrace.napi_polls.packets") - packets});
        if (beyond < 400) return;
    }
    ADD_FAILURE() << "in each window one saw " << beyond << " more than the probe";
}

TEST_F(Probe, bpftrace_names_the_reason_of_a_drop) {
    const Reported reported = window(sys_, "bpftrace:drop_reasons", any_,
                                     [] { send_to_loopback(1000); });  // nobody listens
    EXPECT_GE(reported.at("bpftrace.drop_reasons.by_reason.no_socket"), 1000);
    double places = 0;
    for (const auto& [name, value] : reported.values)
        if (name.starts_with("bpftrace.drop_reasons.by_place.no_socket.")) places += value;
    EXPECT_EQ(places, reported.at("bpftrace.drop_reasons.by_reason.no_socket"));
    EXPECT_EQ(reported.curves.at("bpftrace.drop_reasons").at("maps").size(), 2u);
}

TEST_F(Probe, bpftrace_times_softirqs_by_their_names) {
    const Reported reported =
        window(sys_, "bpftrace:softirq_time", any_, [] { send_to_loopback(1000); });
    EXPECT_GT(reported.at("bpftrace.softirq_time.serving_ns.net_rx"), 0);
    EXPECT_EQ(reported.curves.at("bpftrace.softirq_time").at("maps").size(), 4u);
}

TEST_F(Probe, every_collector_reads_this_machine) {
    for (const NamedCollector& collector : named_collectors()) {
        if (collector.kind->prepare) collector.kind->prepare(sys_);
        EXPECT_NO_THROW(window(sys_, collector.name(), any_, [] {})) << collector.name();
    }
}

TEST_F(Probe, every_value_of_every_collector_has_a_row_of_the_metric_table) {
    for (const Clock& clock : {Clock{}, clock_of(2)})
        for (const NamedCollector& collector : named_collectors()) {
            const auto reader = collector.make(sys_, {any_});
            reader->start();
            send_to_loopback(200);
            reader->stop();
            Reported reported;
            reader->report({200, 1000, clock}, reported.values, reported.curves);
            Metrics metrics;
            EXPECT_NO_THROW(describe(reported.values, clock, metrics)) << collector.name();
            for (const auto& [name, metric] : metrics) EXPECT_NE(metric.unit, "") << name;
        }
}
