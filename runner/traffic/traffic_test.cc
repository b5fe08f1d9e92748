// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "base/items.h"
#include "sys/fake_sys.h"
#include "traffic/frame.h"
#include "traffic/kinds.h"
#include "traffic/pktgen_text.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Traffics, consist_of_what_metrics_are_named_by) {
    for (size_t i = 0; i < kTrafficCount; i++)
        EXPECT_NE(std::find(std::begin(kItems), std::end(kItems), std::string(kTraffics[i].item)),
                  std::end(kItems))
            << kTraffics[i].name;
}

TEST(Split, is_as_even_as_can_be) {
    EXPECT_EQ(split(10, 3), (std::vector<uint64_t>{4, 3, 3}));
    EXPECT_EQ(split(8, 4), (std::vector<uint64_t>{2, 2, 2, 2}));
    EXPECT_THROW(split(3, 4), Error);
}

TEST(SourcePort, comes_from_the_seed_and_differs_between_paths) {
    EXPECT_EQ(source_port(7, 0), source_port(7, 0));
    EXPECT_NE(source_port(7, 0), source_port(7, 1));
    EXPECT_NE(source_port(7, 0), source_port(8, 0));
    for (uint64_t seed = 0; seed < 10000; seed++) EXPECT_GE(source_port(seed, 3), 1024);
}

const Path kPath{{"", "g"},           {"", "d"},   "02:00:00:00:00:01",
                 "02:00:00:00:00:02", "10.99.0.1", "10.99.0.2"};

