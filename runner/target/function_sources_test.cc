// SPDX-License-Identifier: GPL-2.0
#include "target/function_sources.h"

#include "base/test_folder.h"
#include "base/whole_file.h"
#include "target/boot_assets.h"
#include "target/test_compile.h"

#include <gmock/gmock.h>

namespace rxlab {
namespace fs = std::filesystem;
namespace {

using testing::Optional;

/// A kernel that was built in a tree and installed into a cache, and rxlab's modules for it.
class Sources : public testing::Test {
protected:
    void SetUp() override {
        make("tree", "net/core.c", "vmlinux", "receive");
        make("tree", "drivers/my-nic.c", "drivers/my-nic.ko", "my_poll");
        make("kmod", "nic/tx.c", "rxnic.ko", "rxnic_xmit");
        write_whole(modules() / "modules.order", "kernel/drivers/my-nic.ko\n");
        fs::create_symlink(tree(), modules() / "build");
        write_whole(kernel().vmlinuz, "");
    }
    /// One source of one function, and its file with code.
    void make(const std::string& folder, const fs::path& source, const std::string& made,
              const std::string& function) const {
        fs::create_directories(top_.path() / folder / source.parent_path());
        write_whole(top_.path() / folder / source, "\nvoid " + function + "(void)\n{\n}\n");
        test::compile(top_.path() / folder, "gcc -g -c -o one.o " + source.string() +
                                                " && ld -r --build-id -o " + made + " one.o");
    }
    /// As kmod/build does.
    void take_debug_information_off() const {
        test::compile(kmod(),
                      "mkdir .debug && objcopy --only-keep-debug rxnic.ko "
                      ".debug/rxnic.ko.debug && strip --strip-debug rxnic.ko");
    }
    fs::path tree() const { return top_.path() / "tree"; }
    fs::path kmod() const { return top_.path() / "kmod"; }
    fs::path modules() const {
        const fs::path folder = top_.path() / "modules";
        fs::create_directories(folder);
        return folder;
    }
    Kernel kernel() const { return {top_.file("vmlinuz"), "6.12", modules(), "path"}; }
    FunctionSources sources() const { return {kernel(), kmod()}; }

    const TestFolder top_;
};

TEST_F(Sources, of_the_kernel_and_its_modules_are_in_the_tree_that_it_was_built_in) {
    FunctionSources sources = this->sources();
    EXPECT_TRUE(sources.has_kernel());
    EXPECT_THAT(sources.place_of("receive"), Optional(SourcePlace{"net/core.c", 2}));
    EXPECT_THAT(sources.place_of("my_poll [my_nic]"), Optional(SourcePlace{"drivers/my-nic.c", 2}));
    EXPECT_EQ(sources.place_of("my_poll"), std::nullopt) << "it is not the kernel's own";
    EXPECT_EQ(sources.place_of("count [bpf]"), std::nullopt);
}

TEST_F(Sources, of_an_image_in_its_tree_need_no_modules) {
    Kernel kernel{tree() / "arch/x86/boot/bzImage", "6.12", "", "path"};
    fs::create_directories(fs::path(kernel.vmlinuz).parent_path());
    write_whole(kernel.vmlinuz, "");
    EXPECT_THAT(FunctionSources(kernel, kmod()).place_of("receive"),
                Optional(SourcePlace{"net/core.c", 2}));
}

TEST_F(Sources, of_a_tree_that_was_built_anew_since_are_not_told) {
    fs::last_write_time(tree() / "vmlinux",
                        fs::last_write_time(kernel().vmlinuz) + std::chrono::seconds(1));
    EXPECT_FALSE(sources().has_kernel());
    EXPECT_EQ(sources().place_of("receive"), std::nullopt);
}

TEST_F(Sources, of_rxlab_s_modules_are_in_what_was_taken_off_them_or_in_themselves) {
    EXPECT_THAT(sources().place_of("rxnic_xmit [rxnic]"), Optional(SourcePlace{"nic/tx.c", 2}));
    take_debug_information_off();
    EXPECT_THAT(sources().place_of("rxnic_xmit [rxnic]"), Optional(SourcePlace{"nic/tx.c", 2}));
}

TEST_F(Sources, of_a_module_that_was_built_anew_since_are_not_told) {
    take_debug_information_off();
    write_whole(kmod() / "nic/tx.c", "int other;\nvoid rxnic_xmit(void)\n{\n\tother++;\n}\n");
    test::compile(kmod(), "gcc -c -o one.o nic/tx.c && ld -r --build-id -o rxnic.ko one.o");
    EXPECT_EQ(sources().place_of("rxnic_xmit [rxnic]"), std::nullopt);
}

TEST_F(Sources, of_a_kernel_without_a_tree_are_not_there) {
    FunctionSources sources({top_.file("vmlinuz"), "6.12", "", "package_1"}, top_.path());
    EXPECT_FALSE(sources.has_kernel());
    EXPECT_EQ(sources.place_of("receive"), std::nullopt);
    EXPECT_EQ(sources.place_of("my_poll [my_nic]"), std::nullopt);
}

TEST_F(Sources, of_a_program_are_in_its_own_file) {
    make("program", "loop.c", "file-1", "loop");
    FunctionSources sources(kernel(), kmod(), {{"calls", top_.path() / "program/file-1"}});
    EXPECT_THAT(sources.place_of("loop (calls)"), Optional(SourcePlace{"loop.c", 2}));
    EXPECT_EQ(sources.place_of("loop"), std::nullopt);
    EXPECT_EQ(sources.place_of("loop (other)"), std::nullopt);
}

}  // namespace
}  // namespace rxlab
