// SPDX-License-Identifier: GPL-2.0
// Needs root: filters on real interfaces, in namespaces and a bpffs folder of the test's own.
#include "xdp/stats.h"

#include "base/error.h"
#include "topology/sinks.h"
#include "traffic/kinds.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <numeric>

namespace rxlab {
namespace {

using testing::HasSubstr;

RuleSet rules(const std::string& list, const std::string& fallback = "allow") {
    return parse_rules(fmt::format(R"({{"default": "{}", "rules": [{}]}})", fallback, list),
                       "rules");
}
const char kDrop53[] = R"({"action": "drop", "protocol": "udp", "dport": 53})";

class LoadedFilter : public testing::Test {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
        std::filesystem::create_directory(bpffs_);
        ASSERT_EQ(::mount("bpf", bpffs_.c_str(), "bpf", 0, nullptr), 0) << std::strerror(errno);
        for (const std::string& netns : {here_, there_}) ip({"netns", "add", netns});
        // Two queues: two CPUs that send run the program at the same time, and veth's own counts
        // (one set per queue) are right.
        ip({"-n",          there_,        "link",        "add",         "rxf0",
            "numtxqueues", "2",           "numrxqueues", "2",           "type",
            "veth",        "peer",        "name",        "rx.f1",       "netns",
            here_,         "numtxqueues", "2",           "numrxqueues", "2"});
        ip({"-n", here_, "link", "set", "rx.f1", "address", "02:00:00:00:00:02", "up"});
        ip({"-n", there_, "link", "set", "rxf0", "up"});
        ip({"-n", there_, "address", "add", "192.0.2.1/24", "dev", "rxf0"});
        ip({"-n", there_, "neighbour", "add", "192.0.2.2", "lladdr", "02:00:00:00:00:02", "dev",
            "rxf0"});
        place_ = {"rx.f1", here_, bpffs_ + "/rxlab", bpffs_ + ".lock"};
    }
    void TearDown() override {
        if (IsSkipped()) return;
        ::umount2(bpffs_.c_str(), MNT_DETACH);  // and all that is pinned there
        std::filesystem::remove(bpffs_);
        std::filesystem::remove(place_.lock);
        for (const std::string& netns : {here_, there_}) ip({"netns", "del", netns});
    }
    void ip(std::vector<std::string> argv) {
        argv.insert(argv.begin(), "ip");
        run_or_throw(sys_, argv);
    }
    void load(const RuleSet& set, const char* engine = "bitmap", bool replace = false,
              XdpMode mode = XdpMode::native) {
        load_filter(sys_, place_, engine_named(engine), set, mode, replace);
    }
    Step add(const std::string& rule) {
        return change_rules(sys_, place_, [&](RuleSet set) {
            set.rules.push_back(rule_from(rule));
            rank(set.rules);
            return set;
        });
    }
    FilterStats stats() { return filter_stats(sys_, place_); }
    uint64_t rule(const std::string& text) {
        for (const FilterRule& one : stats().rules)
            if (one.rule == text) return one.count.packets;
        ADD_FAILURE() << "no rule " << text;
        return 0;
    }
    /// veth hands frames over before sendto() returns, or soon after.
    void send(uint16_t port, int count = 1) {
        sys_.in_netns(there_, [&] {
            const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
            sockaddr_in to{};
            to.sin_family = AF_INET;
            to.sin_port = htons(port);
            ::inet_pton(AF_INET, "192.0.2.2", &to.sin_addr);
            for (int i = 0; i < count; i++)
                ::sendto(fd, "datagram", 8, 0, reinterpret_cast<sockaddr*>(&to), sizeof(to));
            ::close(fd);
        });
    }
    uint64_t settled(const std::function<uint64_t()>& count, uint64_t wanted) {
        for (int i = 0; i < 6000 && count() < wanted; i++) ::usleep(10'000);
        return count();
    }
    static std::string dispatcher_object() {
        for (const auto& folder : std::filesystem::directory_iterator("/usr/lib"))
            if (const auto object = folder.path() / "bpf/xdp-dispatcher.o";
                std::filesystem::exists(object))
                return object;
        return {};
    }
    std::string refused(const std::function<void()>& act, std::string* next = nullptr) {
        try {
            act();
        } catch (const Error& error) {
            if (next) *next = error.next();
            return error.what();
        }
        return "done";
    }

    Sys& sys_ = real_sys();
    FilterPlace place_;
    const std::string bpffs_ =
        fmt::format("{}/rxlab-bpffs-{}", std::filesystem::temp_directory_path().string(), getpid());
    const std::string here_ = fmt::format("rxf-here-{}", getpid()),
                      there_ = fmt::format("rxf-there-{}", getpid());
};

TEST_F(LoadedFilter, drops_and_counts_real_datagrams_and_leaves_nothing) {
    load(rules(kDrop53));
    send(53, 20);
    send(54, 5);
    EXPECT_EQ(settled([&] { return rule("drop udp dport 53"); }, 20), 20u);
    EXPECT_EQ(settled([&] { return stats().passed_ports["udp 54"].packets; }, 5), 5u);
    const FilterStats now = stats();
    EXPECT_EQ(now.dropped_ports.at("udp 53").packets, 20u);
    EXPECT_EQ(now.dropped_ports.at("udp 53").bytes, 20u * (14 + 20 + 8 + 8));
    EXPECT_EQ(now.decided.at("default").packets, 5u);
    EXPECT_EQ(now.engine, "bitmap");
    EXPECT_EQ(now.mode, "native");
    EXPECT_EQ(now.pins, bpffs_ + "/rxlab/" + here_ + ":rx%2ef1");
    unload_filter(sys_, place_);
    EXPECT_FALSE(std::filesystem::exists(place_.root));
    EXPECT_FALSE(xdp_attached(sys_, here_, "rx.f1"));
}

TEST_F(LoadedFilter, rules_change_and_what_stays_keeps_its_count) {
    load(rules(kDrop53), "hash");
    send(53, 3);
    EXPECT_EQ(settled([&] { return rule("drop udp dport 53"); }, 3), 3u);
    add("drop udp dport 54");
    send(53, 2);
    send(54, 4);
    EXPECT_EQ(settled([&] { return rule("drop udp dport 54"); }, 4), 4u);
    EXPECT_EQ(rule("drop udp dport 53"), 5u);
    EXPECT_EQ(stats().engine, "hash");
}

TEST_F(LoadedFilter, a_packet_sees_the_old_rules_or_the_new_never_a_mix) {
    // Ports 53 and 54 change sides together: whatever is seen, exactly one of them is dropped.
    const RuleSet one = rules(
        R"({"action": "drop", "protocol": "udp", "dport": 53},
            {"action": "allow", "protocol": "udp", "dport": 54})",
        "drop");
    const RuleSet other = rules(
        R"({"action": "allow", "protocol": "udp", "dport": 53},
            {"action": "drop", "protocol": "udp", "dport": 54})",
        "drop");
    load(one);
    for (int i = 0; i < 40; i++) {
        change_rules(sys_, place_, [&](const RuleSet&) { return i % 2 ? one : other; });
        send(53);
        send(54);
    }
    const auto seen = [&](std::map<std::string, Count> ports) {
        return ports["udp 53"].packets + ports["udp 54"].packets;
    };
    settled([&] { return seen(stats().dropped_ports) + seen(stats().passed_ports); }, 80);
    const FilterStats now = stats();
    EXPECT_EQ(seen(now.dropped_ports), 40u);
    EXPECT_EQ(seen(now.passed_ports), 40u);
    EXPECT_EQ(now.decided.at("default").packets, 0u) << "no packet met a table without rules";
}