uint32_t ones_sum(const std::vector<uint8_t>& bytes, size_t from, size_t to, uint32_t sum = 0) {
    for (size_t i = from; i < to; i += 2)
        sum += static_cast<uint32_t>(bytes[i] << 8 | (i + 1 < to ? bytes[i + 1] : 0));
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

TEST(UdpFrame, has_addresses_ports_length_and_right_checksums) {
    for (const size_t size : {60u, 61u, 1514u}) {
        const std::vector<uint8_t> frame = udp_frame(kPath, size, 4000, 9);
        ASSERT_EQ(frame.size(), size);
        EXPECT_EQ(frame[5], 2);   // to the receiver
        EXPECT_EQ(frame[11], 1);  // from the generator
        EXPECT_EQ(frame[16] << 8 | frame[17], static_cast<int>(size - 14));
        EXPECT_EQ(frame[34] << 8 | frame[35], 4000);
        EXPECT_EQ(frame[36] << 8 | frame[37], 9);
        EXPECT_EQ(ones_sum(frame, 14, 34), 0xffffu);
        const uint32_t pseudo = ones_sum(frame, 26, 34, 17 + static_cast<uint32_t>(size - 34));
        EXPECT_EQ(ones_sum(frame, 34, size, pseudo), 0xffffu);
    }
    EXPECT_EQ(udp_frame(kPath, 10, 1, 2).size(), 60u);
}

// As the kernels wrote it (6.12.117 without SHARED, 6.1.0-56), but for the number of errors and the
// idle time.
const std::string kParameters =
    "Params: count 1000  min_pkt_size: 60  max_pkt_size: 60\n"
    "     frags: 0  delay: 0  clone_skb: 0  ifname: rxgen0@0\n"
    "     flows: 0 flowlen: 0\n"
    "     queue_map_min: 0  queue_map_max: 0\n"
    "     dst_min: 10.99.0.2  dst_max: 10.99.0.2\n"
    "     src_min: 10.99.0.1  src_max: 10.99.0.1\n"
    "     src_mac: 02:00:00:00:00:01 dst_mac: 02:00:00:00:00:02\n"
    "     udp_src_min: 4000  udp_src_max: 4000  udp_dst_min: 9  udp_dst_max: 9\n"
    "     src_mac_count: 0  dst_mac_count: 0\n"
    "     Flags: \n"
    "Current:\n"
    "     pkts-sofar: 1000  errors: 3\n"
    "     started: 4240013us  stopped: 4243119us idle: 31us\n"
    "     seq_num: 1001  cur_dst_mac_offset: 0  cur_src_mac_offset: 0\n"
    "     cur_saddr: 10.99.0.1  cur_daddr: 10.99.0.2\n"
    "     cur_udp_dst: 9  cur_udp_src: 4000\n"
    "     cur_queue_map: 0\n"
    "     flows: 0\n";
const std::string k612 = kParameters +
                         "Result: OK: 3106(c3075+d31) usec, 1000 (60byte,-1frags)\n"
                         "  321937pps 154Mb/sec (154529760bps) errors: 3\n";
const std::string k61 = kParameters +
                        "Result: OK: 5546(c5546+d0) usec, 1000 (60byte,0frags)\n"
                        "  180283pps 86Mb/sec (86535840bps) errors: 0\n";

TEST(PktgenText, a_result_of_6_12_is_read_whole) {
    const PktgenResult result = parse_pktgen_result(k612);
    EXPECT_EQ(result.packets, 1000u);
    EXPECT_EQ(result.elapsed_us, 3106u);
    EXPECT_EQ(result.busy_us, 3075u);
    EXPECT_EQ(result.idle_us, 31u);
    EXPECT_EQ(result.errors, 3u);
}

TEST(PktgenText, a_result_of_6_1_is_read_whole) {
    const PktgenResult result = parse_pktgen_result(k61);
    EXPECT_EQ(result.packets, 1000u);
    EXPECT_EQ(result.elapsed_us, 5546u);
    EXPECT_EQ(result.errors, 0u);  // the result's own, not those of "Current"
}

TEST(PktgenText, an_answer_is_the_last_result_line) {
    EXPECT_EQ(pktgen_answer("Running: \nStopped: dummy0@0 \nResult: OK: add_device=dummy0@0\n"),
              "OK: add_device=dummy0@0");
    EXPECT_EQ(pktgen_answer("Result: Flag -:!SHARED:- unknown\nAvailable flags, (prepend ! to "
                            "un-set flag):\nIPSRC_RND, \n"),
              "Flag -:!SHARED:- unknown");
    EXPECT_EQ(pktgen_answer("Params: count 0\n"), "");
}

TEST(PktgenText, no_result_is_an_error_with_pktgen_s_words) {
    for (const char* text :
         {"Result: OK: count=10", "Result: No such parameter \"coutn\"\n", "Result: Idle", ""})
        EXPECT_THROW(parse_pktgen_result(text), Error) << text;
}

/// The buffer as it is while `text` is written over `before`, so many characters of it.
std::string half_written(const std::string& text, std::string before, size_t written) {
    before.resize(std::max(before.size(), text.size()), '\0');
    before.replace(0, written, text, 0, written);
    return before.c_str();  // up to its end
}

TEST(PktgenText, a_result_that_is_being_written_is_none_yet) {
    const std::string result = k612.substr(k612.rfind("Result: ") + 8);
    const std::string before = std::string("Starting\0", 9) +
                               "271(c270+d1) usec, 100 (60byte,-1frags)\n  1pps errors: 0\n";
    for (size_t written = 0; written < result.find("1000 (60byte"); written++)
        EXPECT_TRUE(pktgen_is_at_work("Result: " + half_written(result, before, written) + "\n"))
            << half_written(result, before, written);
    EXPECT_FALSE(pktgen_is_at_work(k612));
    EXPECT_FALSE(pktgen_is_at_work(k61));
    EXPECT_TRUE(pktgen_is_at_work("Result: OK: count=1000\n"));
    for (const char* done : {"Result: Idle\n", "Result: No such parameter\n", ""})
        EXPECT_FALSE(pktgen_is_at_work(done)) << done;
}

TEST(PktgenText, settings_are_found_by_their_key) {
    EXPECT_EQ(pktgen_setting(k612, "count"), "1000");
    EXPECT_EQ(pktgen_setting(k612, "dst_mac"), "02:00:00:00:00:02");
    EXPECT_EQ(pktgen_setting(k612, "udp_dst_max"), "9");
    EXPECT_EQ(pktgen_setting(k612, "burst"), std::nullopt);
}

/// pktgen's thread of the first namespace runs at 100 ms.
class PollingMachine : public FakeSys {
public:
    PollingMachine() {
        files["/proc/net/pktgen"] = "";
        files["/proc/1/comm"] = "init\n";
        files["/proc/31/comm"] = "kpktgend_0\n";
        files["/proc/31/schedstat"] = "5 0 1\n";
    }
    void sleep_until(uint64_t when_ns) override {
        FakeSys::sleep_until(when_ns);
        if (when_ns >= 100'000'000) files["/proc/31/schedstat"] = "9 0 2\n";
    }
};

TEST(PktgenWhenDone, waits_for_a_thread_that_begins_after_start_came_back) {
    FakeSys busy;
    const auto device = [&] {
        if (busy.clock_ns < 300'000'000) return std::string("Result: OK: count=1000\n");
        return std::string(busy.clock_ns < 400'000'000 ? "Result: Starting\n" : k612);
    };
    EXPECT_EQ(parse_pktgen_result(pktgen_when_done(busy, device)).packets, 1000u);
    FakeSys done;
    pktgen_when_done(done, [] { return std::string(k612); });
    EXPECT_EQ(done.clock_ns, 0u);
}

TEST(PktgenWhenDone, does_not_wait_for_ever) {
    FakeSys stuck;
    EXPECT_THROW(
        parse_pktgen_result(pktgen_when_done(stuck, [] { return "Result: OK: count=2000\n"; })),
        Error);
}

TEST(AwaitPktgen, returns_right_after_its_thread_ran) {
    PollingMachine machine;
    await_pktgen(machine);
    EXPECT_GE(machine.clock_ns, 100'000'000u);
    EXPECT_LT(machine.clock_ns, 103'000'000u);
}

TEST(AwaitPktgen,
     waits_for_nothing_where_there_is_none_and_not_for_ever_for_one_that_stands_still) {
    FakeSys empty;
    await_pktgen(empty);
    EXPECT_EQ(empty.clock_ns, 0u);
    PollingMachine machine;
    machine.frozen["/proc/31/schedstat"] = "5 0 1\n";
    await_pktgen(machine);
    EXPECT_LT(machine.clock_ns, 300'000'000u);
}

TEST(PktgenText, devices_of_a_thread_are_those_it_runs_and_those_it_has_stopped) {
    EXPECT_EQ(pktgen_devices("Running: \n\nStopped: \nResult: NA\n"), "");
    EXPECT_EQ(pktgen_devices("Running: eth0@0\nStopped: eth1 eth2@1 \nResult: OK: add_device=x\n"),
              "eth0@0 eth1 eth2@1");
}

TEST(Pktgen, devices_on_the_users_own_interface_are_taken_back_and_nobody_else_s) {
    FakeSys sys;
    const std::string thread = "/proc/thread-self/net/pktgen/kpktgend_0";
    sys.files[thread] = "Running: \nStopped: \n";
    const Topology own{{{{"", "eth0"}, {"", "eth1"}, "", "", "", ""}}, {}},
        ours{{{{"rxlab-gen", "rxgen0"}, {"rxlab-dut", "rxdut0"}, "", "", "", ""}}, {}};
    Journal journal(sys, "");
    announce_pktgen(sys, journal, ours, {{"packets", 1}});
    EXPECT_TRUE(journal.pending().empty());
    announce_pktgen(sys, journal, own, {{"packets", 1}});
    ASSERT_EQ(journal.pending().size(), 1u);
    EXPECT_EQ(journal.pending()[0].path, thread);
    EXPECT_EQ(journal.pending()[0].value, "rem_device_all\n");
    sys.files[thread] = "Running: \nStopped: eth7@0\n";
    EXPECT_THROW(announce_pktgen(sys, journal, own, {{"packets", 1}}), Error);
}

}  // namespace
}  // namespace rxlab
