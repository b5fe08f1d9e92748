// SPDX-License-Identifier: GPL-2.0
#include "session/prepare.h"

#include "base/error.h"
#include "session/assembly.h"
#include "session/session.h"
#include "sys/fake_sys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Prepare, loads_only_modules_that_this_kernel_has_and_has_not_loaded) {
    FakeSys sys;
    sys.files["/proc/sys/kernel/osrelease"] = "6.12.0-fake\n";
    sys.files["/lib/modules/6.12.0-fake/modules.dep"] =
        "kernel/drivers/net/veth.ko.xz:\nkernel/net/core/pktgen.ko.xz:\nkernel/net/sched/"
        "cls_u32.ko:\nkernel/net/x/notdummy.ko:\n";
    sys.files["/sys/module/veth/refcnt"] = "0\n";
    EXPECT_THAT(modules_to_load(sys), ElementsAre("pktgen", "cls_u32"));
}

TEST(Prepare, a_kernel_without_modules_needs_none) {
    FakeSys sys;
    sys.files["/proc/sys/kernel/osrelease"] = "6.18.0\n";
    EXPECT_THAT(modules_to_load(sys), IsEmpty());
}

TEST(Prepare, only_a_program_without_setup_and_knobs_changes_nothing) {
    Trial trial;
    trial.topology = {{"kind", "none"}};
    trial.traffic = {{"kind", "gbench"}, {"program", "ring_bench"}, {"benchmark", "x"}};
    trial.setup = trial.knobs = Json::object();
    EXPECT_TRUE(changes_nothing(trial));
    Trial with_knob = trial, with_setup = trial, with_topology = trial, in_the_kernel = trial;
    with_knob.knobs = {{"sysctl:net.core.somaxconn", 17}};
    with_setup.setup = {{"link", {{"name", "rxextra0"}}}};
    with_topology.topology = {{"kind", "veth"}};
    in_the_kernel.traffic = {{"kind", "ring_stream"}, {"records", 1}};
    for (const Trial& other : {with_knob, with_setup, with_topology, in_the_kernel})
        EXPECT_FALSE(changes_nothing(other)) << to_json(other);
}

TEST(Prepare, what_its_collectors_and_observers_run_is_needed_in_the_guest) {
    Trial trial;
    trial.setup = trial.knobs = Json::object();
    trial.collectors = {"interface", "napi"};
    EXPECT_THAT(extra_tools(trial), IsEmpty());
    trial.setup = {{"observer", {{"collector", "bpftrace:napi_polls"}}}};
    EXPECT_THAT(extra_tools(trial), ElementsAre("bpftrace"));
    trial.setup = Json::object();
    trial.collectors = {"bpftrace:drop_reasons", "perf_stat", "perf_trace:napi"};
    EXPECT_THAT(extra_tools(trial), ElementsAre("bpftrace", "perf"));
}

TEST(Prepare, what_its_set_ups_and_knobs_run_is_needed_there_and_observes_nothing) {
    Trial trial;
    trial.setup = {{"nft", {{"hook", "input"}}}, {"link", Json::object()}};
    trial.knobs = {{"sched:ksoftirqd/0", "fifo:1"}, {"sysctl:net.core.somaxconn", 17}};
    EXPECT_THAT(extra_tools(trial), ElementsAre("chrt", "nft"));
    EXPECT_THAT(observing_programs(trial), IsEmpty());
}

TEST(Prepare, a_machine_without_what_the_traffic_needs_is_refused) {
    FakeSys sys;
    Trial trial;
    trial.traffic = {{"kind", "pktgen"}, {"packets", 1}};
    EXPECT_THROW(require_traffic(sys, trial), Error);
    sys.files["/proc/net/pktgen/pgctrl"] = "";
    require_traffic(sys, trial);
}

}  // namespace
}  // namespace rxlab
