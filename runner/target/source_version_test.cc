// SPDX-License-Identifier: GPL-2.0
#include "target/source_version.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "target/files.h"

namespace rxlab {
namespace {
namespace fs = std::filesystem;

/// A folder with a repository of one commit, and a program that leaves a mark when it runs.
class SourceVersion : public testing::Test {
protected:
    void SetUp() override {
        if (real_sys().run({"git", "--version"}).status != 0) GTEST_SKIP() << "no git here";
        fs::create_directories(top() / "inner");
        git({"init", "-q"});
        write_whole(top() / "file", "x");
        write_whole(top() / ".gitattributes", "* filter=mine\n");
        git({"add", "."});
        git({"commit", "-q", "-m", "one"});
        write_whole(work_.path("program"), "#!/bin/sh\ntouch " + work_.path("ran") + "\ncat\n");
        fs::permissions(work_.path("program"), fs::perms::owner_all);
    }
    fs::path top() const { return work_.path("top"); }
    void git(std::vector<std::string> words) {
        words.insert(words.begin(),
                     {"git", "-C", top(), "-c", "user.name=a", "-c", "user.email=b"});
        run_or_throw(real_sys(), words);
    }
    bool ran() const { return fs::exists(work_.path("ran")); }
    std::string version(const fs::path& folder) { return source_version(real_sys(), folder); }

    const WorkFolder work_;
};

TEST_F(SourceVersion, is_the_commit_and_whether_files_were_changed_since) {
    EXPECT_THAT(version(top()), testing::MatchesRegex("[0-9a-f]{12}"));
    write_whole(top() / "file", "y");
    EXPECT_THAT(version(top()), testing::MatchesRegex("[0-9a-f]{12}-dirty"));
}

TEST_F(SourceVersion, does_not_look_above_the_folder_and_runs_nothing_there) {
    git({"config", "core.fsmonitor", work_.path("program")});
    EXPECT_EQ(version(top() / "inner"), "unknown");
    EXPECT_FALSE(ran());
}

TEST_F(SourceVersion, runs_no_program_that_the_configuration_names) {
    git({"config", "core.fsmonitor", work_.path("program")});
    git({"config", "filter.mine.clean", work_.path("program")});
    git({"config", "filter.mine.required", "true"});
    write_whole(top() / "file", "y");
    EXPECT_THAT(version(top()), testing::MatchesRegex("[0-9a-f]{12}-dirty"));
    EXPECT_FALSE(ran());
}

TEST_F(SourceVersion, does_not_ask_a_repository_of_another_user) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
    git({"config", "core.fsmonitor", work_.path("program")});
    ::chown(top().c_str(), 12345, 12345);
    ::chown((top() / ".git").c_str(), 12345, 12345);
    EXPECT_EQ(version(top()), "unknown");
    EXPECT_FALSE(ran());
}

TEST_F(SourceVersion, of_an_installation_is_what_its_file_says) {
    write_whole(top() / "inner" / "version", "1.2-3\n");
    EXPECT_EQ(version(top() / "inner"), "1.2-3");
}

}  // namespace
}  // namespace rxlab
