// SPDX-License-Identifier: GPL-2.0
#include "base/names.h"

#include "base/error.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Names, what_the_kernel_takes_is_an_interface_s_name) {
    for (const char* name : {"a", "eth0", "enp3s0f1np1", "rx.f1", "br-lan", "eth0@x",
                             "123456789012345", "\xc3\xa9th0", "-x"})
        EXPECT_TRUE(is_interface_name(name)) << name;
    for (const std::string name : {"", ".", "..", "/", "a/b", "../a", "1234567890123456", "a b",
                                   "a\tb", "lo:eth0", "a\n", "\x7f"})
        EXPECT_FALSE(is_interface_name(name)) << name;
    EXPECT_FALSE(is_interface_name(std::string("a\0b", 3)));
}

TEST(Names, a_namespace_s_name_is_a_file_s) {
    EXPECT_TRUE(is_netns_name("cni-1b2c:x"));
    EXPECT_TRUE(is_netns_name(std::string(255, 'n')));
    for (const std::string& name : {std::string(), std::string("."), std::string(".."),
                                    std::string("a/b"), std::string("a b"), std::string(256, 'n')})
        EXPECT_FALSE(is_netns_name(name)) << name;
}

TEST(Names, a_refusal_is_a_usage_error_that_shows_the_name_as_text) {
    try {
        require_interface_name("a\x1b[2J\xff");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_EQ(std::string(error.what()).substr(0, 17), "'a\\x1b[2J\\xff' is");
    }
    EXPECT_NO_THROW(require_netns_name("")) << "the caller's own";
    EXPECT_THROW(require_netns_name("../x"), Error);
}

}  // namespace
}  // namespace rxlab
