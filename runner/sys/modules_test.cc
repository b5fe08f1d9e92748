// SPDX-License-Identifier: GPL-2.0
#include "sys/modules.h"

#include "sys/fake_sys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::HasSubstr;

TEST(Modules, are_taken_where_nothing_forbids_them) {
    FakeSys sys;
    sys.files["/proc/modules"] = "";
    EXPECT_EQ(modules_refused(sys).why, "");
    sys.files["/sys/kernel/security/lockdown"] = "[none] integrity confidentiality\n";
    sys.files["/sys/module/module/parameters/sig_enforce"] = "N\n";
    EXPECT_EQ(modules_refused(sys).why, "");
}

TEST(Modules, that_nobody_signed_are_refused_under_lockdown) {
    FakeSys sys;
    sys.files["/proc/modules"] = "";
    sys.files["/sys/kernel/security/lockdown"] = "none [integrity] confidentiality\n";
    EXPECT_THAT(modules_refused(sys).why, HasSubstr("lockdown: integrity"));
}

TEST(Modules, that_nobody_signed_are_refused_where_signatures_are_enforced) {
    FakeSys sys;
    sys.files["/proc/modules"] = "";
    sys.files["/sys/module/module/parameters/sig_enforce"] = "Y\n";
    EXPECT_THAT(modules_refused(sys).why, HasSubstr("sig_enforce"));
}

TEST(Modules, need_a_kernel_that_loads_any) {
    FakeSys sys;
    EXPECT_THAT(modules_refused(sys).why, HasSubstr("no loadable modules"));
    EXPECT_EQ(modules_refused(sys).next, "--target vm");
}

}  // namespace
}  // namespace rxlab
