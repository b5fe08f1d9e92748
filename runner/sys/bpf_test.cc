// SPDX-License-Identifier: GPL-2.0
// Needs root: loads every embedded program into the running kernel.
#include "sys/bpf.h"

#include "base/error.h"
#include "bpf/objects.h"

#include <bpf/bpf.h>
#include <gmock/gmock.h>
#include <unistd.h>

using namespace rxlab;

namespace {

class BpfKernel : public testing::Test {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
    }
};

struct Size {
    uint32_t verified;  ///< BPF instructions after the verifier removed what is dead
    uint32_t native;    ///< bytes of machine code, 0 without a JIT
};

Size size_of(int program) {
    bpf_prog_info info{};
    uint32_t bytes = sizeof info;
    EXPECT_EQ(bpf_obj_get_info_by_fd(program, &info, &bytes), 0);
    return {info.xlated_prog_len / static_cast<uint32_t>(sizeof(bpf_insn)), info.jited_prog_len};
}

Size planted(int instructions) {
    return size_of(load_bpf("xdp_planted", {{"planted_instructions", instructions}}).program());
}

}  // namespace

TEST_F(BpfKernel, loads_every_embedded_object) {
    for (size_t i = 0; i < kBpfObjectCount; ++i)
        EXPECT_NO_THROW(load_bpf(kBpfObjects[i].name)) << kBpfObjects[i].name;
}

TEST_F(BpfKernel, planted_instructions_are_exactly_that_many_more) {
    const Size none = planted(0);
    for (const int n : {1, 2, 3, 5, 7, 50, 64, 255, 500, 511, 512, 777, 1023})
        EXPECT_EQ(planted(n).verified - none.verified, static_cast<uint32_t>(n)) << n;
}

TEST_F(BpfKernel, planted_instructions_are_one_native_instruction_each) {
    const Size none = planted(0);
    if (none.native == 0) GTEST_SKIP() << "no JIT";
    // 3 bytes: add of two 64-bit registers. Padding to a multiple of the alignment would show as
    // another number.
    for (const int n : {1, 5, 50, 500, 1023})
        EXPECT_EQ(planted(n).native - none.native, 3u * static_cast<uint32_t>(n)) << n;
}

TEST_F(BpfKernel, a_program_runs_on_a_frame) {
    const BpfObject program = load_bpf("xdp_drop");
    EXPECT_EQ(test_run_xdp(program.program(), std::vector<uint8_t>(60)),
              static_cast<uint32_t>(XDP_DROP));
}

TEST_F(BpfKernel, a_refused_program_is_explained) {
    try {
        map_of_program(0xfffffff0, "xdp_verdicts");
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("BPF program 4294967280: No such file"));
    }
}

TEST_F(BpfKernel, a_map_refuses_a_value_of_another_size) {
    const BpfObject program = load_bpf("xdp_drop");
    EXPECT_THROW(BpfMap(program.map("xdp_verdicts")).values<uint32_t>(0), Error);
    EXPECT_THROW(program.map("no_such_map"), Error);
}
