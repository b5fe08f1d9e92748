// SPDX-License-Identifier: GPL-2.0
#include "collect/procfs.h"

#include "base/error.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

using namespace rxlab;

namespace {

/// As the stock Debian kernel wrote it in a guest with two CPUs.
std::string written_by(const std::string& kernel, const std::string& file) {
    std::ifstream stream(RXLAB_SOURCE "/runner/collect/testdata/" + kernel + "/" + file);
    EXPECT_TRUE(stream) << kernel << "/" << file;
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

}  // namespace

TEST(ParseSoftirqs, sums_each_vector_over_the_cpus) {
    const Counts counts = parse_softirqs(written_by("6.1", "softirqs"));
    EXPECT_EQ(counts.size(), 10u);
    EXPECT_EQ(counts.at("timer"), 65u + 62u);
    EXPECT_EQ(counts.at("net_rx"), 3u);
    EXPECT_EQ(parse_softirqs(written_by("6.12", "softirqs")).at("rcu"), 443u + 419u);
}

TEST(ParseInterrupts, sums_numbered_and_named_lines_over_the_cpus) {
    const Counts counts = parse_interrupts(written_by("6.12", "interrupts"));
    EXPECT_EQ(counts.at("4"), 53u);
    EXPECT_EQ(counts.at("loc"), 957u + 842u);
    EXPECT_EQ(parse_interrupts(written_by("6.1", "interrupts")).at("12"), 3u);
}

TEST(ParseInterrupts, reads_lines_that_have_one_number_for_all_cpus) {
    EXPECT_EQ(parse_interrupts("  CPU0 CPU1\nERR: 7\n").at("err"), 7u);
}

TEST(ParseInterrupts, does_not_take_a_description_for_a_count) {
    EXPECT_EQ(parse_interrupts("  CPU0\n 5: 2 3 dummy\n").at("5"), 2u);
}

TEST(ParseSoftnet, reads_the_columns_of_both_kernels) {
    const Counts old_kernel = parse_softnet(written_by("6.1", "softnet_stat"));
    EXPECT_EQ(old_kernel.at("processed"), 6u);
    EXPECT_EQ(old_kernel.at("time_squeeze"), 1u);
    const Counts new_kernel = parse_softnet(written_by("6.12", "softnet_stat"));
    EXPECT_EQ(new_kernel.at("processed"), 6u);
    EXPECT_EQ(new_kernel.at("dropped"), 0u);
}

TEST(ParseSoftnet, reads_hexadecimal_and_sums_over_cpus) {
    const Counts counts = parse_softnet(
        "000000ff 00000010 2 0 0 0 0 0 0 1 3 0 0\n00000001 00000001 0 0 0 0 0 0 0 1 0 0 1\n");
    EXPECT_EQ(counts, (Counts{{"processed", 256},
                              {"dropped", 17},
                              {"time_squeeze", 2},
                              {"received_rps", 2},
                              {"flow_limit", 3}}));
}

TEST(ParseSoftnet, tells_what_each_of_several_cpus_processed) {
    const std::string one = "a 0 0 0 0 0 0 0 0 0 0 0 0\n", two = "5 0 0 0 0 0 0 0 0 0 0 0 3\n";
    const Counts counts = parse_softnet_with_cpus(one + two);
    EXPECT_EQ(counts.at("processed"), 15u);
    EXPECT_EQ(counts.at("cpu0.processed"), 10u);
    EXPECT_EQ(counts.at("cpu3.processed"), 5u);
    EXPECT_EQ(parse_softnet_with_cpus(one), parse_softnet(one)) << "the only one has all";
}

TEST(ParseSoftnet, tells_each_cpu_by_its_number) {
    const CpuCounts cpus =
        parse_softnet_by_cpu("2 0 1 0 0 0 0 0 0 0 0 0 0 0 0\n3 0 0 0 0 0 0 0 0 0 0 0 4 0 0\n");
    EXPECT_EQ(cpus.at(0).at("time_squeeze"), 1u);
    EXPECT_EQ(cpus.at(4).at("processed"), 3u);
    EXPECT_EQ(cpus.size(), 2u) << "CPUs 1 to 3 are offline";
    EXPECT_EQ(parse_softnet_by_cpu("1 0 0 0 0 0 0 0 0 0 0\n2 0 0 0 0 0 0 0 0 0 0\n")
                  .at(1)
                  .at("processed"),
              2u)
        << "an older kernel numbers none";
}

TEST(ParseCpuTimes, tells_each_cpu_and_not_their_sum) {
    const CpuCounts cpus = parse_cpu_times(
        "cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\ncpu3 0 0 0 40 0 0 0 0 0 0\nintr 5 "
        "1\n");
    EXPECT_EQ(cpus.at(0).at("softirq"), 7u);
    EXPECT_EQ(cpus.at(3).at("idle"), 40u);
    EXPECT_EQ(cpus.size(), 2u);
    EXPECT_THROW(parse_cpu_times("cpu0 1 2\n"), Error);
    EXPECT_THROW(parse_cpu_times("intr 5\n"), Error);
}

TEST(ParseSchedstat, tells_time_run_time_waited_and_how_often) {
    EXPECT_EQ(parse_schedstat("70 20 3\n"),
              (Counts{{"ran_ns", 70}, {"waited_ns", 20}, {"runs", 3}}));
    EXPECT_THROW(parse_schedstat("70 20\n"), Error);
}

TEST(ParseLastCpu, counts_behind_a_name_that_may_hold_anything) {
    std::string stat = "17 (a) b (c) S";
    for (int field = 4; field <= 52; field++) stat += " " + std::to_string(field);
    EXPECT_EQ(parse_last_cpu(stat), 39u) << "its field in proc(5)";
    EXPECT_THROW(parse_last_cpu("17 (a) S 1"), Error);
}

TEST(ParseNetDev, reads_both_directions_of_one_interface) {
    const Counts counts = parse_net_dev(written_by("6.12", "dev"), "lo");
    EXPECT_EQ(counts.at("rx_bytes"), 504u);
    EXPECT_EQ(counts.at("tx_packets"), 6u);
    EXPECT_EQ(counts.at("rx_dropped"), 0u);
}

TEST(ParseNetDev, tells_names_apart_that_begin_alike) {
    const std::string text =
        "h\nh\n veth10: 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n  veth1: 2 2 0 5 0 0 0 0 3 3 0 0 0 0 0 "
        "0\n";
    EXPECT_EQ(parse_net_dev(text, "veth1").at("rx_dropped"), 5u);
}

TEST(Parsers, refuse_text_of_another_shape) {
    EXPECT_THROW(parse_softirqs("nonsense\nmore nonsense\n"), Error);
    EXPECT_THROW(parse_softirqs(""), Error);
    EXPECT_THROW(parse_softnet("00000000 x\n"), Error);
    EXPECT_THROW(parse_net_dev("lo: 1 2 3\n", "lo"), Error);
    EXPECT_THROW(parse_net_dev(written_by("6.12", "dev"), "eth0"), Error);
}

TEST(ParsePerfStat, tells_what_was_counted_and_leaves_out_what_the_machine_does_not_have) {
    const Counts counts = parse_perf_stat(
        "# started on Tue Nov "
        "24\n\n37,,irq:softirq_raise,612450304,100.00,,\n591,,context-switches,612445805,100.00,,\n"
        "<not supported>,,cycles,0,100.00,,\n");
    EXPECT_EQ(counts, (Counts{{"softirq_raise", 37}, {"context_switches", 591}}));
}

TEST(ParsePerfReportStats, tells_the_samples_of_each_event_and_what_was_lost) {
    const std::string text =
        "\nAggregated stats:\n           TOTAL events:        921\n            LOST events:        "
        "  2  ( 0.2%)\n          SAMPLE events:        190  (20.6%)\n"
        "irq:softirq_raise stats:\n          SAMPLE events:         95\nirq:softirq_entry stats:\n "
        "         SAMPLE events:         95\n";
    EXPECT_EQ(parse_perf_report_stats(text),
              (Counts{{"softirq_raise", 95}, {"softirq_entry", 95}, {"lost", 2}}));
    EXPECT_TRUE(
        parse_perf_report_stats("Aggregated stats:\n           TOTAL events:  1\n").empty());
    EXPECT_THROW(
        parse_perf_report_stats("napi:napi_poll stats:\n          SAMPLE events:         many\n"),
        Error);
}

TEST(ParsePerfStat, refuses_what_it_does_not_know) {
    EXPECT_THROW(parse_perf_stat("many,,cycles,0\n"), Error);
    EXPECT_THROW(parse_perf_stat("event not found\n"), Error);
}
