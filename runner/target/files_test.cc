// SPDX-License-Identifier: GPL-2.0
#include "target/files.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/error.h"

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

TEST(WriteWhole, leaves_what_was_there_where_the_disk_is_full) {
    const WorkFolder work;
    write_whole(work.path("x"), "before");
    try {
        const FullAt full(10);
        write_whole(work.path("x"), std::string(100, 'x'));
        FAIL() << "written";
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::invalid);
        EXPECT_EQ(error.what(), work.path("x") + ": cannot be written: File too large");
    }
    EXPECT_EQ(read_whole(work.path("x")), "before");
    EXPECT_FALSE(std::filesystem::exists(work.path("x.new")));
}

TEST(WriteWhole, names_a_folder_that_is_not_there) {
    const WorkFolder work;
    try {
        write_whole(work.path("no/x"), "");
        FAIL() << "written";
    } catch (const Error& error) {
        EXPECT_EQ(error.what(),
                  work.path("no/x") + ": cannot be written: No such file or directory");
    }
}

}  // namespace
}  // namespace rxlab
