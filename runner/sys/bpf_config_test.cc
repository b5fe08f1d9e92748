// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "sys/bpf.h"

#include <gmock/gmock.h>

using namespace rxlab;
using testing::StartsWith;

namespace {

struct Refusal {
    std::string fact, next;
};

Refusal refusal(const std::string& program, const Json& config) {
    BpfObject object = BpfObject::open(program);
    try {
        object.configure(config);
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        return {error.what(), error.next()};
    }
    ADD_FAILURE() << config << " was accepted";
    return {};
}

}  // namespace

TEST(BpfConfig, takes_values_within_the_variables_type) {
    BpfObject object = BpfObject::open("xdp_port_drop");
    EXPECT_NO_THROW(object.configure({{"drop_port", 0}}));
    EXPECT_NO_THROW(object.configure({{"drop_port", 65535}}));
}

TEST(BpfConfig, refuses_values_beyond_the_variables_type) {
    const Refusal too_large = refusal("xdp_port_drop", {{"drop_port", 65536}});
    EXPECT_EQ(too_large.fact,
              "configuration variable 'drop_port' of BPF program 'xdp_port_drop' cannot be 65536");
    EXPECT_EQ(too_large.next, "expected a whole number from 0 to 65535");
    refusal("xdp_port_drop", {{"drop_port", -1}});
}

TEST(BpfConfig, refuses_what_is_no_whole_number) {
    refusal("xdp_port_drop", {{"drop_port", "nine"}});
    refusal("xdp_port_drop", {{"drop_port", 9.5}});
    refusal("xdp_port_drop", {{"drop_port", nullptr}});
}

TEST(BpfConfig, honours_the_range_that_the_source_declares) {
    BpfObject object = BpfObject::open("xdp_planted");
    EXPECT_NO_THROW(object.configure({{"planted_instructions", 1023}}));
    EXPECT_EQ(refusal("xdp_planted", {{"planted_instructions", 1024}}).next,
              "expected a whole number from 0 to 1023");
}

TEST(BpfConfig, names_the_variables_there_are) {
    const Refusal misspelt = refusal("xdp_port_drop", {{"dropport", 9}});
    EXPECT_EQ(misspelt.fact,
              "BPF program 'xdp_port_drop' has no configuration variable 'dropport'");
    EXPECT_EQ(misspelt.next, "did you mean 'drop_port'? There is: drop_port");
    EXPECT_EQ(refusal("xdp_drop", {{"x", 1}}).next, "there is none");
}

TEST(BpfObject, names_the_programs_there_are) {
    try {
        BpfObject::open("xdp_dorp");
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "no BPF program 'xdp_dorp'");
        EXPECT_THAT(error.next(),
                    StartsWith("did you mean 'xdp_drop'? There are: drops, filter_bitmap, "));
    }
}
