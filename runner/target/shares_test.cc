// SPDX-License-Identifier: GPL-2.0
#include "target/shares.h"

#include "base/error.h"

#include <gmock/gmock.h>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::Pair;

Observation that_sent(const std::string& what, double count) {
    Observation observation;
    observation.metrics[what] = {count, what, "none"};
    return observation;
}

TEST(Shares, are_per_packet_and_the_engine_has_its_own_metrics) {
    const Stacks stacks{{"pktgen_xmit [pktgen]", 100},
                        {"pktgen_xmit [pktgen];veth_xmit [veth];netif_rx", 300},
                        {"irq;vdma_tick [vdma]", 1000},
                        {"do_idle", 50}};
    EXPECT_THAT(values_of(stacks, {10, "packet"}),
                ElementsAre(Pair("generator.instructions_per_packet", 10),
                            Pair("idle.instructions_per_packet", 5),
                            Pair("path.instructions_per_packet", 30)));
}

TEST(Shares, of_records_have_a_row_in_the_table_of_metrics_too) {
    Metrics metrics;
    describe(values_of({{"f [dma_ring]", 70}, {"[user]", 10}}, {10, "record"}), Clock{}, metrics);
    EXPECT_EQ(metrics.at("path.instructions_per_record").unit, "instructions/record");
    EXPECT_EQ(metrics.at("user.instructions_per_record").value, 1);
}

TEST(Shares, of_a_programs_run_are_the_kernels_and_its_own) {
    const Stacks stacks{
        {"entry_SYSCALL_64;do_syscall_64", 20}, {"asm_exc_page_fault", 7}, {"[user]", 100}};
    const Values values = values_of(stacks, {1, "run"});
    EXPECT_THAT(values, ElementsAre(Pair("kernel.instructions_per_run", 27),
                                    Pair("user.instructions_per_run", 100)));
    Metrics metrics;
    describe(values, Clock{}, metrics);
    EXPECT_EQ(metrics.at("user.instructions_per_run").better, "lower") << "a program is measured";
}

TEST(Shares, are_of_what_there_was_packets_records_or_runs) {
    EXPECT_EQ(work_of(that_sent("runs_sent", 1)).item, "run");
    EXPECT_EQ(work_of(that_sent("packets_sent", 4000)).item, "packet");
    EXPECT_EQ(work_of(that_sent("records_sent", 7)).items, 7);
    EXPECT_THROW(work_of(that_sent("packets_sent", 0)), Error);
}

}  // namespace
}  // namespace rxlab