TEST_F(LoadedFilter, what_two_cpus_send_at_once_is_counted_to_the_last_frame) {
    const char* wanted = std::getenv("RXLAB_LIVE_FRAMES");
    const uint64_t frames = wanted ? std::stoull(wanted) : 200'000;
    if (::sysconf(_SC_NPROCESSORS_ONLN) < 2) GTEST_SKIP() << "needs two CPUs";
    const Topology topology{{{{there_, "rxf0"},
                              {here_, "rx.f1"},
                              "02:00:00:00:00:01",
                              "02:00:00:00:00:02",
                              "192.0.2.1",
                              "192.0.2.2"}},
                            {}};
    Journal journal{sys_, ""};
    const std::vector<Sink> sinks = veth_sinks(sys_, topology.paths);
    // What veth had no room for never came to the filter, and is counted by veth.
    const auto refused = [&] {
        return std::accumulate(sinks.begin(), sinks.end(), uint64_t{0},
                               [](uint64_t sum, const Sink& sink) { return sum + sink.read(); });
    };
    for (const char* engine : {"bitmap", "hash", "lpm"}) {
        load(rules(kDrop53), engine);
        const auto traffic = make_live_frames(
            sys_, journal, topology, {{"packets", frames}, {"udp_dst_port", 53}, {"cpus", 2}}, 1);
        traffic->prepare(frames);
        const uint64_t before = refused();
        EXPECT_EQ(traffic->send().packets, frames);
        uint64_t came = 0;
        settled(
            [&] {
                return came = frames - (refused() - before),
                       static_cast<uint64_t>(rule("drop udp dport 53") == came);
            },
            1);
        const FilterStats now = stats();
        EXPECT_EQ(now.verdicts.at("drop").packets, came) << engine;
        EXPECT_EQ(now.dropped_ports.at("udp 53").packets, came) << engine;
        EXPECT_EQ(now.dropped_ports.at("udp 53").bytes, came * 60) << engine;
        EXPECT_GT(came, frames / 2) << engine << ": hardly any came";
        RecordProperty(engine, std::to_string(came));
        unload_filter(sys_, place_);
    }
}

