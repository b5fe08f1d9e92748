// SPDX-License-Identifier: GPL-2.0
#include "cmd/trust.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "target/files.h"

namespace rxlab {
namespace {

Plan plan_of(const Json& setup, const Json& knobs = Json::object()) {
    Plan plan;
    plan.target = "host";
    plan.trials.resize(1);
    plan.trials[0].arm = "a";
    plan.trials[0].setup = setup;
    plan.trials[0].knobs = knobs;
    return plan;
}

TEST(Trust, a_stranger_loads_no_modules_but_ours) {
    const Plan other = plan_of({{"module", {{"name", "nbd"}}}});
    EXPECT_NO_THROW(require_trusted(other, false));
    EXPECT_NO_THROW(require_trusted(plan_of({{"module", {{"name", "rxpad"}}}}), true));
    try {
        require_trusted(other, true);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_THAT(error.what(), ::testing::HasSubstr("arm a loads the kernel module nbd"));
        EXPECT_THAT(error.next(), ::testing::HasSubstr("--trust"));
    }
    const Json two{{{"name", "rxpad"}}, {{"name", "nbd"}}};
    EXPECT_THROW(require_trusted(plan_of({{"module", two}}), true), Error);
}

TEST(Trust, a_stranger_loads_no_xdp_program_of_his_own) {
    const Plan other = plan_of({{"xdp_object", {{"object", "/home/me/x.o"}}}});
    EXPECT_NO_THROW(require_trusted(other, false));
    EXPECT_THROW(require_trusted(other, true), Error);
    EXPECT_NO_THROW(require_trusted(plan_of({{"xdp", {{"program", "xdp_drop"}}}}), true));
}

TEST(Trust, knobs_stay_within_the_receive_path_whoever_wrote_them) {
    EXPECT_NO_THROW(
        require_trusted(plan_of(Json::object(), {{"sysctl:net.core.netdev_budget", 64}}), true));
    for (const bool stranger : {false, true})
        EXPECT_THROW(
            require_trusted(plan_of(Json::object(), {{"sysctl:kernel.core_pattern", "|/bin/x"}}),
                            stranger),
            Error);
}

TEST(Trust, an_experiment_comes_with_rxlab_by_its_name_or_from_its_folder) {
    const WorkFolder work;
    std::filesystem::create_directories(work.path("experiments"));
    write_whole(work.path("experiments/x.json"), "{}");
    write_whole(work.path("y.json"), "{}");
    std::filesystem::create_symlink(work.path("y.json"), work.path("experiments/link.json"));
    const std::filesystem::path checkout = work.path("");
    EXPECT_TRUE(comes_with(checkout, "rx-path"));
    EXPECT_TRUE(comes_with(checkout, work.path("experiments/x.json")));
    EXPECT_TRUE(comes_with(checkout, work.path("experiments/../experiments/x.json")));
    EXPECT_FALSE(comes_with(checkout, work.path("y.json")));
    EXPECT_FALSE(comes_with(checkout, work.path("experiments/link.json")));
    EXPECT_FALSE(comes_with(checkout, work.path("experiments/../y.json")));
    EXPECT_FALSE(comes_with(checkout, "x.json"));
}

}  // namespace
}  // namespace rxlab
