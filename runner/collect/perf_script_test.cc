// SPDX-License-Identifier: GPL-2.0
#include "collect/perf_script.h"

#include <gtest/gtest.h>
#include <sstream>

namespace rxlab {
namespace {

TEST(PerfScript, passes_over_what_it_does_not_know) {
    for (const char* text :
         {"", "\n\n", "nonsense", " [", "x 1 [000] 1.5: irq:softirq_raise: vec=3",
          "x 1 [999999] 10.000000000: irq:softirq_raise: vec=3",
          "x 1 [000] 10.000000000: irq:softirq_raise: vec=99",
          "x 1 [000] 10.000000000: irq:irq_handler_exit: irq=24",
          "x 1 [000] 10.000000000: napi:napi_poll: work",
          "x 1 [000] 10.000000000: sched:sched_switch: prev_comm=a [b] ==> next"}) {
        std::istringstream lines(text);
        const RecordedTrace trace = read_perf_script(lines);
        EXPECT_TRUE(trace.dropped.empty() && trace.stacks.empty()) << text;
    }
}

/// A task's name may hold what else separates fields.
TEST(PerfScript, finds_the_fields_behind_any_name) {
    std::istringstream lines(
        "a [1] b: 2  99 [003] 10.000000001: cycles:P: \n\tffff81 f+0x1\n\tffff82 g\n");
    const RecordedTrace trace = read_perf_script(lines);
    EXPECT_EQ(trace.stacks, (Folded{{"a [1] b: 2;g;f", 1}}));
    EXPECT_EQ(trace.first_ns, 10'000'000'001u);
    EXPECT_EQ(trace.events.count("cycles:P"), 1u);
}

}  // namespace
}  // namespace rxlab
