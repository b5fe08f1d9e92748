// SPDX-License-Identifier: GPL-2.0
#include "attribution/opcodes.h"

#include <gtest/gtest.h>
#include <vector>

namespace rxlab {
namespace {

using Bytes = std::vector<uint8_t>;

PortAccess port(const Bytes& bytes) {
    return port_access_of(bytes.data(), bytes.size());
}
Ends ending(const Bytes& bytes) {
    return ending_of(bytes.data(), bytes.size());
}

TEST(Opcodes, every_form_of_in_and_out_is_a_port_access) {
    for (const uint8_t opcode : {0xe4, 0xe5, 0xec, 0xed, 0x6c, 0x6d})
        EXPECT_EQ(port({opcode, 0x20}), PortAccess::input) << int{opcode};
    for (const uint8_t opcode : {0xe6, 0xe7, 0xee, 0xef, 0x6e, 0x6f})
        EXPECT_EQ(port({opcode, 0x20}), PortAccess::output) << int{opcode};
}

TEST(Opcodes, prefixes_do_not_hide_one) {
    EXPECT_EQ(port({0x66, 0xed}), PortAccess::input);         // in ax, dx
    EXPECT_EQ(port({0xf3, 0x66, 0x6d}), PortAccess::input);   // rep insw
    EXPECT_EQ(port({0xf3, 0x48, 0x6f}), PortAccess::output);  // rep outs, REX.W
}

TEST(Opcodes, the_same_bytes_behind_another_opcode_are_none) {
    EXPECT_EQ(port({0x0f, 0xef, 0xc0}), PortAccess::none);        // pxor mm0, mm0
    EXPECT_EQ(port({0x66, 0x0f, 0x6f, 0x07}), PortAccess::none);  // movdqa
    EXPECT_EQ(port({0xb8, 0xee, 0, 0, 0}), PortAccess::none);     // mov eax, 0xee
    EXPECT_EQ(port({0x66}), PortAccess::none);
    EXPECT_EQ(port({}), PortAccess::none);
}

TEST(Opcodes, calls_and_returns_end_a_block) {
    EXPECT_EQ(ending({0xe8, 0, 0, 0, 0}), Ends::with_call);
    EXPECT_EQ(ending({0x2e, 0xe8, 0, 0, 0, 0}), Ends::with_call);
    EXPECT_EQ(ending({0x41, 0xff, 0xd3}), Ends::with_call);  // call r11
    EXPECT_EQ(ending({0xff, 0xe0}), Ends::otherwise);        // jmp rax
    EXPECT_EQ(ending({0x65, 0xff, 0x05}), Ends::otherwise);  // inc gs:
    EXPECT_EQ(ending({0xf3, 0xc3}), Ends::with_return);
    EXPECT_EQ(ending({0xc2, 8, 0}), Ends::with_return);
    EXPECT_EQ(ending({0xcf}), Ends::otherwise);  // iret
}

}  // namespace
}  // namespace rxlab