TEST_F(LoadedFilter, traffic_test_run_runs_the_program_that_is_attached_and_nothing_else) {
    const Topology topology{{{{there_, "rxf0"},
                              {here_, "rx.f1"},
                              "02:00:00:00:00:01",
                              "02:00:00:00:00:02",
                              "192.0.2.1",
                              "192.0.2.2"}},
                            {}};
    Journal journal{sys_, ""};
    const auto dropped = make_test_run(sys_, journal, topology, {{"udp_dst_port", 53}}, 1),
               passed = make_test_run(sys_, journal, topology, {{"udp_dst_port", 54}}, 1);
    EXPECT_THAT(refused([&] { dropped->prepare(1); }), HasSubstr("no XDP program"));
    load(rules(kDrop53));
    for (const auto& traffic : {dropped.get(), passed.get()}) {
        traffic->prepare(1000);
        const TrafficReport sent = traffic->send();
        EXPECT_EQ(sent.packets, 1000u);
        EXPECT_GT(sent.busy_ns, 0u);
    }
    EXPECT_EQ(rule("drop udp dport 53"), 1000u);
    EXPECT_EQ(stats().passed_ports["udp 54"].packets, 1000u);
    EXPECT_EQ(dropped->sinks[0].read(), 0u) << "the filter counts them itself";
    EXPECT_EQ(passed->sinks[0].read(), 1000u) << "no stack gets them";
}

TEST_F(LoadedFilter, somebody_elses_program_stays_unless_it_is_to_be_replaced) {
    const BpfObject other = load_bpf("xdp_pass");
    attach_xdp(sys_, here_, "rx.f1", other.program(), XdpMode::native);
    std::string next;
    EXPECT_THAT(refused([&] { load(rules(kDrop53)); }, &next),
                HasSubstr("rx.f1 has an XDP program already: xdp_pass"));
    EXPECT_THAT(next, HasSubstr("--replace"));
    EXPECT_FALSE(std::filesystem::exists(place_.root));
    load(rules(kDrop53), "bitmap", true);
    EXPECT_EQ(stats().engine, "bitmap");
}

TEST_F(LoadedFilter, libxdps_dispatcher_is_named_and_stays_unless_it_is_to_be_replaced) {
    const std::string object = dispatcher_object();
    if (object.empty()) GTEST_SKIP() << "needs xdp-dispatcher.o of the package libxdp1";
    // Not by xdp-loader, which does without its dispatcher where the kernel has no freplace;
    // vm/test uses it.
    run_or_throw(sys_, {"bpftool", "prog", "load", object, bpffs_ + "/dispatcher", "type", "xdp"});
    ip({"-n", here_, "link", "set", "dev", "rx.f1", "xdpdrv", "pinned", bpffs_ + "/dispatcher"});
    const uint32_t id = xdp_attached(sys_, here_, "rx.f1")->id;
    std::string next;
    EXPECT_THAT(refused([&] { load(rules(kDrop53)); }, &next),
                HasSubstr("xdp_dispatcher (id " + std::to_string(id) +
                          "), libxdp's dispatcher; rxlab's filter is no part of one"));
    EXPECT_EQ(next, "xdp-loader unload rx.f1 --all, or --replace");
    EXPECT_EQ(xdp_attached(sys_, here_, "rx.f1")->id, id);
    load(rules(kDrop53), "bitmap", true);
    EXPECT_EQ(stats().engine, "bitmap");
}

