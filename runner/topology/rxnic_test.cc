// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "journal/journal.h"
#include "sys/fake_ethtool.h"
#include "sys/fake_sys.h"
#include "topology/kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class Rxnic : public ::testing::Test {
protected:
    Rxnic() {
        for (const char* name : {"vdma", "ring_link", "rxnic"})
            sys.files[std::string("/payload/modules/") + name + ".ko"] = "";
        sys.on_run = [this](FakeSys&, const FakeSys::Command& command) -> CommandResult {
            if (command.input.starts_with("netns add"))
                for (const char* netns : {"rxlab-gen", "rxlab-dut"})
                    sys.files[std::string("/run/netns/") + netns] = "";
            inputs += command.netns + "|" + command.input;
            return {};
        };
        sys.on_ioctl = [this](const std::string&, unsigned long, void* argument) {
            answer_ethtool(statistics, argument);
        };
    }
    FakeSys sys;
    Journal journal{sys, ""};
    std::string inputs;
    Statistics statistics;
};

TEST_F(Rxnic, modules_get_their_parameters_and_the_devices_a_namespace_each) {
    const Topology topology = make_rxnic(
        sys, journal,
        {{"kind", "rxnic"}, {"queues", 2}, {"handler", "workqueue"}, {"engine", "interrupt"}});
    EXPECT_THAT(sys.log, Contains("run - insmod /payload/modules/vdma.ko channels=8 engine_irq=1"));
    EXPECT_THAT(sys.log,
                Contains("run - insmod /payload/modules/rxnic.ko handler=workqueue queues=2"));
    EXPECT_THAT(inputs, HasSubstr("link set rxnic1 address 02:00:00:00:00:02 netns rxlab-dut\n"));
    ASSERT_EQ(topology.paths.size(), 1u);
    EXPECT_EQ(topology.paths[0].generator.name, "rxnic0");
    EXPECT_THAT(journal.pending().back().what,
                HasSubstr("namespace"));  // undone before the module goes
}

TEST_F(Rxnic, what_the_line_and_the_receiver_drop_are_sinks_apart) {
    const Topology topology = make_rxnic(sys, journal, {{"kind", "rxnic"}});
    statistics = {
        {"tx_dropped", 1}, {"wire_dropped_records", 20}, {"rx_no_page", 300},   {"rx_no_skb", 1000},
        {"rx_bad", 0},     {"given_up", 4000},           {"q0_rx_no_page", 300}};
    std::map<std::string, uint64_t> read;
    for (const Sink& sink : topology.sinks)
        if (sink.name.starts_with("rxnic.")) read[sink.name] = sink.read();
    EXPECT_EQ(read,
              (std::map<std::string, uint64_t>{
                  {"rxnic.not_sent", 1}, {"rxnic.wire_dropped", 20}, {"rxnic.rx_dropped", 5300}}));
}

TEST_F(Rxnic, a_module_that_is_not_there_is_told_before_anything_is_touched) {
    sys.files.erase("/payload/modules/vdma.ko");
    EXPECT_THROW(make_rxnic(sys, journal, {{"kind", "rxnic"}}), Error);
    EXPECT_TRUE(journal.pending().empty());
}

}  // namespace
}  // namespace rxlab
