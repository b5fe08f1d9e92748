// SPDX-License-Identifier: GPL-2.0
#include "target/workload.h"

#include <gtest/gtest.h>

#include <thread>

namespace rxlab {
namespace {

using Work = Workload::Work;

TEST(Workload, a_snapshot_comes_before_its_trials) {
    Workload load({{"seed 1", 0}, {"seed 1", 1}});
    EXPECT_EQ(load.next("").work, Work::prepare);
    load.prepared("seed 1");
    EXPECT_EQ(load.next("seed 1").trial, 0u);
    EXPECT_EQ(load.next("seed 1").trial, 1u);
    EXPECT_EQ(load.next("seed 1").work, Work::none);
}

TEST(Workload, a_worker_stays_with_the_snapshot_it_holds) {
    Workload load({{"a", 0}, {"b", 1}, {"b", 2}});
    load.next("");
    load.prepared("a");
    EXPECT_EQ(load.next("").group, "b");
    load.prepared("b");
    EXPECT_EQ(load.next("b").trial, 1u);
    EXPECT_EQ(load.next("a").trial, 0u);
    EXPECT_EQ(load.next("a").trial, 2u);
}

TEST(Workload, another_workers_snapshot_is_waited_for) {
    Workload load({{"a", 7}});
    EXPECT_EQ(load.next("").work, Work::prepare);
    Workload::Next got;
    std::thread other([&] { got = load.next(""); });
    load.prepared("a");
    other.join();
    EXPECT_EQ(got.trial, 7u);
}

TEST(Workload, trials_of_a_snapshot_that_cannot_be_made_are_given_back) {
    Workload load({{"a", 0}, {"b", 1}, {"a", 2}});
    EXPECT_EQ(load.next("").group, "a");
    EXPECT_EQ(load.abandoned("a"), (std::vector<size_t>{0, 2}));
    EXPECT_EQ(load.next("").group, "b");
}

TEST(Workload, after_stop_nothing_is_given_out) {
    Workload load({{"a", 0}});
    load.stop();
    EXPECT_EQ(load.next("").work, Work::none);
}

}  // namespace
}  // namespace rxlab
