// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "journal/journal.h"
#include "sys/fake_sys.h"
#include "topology/kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using ::testing::HasSubstr;

CommandResult ip_model(FakeSys& sys, const FakeSys::Command& command) {
    if (command.input.starts_with("netns add"))
        for (const char* netns : {"rxlab-gen", "rxlab-dut"}) {
            sys.files[std::string("/run/netns/") + netns] = "";
            sys.files[std::string(netns) + ":/proc/sys/net/ipv6/conf/default/disable_ipv6"] = "0\n";
        }
    return {};
}

TEST(Veth, three_runs_of_ip_make_any_number_of_pairs) {
    FakeSys sys;
    std::string inputs;
    sys.on_run = [&](FakeSys& fake, const FakeSys::Command& command) {
        inputs += command.netns + "|" + command.input;
        return ip_model(fake, command);
    };
    Journal journal(sys, "");
    const Topology topology = make_veth(sys, journal, {{"pairs", 2}, {"queues", 4}});
    ASSERT_EQ(topology.paths.size(), 2u);
    EXPECT_EQ(topology.paths[1].receiver.name, "rxdut1");
    EXPECT_EQ(std::count_if(sys.log.begin(), sys.log.end(),
                            [](auto& line) { return line.starts_with("run"); }),
              3);
    EXPECT_THAT(
        inputs,
        HasSubstr("link add rxgen1 address 02:00:00:00:01:01 numtxqueues 4 numrxqueues 4 type veth "
                  "peer name rxdut1 "
                  "address 02:00:00:00:01:02 numtxqueues 4 numrxqueues 4 netns rxlab-dut\n"));
    EXPECT_THAT(
        inputs,
        HasSubstr("neigh add 10.99.1.1 lladdr 02:00:00:00:01:01 nud permanent dev rxdut1\n"));
    EXPECT_EQ(sys.files["rxlab-dut:/proc/sys/net/ipv6/conf/default/disable_ipv6"], "1\n");
    EXPECT_EQ(journal.pending().size(), 2u);
}

TEST(Veth, a_namespace_of_that_name_is_never_taken_over) {
    FakeSys sys;
    sys.files["/run/netns/rxlab-dut"] = "";
    Journal journal(sys, "");
    try {
        make_veth(sys, journal, Json::object());
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "network namespace 'rxlab-dut' exists already");
        EXPECT_EQ(error.status(), Status::usage);
    }
    for (const Undo& undo : journal.pending())
        EXPECT_NE(undo.done_if_absent, "/run/netns/rxlab-dut");  // it must not be deleted either
    EXPECT_TRUE(sys.log.empty());
}

}  // namespace
}  // namespace rxlab
