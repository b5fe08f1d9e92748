// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "sys/fake_sys.h"
#include "sys/process.h"
#include "traffic/kinds.h"
#include "traffic/marked_run.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cstdlib>
#include <filesystem>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class MarkedRunTest : public ::testing::Test {
protected:
    MarkedRunTest() {
        char name[] = "/tmp/rxlab-program-XXXXXX";
        folder = ::mkdtemp(name);
    }
    ~MarkedRunTest() override { std::filesystem::remove_all(folder); }
    MarkedRun shell(const std::string& script) const {
        return {"/bin/sh", {"sh", "-c", script}, folder, folder + "/out", folder + "/err"};
    }
    std::string out() const { return real_sys().read_file(folder + "/out"); }

    std::string folder;
};

TEST_F(MarkedRunTest, a_program_runs_in_its_folder_and_its_output_is_in_files) {
    EXPECT_EQ(run_marked(shell("pwd; echo no >&2; cat")), 0) << "it has no input";
    EXPECT_EQ(out(), folder + "\n");
    EXPECT_EQ(real_sys().read_file(folder + "/err"), "no\n");
}

TEST_F(MarkedRunTest, tells_how_a_program_ended) {
    EXPECT_EQ(describe_exit(run_marked(shell("exit 3"))), "exit status 3");
    EXPECT_EQ(WTERMSIG(run_marked(shell("kill -SEGV $$"))), SIGSEGV);
}

TEST_F(MarkedRunTest, a_program_that_cannot_be_started_is_told_with_the_reason) {
    MarkedRun run = shell("");
    run.file = folder;
    try {
        run_marked(run);
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_EQ(std::string(error.what()), "cannot run " + folder + ": Permission denied");
    }
}

std::vector<std::string> there(const std::vector<GuestFile>& files) {
    std::vector<std::string> places;
    for (const GuestFile& file : files) places.push_back(file.there);
    return places;
}

TEST(ProgramTraffic, its_files_lie_in_one_folder_of_the_guest) {
    const auto files =
        files_of_program({{"program", "/home/x/prog"}, {"files", {"/etc/hosts", "/a/b.txt"}}});
    EXPECT_THAT(there(files), ElementsAre("/program/prog", "/program/hosts", "/program/b.txt"));
    EXPECT_TRUE(files[0].is_program);
    EXPECT_FALSE(files[1].is_program);
    EXPECT_THAT(there(files_of_program({{"program", "/a/before"}, {"name", "after"}})),
                ElementsAre("/program/after"))
        << "two revisions have one name";
}

TEST(ProgramTraffic, is_refused_where_there_is_no_guest) {
    FakeSys sys;
    const Json parameters{{"program", "/home/x/prog"}};
    try {
        require_program(sys, parameters);
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_THAT(error.what(), HasSubstr("no /program/prog here: a program runs in a guest"));
    }
    sys.files["/program/prog"] = "";
    require_program(sys, parameters);
}

}  // namespace
}  // namespace rxlab
