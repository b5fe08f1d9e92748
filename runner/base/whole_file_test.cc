// SPDX-License-Identifier: GPL-2.0
#include "base/whole_file.h"

#include "base/error.h"
#include "base/test_folder.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include <fstream>
#include <sstream>
#include <string>

namespace rxlab {
namespace {

/// What a write past so many bytes meets, as on a full disk.
class FullAt {
public:
    explicit FullAt(rlim_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        handler_ = ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullAt() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, handler_);
    }

private:
    rlimit before_{};
    sighandler_t handler_;
};

class WriteWhole : public testing::Test {
protected:
    std::string path(const std::string& name) const { return folder_.file(name); }
    static std::string contents(const std::string& file) {
        std::ostringstream bytes;
        bytes << std::ifstream(file).rdbuf();
        return bytes.str();
    }

private:
    const TestFolder folder_;
};

TEST_F(WriteWhole, leaves_what_was_there_where_the_disk_is_full) {
    write_whole(path("x"), "before");
    try {
        const FullAt full(10);
        write_whole(path("x"), std::string(100, 'x'));
        FAIL() << "written";
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::invalid);
        EXPECT_EQ(error.what(), path("x") + ": cannot be written: File too large");
    }
    EXPECT_EQ(contents(path("x")), "before");
    EXPECT_FALSE(std::filesystem::exists(path("x.new")));
}

TEST_F(WriteWhole, names_a_folder_that_is_not_there) {
    try {
        write_whole(path("no/x"), "");
        FAIL() << "written";
    } catch (const Error& error) {
        EXPECT_EQ(error.what(), path("no/x") + ": cannot be written: No such file or directory");
    }
}

TEST(WholeFile, a_failure_is_no_empty_file) {
    EXPECT_THROW(read_whole("/no/such/file"), Error);
    EXPECT_THROW(read_whole("/proc"), Error);  // a folder
    EXPECT_THROW(read_if_there("/proc"), Error);
}

TEST(WholeFile, a_file_that_is_not_there_is_told_from_an_empty_one) {
    const std::string path = testing::TempDir() + "whole_file." + std::to_string(::getpid());
    EXPECT_EQ(read_if_there(path), std::nullopt);
    std::ofstream(path).close();
    EXPECT_EQ(read_if_there(path), "");
    ::unlink(path.c_str());
}

TEST(WholeFile, bytes_are_read_as_they_are) {
    const std::string path = testing::TempDir() + "whole_file_bytes." + std::to_string(::getpid());
    const std::string bytes("\0\xff\n\r\n", 5);
    std::ofstream(path, std::ios::binary) << bytes;
    EXPECT_EQ(read_whole(path), bytes);
    ::unlink(path.c_str());
}

}  // namespace
}  // namespace rxlab
