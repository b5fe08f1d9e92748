// SPDX-License-Identifier: GPL-2.0
#include "target/snapshot.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "target/boot_assets.h"
#include "target/files.h"

namespace rxlab {
namespace {

namespace fs = std::filesystem;

const Ingredients kIngredients{"qemu", "kernel", "image", "payload"};

Machine machine(uint64_t seed) {
    Machine machine;
    machine.cpu = "Haswell-noTSX";
    machine.seed = seed;
    return machine;
}

TEST(SnapshotKey, everything_that_goes_in_changes_it) {
    const std::string key = payload_key(machine(1), kIngredients);
    EXPECT_NE(key, payload_key(machine(2), kIngredients));
    for (std::string Ingredients::*part :
         {&Ingredients::qemu, &Ingredients::kernel, &Ingredients::image, &Ingredients::payload}) {
        Ingredients other = kIngredients;
        other.*part = "another";
        EXPECT_NE(key, payload_key(machine(1), other));
    }
}

TEST(SnapshotKey, where_the_files_lie_does_not_change_it) {
    Machine elsewhere = machine(1);
    elsewhere.vmlinuz = "/another/vmlinuz";
    elsewhere.image = "/another/image";
    elsewhere.clock = "/another/guest_clock.so";
    EXPECT_EQ(payload_key(machine(1), kIngredients), payload_key(elsewhere, kIngredients));
}

TEST(SnapshotKey, the_payload_does_not_change_the_boot) {
    Ingredients other = kIngredients;
    other.payload = "another";
    EXPECT_EQ(boot_key(machine(1), kIngredients), boot_key(machine(1), other));
}

class Store : public testing::Test {
protected:
    std::string add(SnapshotStore& store, const std::string& key, size_t bytes) {
        write_whole(work_.path("new"), std::string(bytes, 'x'));
        return store.add(key, work_.path("new"));
    }
    const WorkFolder work_;
};

TEST_F(Store, what_was_added_is_found) {
    SnapshotStore store(work_.path("store"), 100);
    EXPECT_FALSE(store.find("a"));
    const std::string path = add(store, "a", 10);
    EXPECT_EQ(store.find("a"), path);
    EXPECT_EQ(fs::file_size(path), 10u);
}

TEST_F(Store, above_the_cap_the_least_recently_used_goes) {
    SnapshotStore store(work_.path("store"), 25);
    add(store, "a", 10);
    add(store, "b", 10);
    store.find("a");
    add(store, "c", 10);
    EXPECT_TRUE(store.find("a"));
    EXPECT_FALSE(store.find("b"));
    EXPECT_TRUE(store.find("c"));
}

TEST_F(Store, what_is_needed_now_stays_whatever_the_cap) {
    SnapshotStore store(work_.path("store"), 5);
    add(store, "a", 10);
    EXPECT_TRUE(store.find("a"));
}

TEST_F(Store, a_copy_has_the_same_bytes) {
    write_whole(work_.path("from"), std::string(100000, 'x'));
    copy_state(work_.path("from"), work_.path("to"));
    EXPECT_EQ(read_whole(work_.path("from")), read_whole(work_.path("to")));
    write_whole(work_.path("holes"), "start");
    fs::resize_file(work_.path("holes"), 10 << 20);
    copy_state(work_.path("holes"), work_.path("copy"));
    EXPECT_EQ(read_whole(work_.path("holes")), read_whole(work_.path("copy")));
    EXPECT_LT(bytes_on_disk(work_.path("copy")), 1u << 20);
    EXPECT_THROW(copy_state(work_.path("none"), work_.path("to")), Error);
}

TEST(CacheCap, is_asked_in_gi_b) {
    ::setenv("RXLAB_CACHE_MAX", "0.5", 1);
    EXPECT_EQ(cache_cap(), 512ull << 20);
    ::setenv("RXLAB_CACHE_MAX", "much", 1);
    EXPECT_THROW(cache_cap(), Error);
    ::unsetenv("RXLAB_CACHE_MAX");
    EXPECT_EQ(cache_cap(), 12ull << 30);
}

TEST(Kernel, is_read_from_the_scripts_lines) {
    const Kernel kernel =
        kernel_from("vmlinuz=/a=b/vmlinuz\nrelease=6.12\nmodules=\npackage=path\n");
    EXPECT_EQ(kernel.vmlinuz, "/a=b/vmlinuz");
    EXPECT_EQ(kernel.release, "6.12");
    EXPECT_EQ(kernel.modules, "");
    EXPECT_EQ(kernel.package, "path");
}

}  // namespace
}  // namespace rxlab
