// SPDX-License-Identifier: GPL-2.0
#include "base/whole_file.h"

#include "base/error.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
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
    ~WriteWhole() override { std::filesystem::remove_all(folder_); }
    std::string path(const std::string& name) const { return folder_ / name; }
    static std::string contents(const std::string& file) {
        std::ostringstream bytes;
        bytes << std::ifstream(file).rdbuf();
        return bytes.str();
    }

private:
    std::string name_ = "/tmp/rxlab-whole-file.XXXXXX";
    std::filesystem::path folder_ = ::mkdtemp(name_.data());
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

}  // namespace
}  // namespace rxlab
