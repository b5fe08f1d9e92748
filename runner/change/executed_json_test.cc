// SPDX-License-Identifier: GPL-2.0
#include "change/executed_json.h"

#include "base/error.h"

#include <gmock/gmock.h>

namespace rxlab {
namespace {

TEST(ExecutedJson, comes_back_as_it_was) {
    const Executed executed{{{"a;b", 17}, {"a", 3}}, {{{"b", "e1000e-mmio"}, {1, 2}}}, {{"b", 4}}};
    const Json json = to_json(executed);
    EXPECT_EQ(to_json(executed_from_json(json)), json);
    EXPECT_EQ(executed_from_json(json).stacks, executed.stacks);
    EXPECT_EQ(executed_from_json(json).calls, executed.calls);
}

TEST(ExecutedJson, refuses_what_is_none) {
    for (const char* text : {"{}", "[]", R"({"stacks": {"a": -1}, "accesses": []})",
                             R"({"stacks": {"a": "x"}, "accesses": []})",
                             R"({"stacks": {}, "accesses": [{"function": "a"}]})",
                             R"({"stacks": {}, "accesses": [], "calls": {"a": -1}})"})
        EXPECT_THROW(executed_from_json(Json::parse(text)), Error) << text;
}

}  // namespace
}  // namespace rxlab
