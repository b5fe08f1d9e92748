// SPDX-License-Identifier: GPL-2.0
#include "collect/test_seen.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Threads, tells_those_that_receive_and_ran) {
    FakeSys sys;
    std::string stat = "(x) S";
    for (int field = 4; field <= 52; field++) stat += " " + std::to_string(field);
    for (const auto& [pid, name] :
         {std::pair{"16", "ksoftirqd/0"}, {"22", "ksoftirqd/1"}, {"90", "bash"}}) {
        const std::string folder = std::string("/proc/") + pid;
        sys.files[folder + "/comm"] = std::string(name) + "\n";
        sys.files[folder + "/stat"] = stat;
        sys.files[folder + "/schedstat"] = "1000 500 10\n";
    }
    sys.files["/proc/uptime"] = "1 1\n";
    const Seen threads = seen(sys, "threads", [&] {
        sys.files["/proc/16/schedstat"] = "4000 700 12\n";
        sys.files["/proc/90/schedstat"] = "4000 700 12\n";
    });
    EXPECT_EQ(threads.rows("threads"), Json::parse(R"([{"thread": "ksoftirqd/0", "cpu": 39,
        "runs": 2, "ran": 3000.0, "waited": 200.0}])"));
}

TEST(Threads, one_that_ends_meanwhile_is_not_there) {
    FakeSys sys;
    sys.files["/proc/16/comm"] = "napi/eth0-1\n";
    sys.files["/proc/16/stat"] = "16 (napi) S\n";
    sys.files["/proc/16/schedstat"] = "1 1 1\n";
    EXPECT_EQ(seen(sys, "threads", [&] { sys.files.erase("/proc/16/schedstat"); }).rows("threads"),
              Json::array());
}

}  // namespace
}  // namespace rxlab
