// SPDX-License-Identifier: GPL-2.0
#include "collect/recorded_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::Pair;

struct Scripted {
    Values values;
    Json curves = Json::object();
    std::vector<std::pair<std::string, std::string>> missing;
};

Scripted scripted(const std::string& text) {
    std::istringstream lines(text);
    Scripted out;
    out.missing = report_recorded_trace(read_perf_script(lines), out.values, out.curves);
    return out;
}

const char* const kTrace =
    "   swapper     0 [000] 10.000000000:     irq:softirq_raise: vec=3 [action=NET_RX]\n"
    "   swapper     0 [000] 10.000001000:     irq:softirq_raise: vec=3 [action=NET_RX]\n"
    "   swapper     0 [000] 10.000005000:     irq:softirq_entry: vec=3 [action=NET_RX]\n"
    "   swapper     0 [000] 10.000006000: napi:napi_poll: napi poll on napi struct 00000000ab for "
    "device eth0 work 64 budget 64\n"
    "   swapper     0 [000] 10.000007000: skb:kfree_skb: skbaddr=0xff protocol=2048 "
    "location=udp_queue_rcv_one_skb+0x2e3 reason: NO_SOCKET\n"
    "   swapper     0 [000] 10.000025000:      irq:softirq_exit: vec=3 [action=NET_RX]\n"
    "a [1] b 12 x  99 [001] 10.000030000: irq:irq_handler_entry: irq=24 name=eth0-rx-0\n"
    "a [1] b 12 x  99 [001] 10.000032000:  irq:irq_handler_exit: irq=24 ret=handled\n"
    "ksoftirqd/1   20 [001] 10.000040000:             cpu-clock: \n"
    "\tffffffff81000010 inner;most+0x10\n"
    "\tffffffff81000020 net_rx_action\n"
    "\n"
    "swapper        0 [001] 11.000000000:             cpu-clock: \n"
    "\tffffffff81000030 pv_native_safe_halt\n"
    "\tffffffff81000040 do_idle\n\n";

TEST(RecordedTraceReport, gives_the_figures_that_the_probes_would) {
    const Scripted out = scripted(kTrace);
    EXPECT_EQ(out.values.at("softirq.net_rx.raise_to_entry.max"), 5000) << "of the oldest raise";
    EXPECT_EQ(out.values.at("softirq.net_rx.entry_to_exit.max"), 20000);
    EXPECT_EQ(out.values.at("irq.24.count"), 1);
    EXPECT_EQ(out.values.at("irq.entry_to_exit.max"), 2000);
    EXPECT_EQ(out.values.at("napi.exhausted_polls"), 1);
    EXPECT_EQ(out.values.at("napi.packets"), 64);
    EXPECT_EQ(out.curves.at("drops").at("rows"), Json::parse(R"([{"reason": "no_socket",
        "function": "udp_queue_rcv_one_skb", "packets": 1}])"));
    EXPECT_EQ(out.curves.at("irq.lines").at("rows"),
              Json::parse(R"([{"irq": "24", "cpu": 1, "count": 1}])"));
    EXPECT_EQ(out.curves.at("softirq.cpus").at("window_ns"), 1'000'000'000) << "first to last";
    EXPECT_TRUE(out.missing.empty());
}

TEST(RecordedTraceReport, folds_stacks_outermost_first_without_idle_ones) {
    EXPECT_EQ(scripted(kTrace).curves.at("perf_record.stacks").at("stacks"),
              Json::parse(R"({"ksoftirqd/1;net_rx_action;inner:most": 1})"));
}

TEST(RecordedTraceReport, says_which_events_were_not_recorded) {
    const Scripted out =
        scripted("swapper 0 [000] 10.000000000: irq:softirq_raise: vec=3 [action=NET_RX]\n");
    EXPECT_THAT(out.missing, ElementsAre(Pair("irq", "no event irq:irq_handler_* was recorded"),
                                         Pair("napi", "no event napi:napi_poll* was recorded"),
                                         Pair("drops", "no event skb:kfree_skb* was recorded"),
                                         Pair("perf_record", "no call graph (-g) was recorded")));
    EXPECT_EQ(out.curves.count("napi.cpus"), 0u);
}

TEST(RecordedTraceReport, of_tracepoints_that_were_sampled_tells_no_times) {
    const Scripted out = scripted(
        "x 1 [000] 10.000000000: 7 irq:irq_handler_entry: irq=24 name=a\n"
        "x 1 [000] 10.900000000: 7  irq:irq_handler_exit: irq=24 ret=handled\n"
        "x 1 [000] 10.900000001: 1 irq:softirq_entry: vec=3 [action=NET_RX]\n");
    EXPECT_EQ(out.values.count("irq.24.count"), 0u);
    EXPECT_EQ(out.values.count("softirq.net_rx.entry_to_exit.count"), 1u);
    EXPECT_THAT(out.missing, testing::Contains(Pair("irq", testing::HasSubstr("was sampled"))));
}

TEST(RecordedTraceReport, says_that_events_were_lost) {
    const Scripted out = scripted(
        "x 1 [000] 10.000000000: 1 irq:irq_handler_entry: irq=24 name=a\n"
        "x 1 [000] 10.000000001: PERF_RECORD_LOST lost 12\n");
    EXPECT_THAT(out.missing,
                testing::Contains(Pair("events", "12 were lost: times may be too long")));
}

}  // namespace
}  // namespace rxlab
