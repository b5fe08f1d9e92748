// SPDX-License-Identifier: GPL-2.0
#include "target/kernels.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

namespace rxlab {
namespace {

/// The rows of vm/kernels, read anew: words, without comments.
std::vector<std::vector<std::string>> rows_of_the_file() {
    std::ifstream file(RXLAB_SOURCE "/vm/kernels");
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(file, line);) {
        std::istringstream in(line.substr(0, line.find('#')));
        std::vector<std::string> words;
        for (std::string word; in >> word;) words.push_back(word);
        if (!words.empty()) rows.push_back(words);
    }
    return rows;
}

TEST(Kernels, are_the_rows_of_the_file_in_its_order) {
    std::vector<std::vector<std::string>> rows;
    for (const KernelRow& row : kKernels)
        rows.push_back({row.name, row.package, row.flavour, row.suite, row.tests});
    EXPECT_EQ(rows, rows_of_the_file());
    EXPECT_EQ(default_kernel(), rows.at(0).at(0));
}

TEST(Kernels, a_name_is_a_version_with_or_without_a_flavour) {
    for (const KernelRow& row : kKernels)
        EXPECT_THAT(row.name, testing::MatchesRegex("[0-9]+\\.[0-9]+(-[a-z]+)?"));
}

TEST(Kernels, run_their_tests_on_every_change_or_at_night) {
    for (const KernelRow& row : kKernels)
        EXPECT_THAT(row.tests, testing::AnyOf(std::string("ci"), std::string("nightly")));
}

TEST(Kernels, help_names_them_all_and_a_path) {
    for (const std::string& name : kernel_names())
        EXPECT_THAT(kernel_words(), testing::ContainsRegex("(^| )" + name + ","));
    EXPECT_THAT(kernel_words(), testing::HasSubstr(" or the path of a bzImage"));
}

}  // namespace
}  // namespace rxlab
