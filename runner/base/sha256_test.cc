// SPDX-License-Identifier: GPL-2.0
#include "base/sha256.h"

#include "base/error.h"

#include <gtest/gtest.h>
#include <cstdio>
#include <fstream>

namespace rxlab {
namespace {

// FIPS 180-2, appendix B.1.
const char kAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, gives_the_published_digests) {
    EXPECT_EQ(sha256("abc"), kAbc);
    EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, reads_a_file) {
    const std::string path = testing::TempDir() + "rxlab_sha256_test";
    std::ofstream(path) << "abc";
    EXPECT_EQ(sha256_file(path), kAbc);
    std::remove(path.c_str());
}

TEST(Sha256, names_a_file_that_cannot_be_read) {
    try {
        sha256_file("/nonexistent/file");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_STREQ(error.what(), "/nonexistent/file: cannot be read: No such file or directory");
    }
}

}  // namespace
}  // namespace rxlab
