// SPDX-License-Identifier: GPL-2.0
#include "traffic/traced_run.h"

#include <gmock/gmock.h>

namespace rxlab {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

MarkedRun run_of(const std::string& script) {
    return {"/bin/sh", {"sh", "-c", script}, "/", "/dev/null", "/dev/null"};
}

/// Empty where this machine lets nobody trace.
class TracedRun : public testing::Test {
protected:
    void SetUp() override {
        if (mappings_of(run_of("exit 0")).empty()) GTEST_SKIP() << "no ptrace(2) here";
    }
};

TEST_F(TracedRun, tells_where_a_programs_files_were_mapped) {
    const std::string maps = mappings_of(run_of("exit 3"));
    EXPECT_THAT(maps, HasSubstr(" r-xp "));
    EXPECT_THAT(maps, HasSubstr("/libc.so.6\n"));
}

TEST_F(TracedRun, follows_processes_that_stay_the_same_program) {
    EXPECT_THAT(mappings_of(run_of("(exit 0) & wait; kill -TERM $$")), HasSubstr("/libc.so.6\n"));
}

TEST_F(TracedRun, does_not_wait_for_what_outlives_it) {
    EXPECT_THAT(mappings_of(run_of("(while :; do :; done) & exit 0")), HasSubstr("/libc.so.6\n"));
}

TEST_F(TracedRun, of_a_program_that_starts_another_nothing_is_known) {
    EXPECT_THAT(mappings_of(run_of("/bin/true; exit 0")), IsEmpty());
    EXPECT_THAT(mappings_of(run_of("exec /bin/true")), IsEmpty());
}

TEST(TracedRunOf, what_is_not_there_is_empty) {
    const MarkedRun nothing{"/no/such/file", {"x"}, "/", "/dev/null", "/dev/null"};
    EXPECT_THAT(mappings_of(nothing), IsEmpty());
}

}  // namespace
}  // namespace rxlab