TEST_F(LoadedFilter, a_second_load_is_refused_and_the_first_goes_on) {
    load(rules(kDrop53));
    EXPECT_THAT(refused([&] { load(rules(kDrop53)); }), HasSubstr("already"));
    EXPECT_THAT(refused([&] { load(rules(kDrop53), "bitmap", true); }), HasSubstr("already"));
    send(53);
    EXPECT_EQ(settled([&] { return rule("drop udp dport 53"); }, 1), 1u);
}

TEST_F(LoadedFilter, unloaded_means_gone_so_that_it_can_be_loaded_again_at_once) {
    for (int i = 0; i < 20; i++) {
        ASSERT_FALSE(xdp_attached(sys_, here_, "rx.f1")) << i;
        load(rules(kDrop53), "hash");
        unload_filter(sys_, place_);
    }
}

TEST_F(LoadedFilter, a_missing_interface_leaves_nothing) {
    place_.interface = "nosuch0";
    EXPECT_THAT(refused([&] { load(rules(kDrop53)); }), HasSubstr("nosuch0"));
    EXPECT_FALSE(std::filesystem::exists(place_.root));
    EXPECT_THAT(refused([&] { stats(); }), HasSubstr("no interface 'nosuch0'"));
    EXPECT_THAT(refused([&] { unload_filter(sys_, place_); }), HasSubstr("no interface 'nosuch0'"));
}

TEST_F(LoadedFilter, when_the_interface_vanishes_that_is_said_and_unload_cleans) {
    load(rules(kDrop53));
    ip({"-n", there_, "link", "del", "rxf0"});
    EXPECT_THAT(refused([&] { stats(); }), HasSubstr("no interface 'rx.f1' in network namespace"));
    EXPECT_EQ(unload_filter(sys_, place_).from, 0u);
    EXPECT_FALSE(std::filesystem::exists(place_.root));
    EXPECT_THAT(refused([&] { unload_filter(sys_, place_); }), HasSubstr("no interface 'rx.f1'"));
}

TEST_F(LoadedFilter, generic_mode_works) {
    load(rules(kDrop53), "lpm", false, XdpMode::generic);
    EXPECT_EQ(stats().mode, "generic");
    send(53, 2);
    EXPECT_EQ(settled([&] { return rule("drop udp dport 53"); }, 2), 2u);
}

TEST_F(LoadedFilter, without_privilege_nothing_is_touched) {
    load(rules(kDrop53));
    std::vector<std::string> told;
    ASSERT_EQ(::seteuid(65534), 0);
    for (const auto& act : std::vector<std::function<void()>>{
             [&] { load(rules(kDrop53)); }, [&] { stats(); }, [&] { loaded_rules(sys_, place_); },
             [&] { add("drop dport 1"); }, [&] { unload_filter(sys_, place_); }})
        told.push_back(refused(act));
    ASSERT_EQ(::seteuid(0), 0);
    EXPECT_THAT(told, testing::Each(HasSubstr("need root")));
    EXPECT_EQ(stats().engine, "bitmap");
}

TEST_F(LoadedFilter, where_there_is_no_bpffs_only_the_names_are_missing) {
    place_.root = "/tmp/rxlab";
    load(rules(kDrop53));
    EXPECT_EQ(stats().pins, "");
    EXPECT_GT(stats().map_ids.at("ip_protocols"), 0u);
    add("drop udp dport 54");
    EXPECT_EQ(stats().rules.size(), 2u);
    unload_filter(sys_, place_);
    EXPECT_FALSE(xdp_attached(sys_, here_, "rx.f1"));
}

}  // namespace
}  // namespace rxlab
