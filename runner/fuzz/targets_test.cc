// SPDX-License-Identifier: GPL-2.0
#include "fuzz/targets.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace rxlab::fuzz {
namespace {

namespace fs = std::filesystem;

fs::path inputs_of(const Target& target) {
    return fs::path(RXLAB_SOURCE) / "runner/fuzz/inputs" / target.name;
}

std::string text_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

/// The seeds, and what fuzzing found once: a finding is fixed and its input stays.
TEST(Targets, read_every_input_that_is_kept) {
    for (size_t i = 0; i < kTargetCount; i++) {
        size_t inputs = 0;
        for (const auto& entry : fs::directory_iterator(inputs_of(kTargets[i]))) {
            EXPECT_NO_THROW(try_input(kTargets[i], text_of(entry.path()))) << entry.path();
            inputs++;
        }
        EXPECT_GT(inputs, 0u) << kTargets[i].name << ": no seed in " << inputs_of(kTargets[i]);
    }
}

TEST(Targets, inputs_are_of_targets_there_are) {
    for (const auto& entry : fs::directory_iterator(fs::path(RXLAB_SOURCE) / "runner/fuzz/inputs"))
        EXPECT_NO_THROW(target_named(entry.path().filename()));
}

TEST(Targets, a_name_that_is_none_is_told_the_names) {
    EXPECT_THROW(target_named("no such"), std::invalid_argument);
}

}  // namespace rxlab::fuzz
