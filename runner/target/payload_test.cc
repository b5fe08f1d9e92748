// SPDX-License-Identifier: GPL-2.0
#include "target/payload.h"

#include "base/error.h"
#include "bpf/objects.h"
#include "sys/process.h"
#include "target/files.h"
#include "target/test_variable.h"

#include <gmock/gmock.h>

namespace rxlab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string embedded(const std::string& name) {
    for (size_t i = 0; i < kBpfObjectCount; i++)
        if (name == kBpfObjects[i].name)
            return {reinterpret_cast<const char*>(kBpfObjects[i].begin), kBpfObjects[i].size()};
    return {};
}

TEST(BpfObjects, that_are_built_of_the_same_sources_are_those_inside_the_binary) {
    const WorkFolder work;
    const Variable cache("XDG_CACHE_HOME", work.path("cache"));
    fs::create_directories(work.path("bpf"));
    for (const char* file : {"common.h", "verdicts.h", "percpu_verdicts.h", "xdp_drop.bpf.c"})
        fs::copy(data_folder() / "bpf" / file, work.path("bpf"));
    write_whole(work.path("bpf/softirq.bpf.c"), "#error a probe\n");
    const fs::path was = fs::current_path();
    fs::current_path(work.path(""));  // where the sources are below ./bpf, too
    const fs::path built = build_bpf("bpf");
    EXPECT_TRUE(read_whole(built / "xdp_drop.bpf.o") == embedded("xdp_drop"));
    EXPECT_NE(hash_of_bpf_objects(built), hash_of_bpf_objects()) << "some are missing";
    EXPECT_FALSE(fs::exists(built / "softirq.bpf.o")) << "a probe is what measures";
    EXPECT_EQ(build_bpf("bpf"), built);
    fs::current_path(was);
}

TEST(BpfObjects, that_do_not_compile_are_refused_and_leave_nothing) {
    const WorkFolder work;
    const Variable cache("XDG_CACHE_HOME", work.path("cache"));
    fs::create_directories(work.path("bpf"));
    EXPECT_THROW(build_bpf(work.path("bpf")), Error);
    write_whole(work.path("bpf/xdp_x.bpf.c"), "#error not yet\n");
    EXPECT_THROW(build_bpf(work.path("bpf")), Error);
    EXPECT_TRUE(fs::is_empty(work.path("cache/rxlab/bpf")));
}

TEST(BpfObjects, of_a_folder_without_any_are_refused) {
    const WorkFolder work;
    EXPECT_FALSE(has_bpf_objects(work.path("")));
    EXPECT_FALSE(has_bpf_objects("/nonexistent"));
    write_whole(work.path("softirq.bpf.o"), "a probe");
    EXPECT_FALSE(has_bpf_objects(work.path("")));
    try {
        hash_of_bpf_objects(work.path(""));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_THAT(error.what(), HasSubstr("no built BPF objects (xdp_*.bpf.o"));
    }
}

}  // namespace
}  // namespace rxlab
