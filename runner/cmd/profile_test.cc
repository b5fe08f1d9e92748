// SPDX-License-Identifier: GPL-2.0
// `rxlab profile` as a person meets it, on this machine.
#include "base/error.h"
#include "base/fd.h"
#include "base/test_folder.h"
#include "base/whole_file.h"
#include "cmd/catalogue.h"
#include "session/assembly.h"
#include "sys/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>
#include <csignal>
#include <fstream>
#include <thread>

namespace rxlab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Profile : public testing::Test {
protected:
    const std::string program = std::string(RXLAB_BUILD) + "/rxlab";
    CommandResult profile(std::vector<std::string> words) {
        words.insert(words.begin(), {program, "profile"});
        return real_sys().run(words);
    }
    Json document() { return read_json(out() / "profile.json"); }
    fs::path out() const { return folder.path() / "out"; }
    const TestFolder folder;
};

class ProfileAsRoot : public Profile {
protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    }
};

TEST_F(Profile, an_interface_that_is_not_there_gets_the_nearest_one) {
    const CommandResult ran = profile({"loo"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("'loo' is no interface here and no experiment"));
    EXPECT_THAT(ran.err, HasSubstr("did you mean 'lo'?"));
}

TEST_F(Profile, an_experiment_or_an_arm_that_is_not_there_gets_the_nearest_one) {
    EXPECT_THAT(profile({"drop-pont"}).err, HasSubstr("did you mean 'drop-point'?"));
    const CommandResult ran = profile({"drop-point:closed-prt", "--out", out()});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("closed-prt"));
    EXPECT_FALSE(fs::exists(out()));
}

TEST_F(Profile, a_window_has_a_least_and_a_greatest_length) {
    for (const char* seconds : {"0", "-1", "nan", "3601"}) {
        const CommandResult ran = profile({"lo", "--seconds", seconds});
        EXPECT_EQ(ran.status, 2);
        EXPECT_THAT(ran.err, HasSubstr("not in range 0.1 to 3600"));
    }
}

TEST_F(Profile, a_file_that_is_no_perf_data_is_told) {
    for (const char* text : {"", "PERFILE", "{}", "PERFFILE2 "}) {
        std::ofstream(folder.path() / "x.data") << text;
        const CommandResult ran = profile({"--perf", folder.path() / "x.data", "--out", out()});
        EXPECT_EQ(ran.status, 2);
        EXPECT_THAT(ran.err, HasSubstr("x.data: is no perf.data"));
    }
    std::ofstream(folder.path() / "x.data") << "PERFILE2" << std::string(200, 'x');
    const CommandResult ran = profile({"--perf", folder.path() / "x.data", "--out", out()});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("perf: "));
    EXPECT_FALSE(fs::exists(out()));
}

TEST_F(Profile, a_file_and_something_to_record_do_not_go_together) {
    std::ofstream(folder.path() / "x.data") << "x";
    const CommandResult ran = profile({"lo", "--perf", folder.path() / "x.data"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("either a file or what is recorded now"));
    EXPECT_EQ(profile({}).status, 2) << "neither";
}

/// Recorded by perf itself while datagrams go to a closed port.
TEST_F(ProfileAsRoot, somebody_s_perf_data_is_told_by_the_same_tables) {
    const std::string data = folder.path() / "perf.data";
    const CommandResult recorded = real_sys().run(
        {"perf", "record", "-q", "-a", "-g", "-o", data, "-e",
         "irq:softirq_raise,irq:softirq_entry,irq:softirq_exit,napi:napi_poll,skb:kfree_skb", "-e",
         "cpu-clock", "--", "bash", "-c",
         "for i in {1..200}; do echo x >/dev/udp/127.0.0.1/9; done 2>/dev/null; true"});
    if (recorded.status) GTEST_SKIP() << recorded.err;
    const CommandResult ran = profile({"--perf", data, "--out", out(), "--no-report"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    const Json seen = document();
    EXPECT_EQ(seen["subject"]["kind"], "perf");
    double runs = 0, dropped = 0;
    for (const Json& row : seen["curves"]["softirq.cpus"]["rows"])
        if (row["vector"] == "net_rx") runs += row["runs"].get<double>();
    for (const Json& row : seen["curves"]["drops"]["rows"])
        if (row["reason"] == "no_socket") dropped += row["packets"].get<double>();
    EXPECT_GT(runs, 0);
    EXPECT_GT(dropped, 0);
    EXPECT_EQ(seen["left_out"][0]["part"], "irq") << "its tracepoints were not asked for";
}

/// The program is a copy in a folder that everybody may read.
TEST_F(ProfileAsRoot, without_root_it_is_refused_before_anything_is_made) {
    const std::string copy = folder.path() / "rxlab";
    fs::copy_file(program, copy);
    fs::permissions(folder.path(), fs::perms::owner_all | fs::perms::others_all);
    const CommandResult ran = real_sys().run(
        {"setpriv", "--reuid=65534", "--clear-groups", copy, "profile", "lo", "--out", out()});
    EXPECT_EQ(ran.status, 2) << ran.err;
    EXPECT_THAT(ran.err,
                HasSubstr("profile lo needs root: softirq, irq, napi, drops, "
                          "wakeups, perf_record_slow run programs in the kernel or sample it"));
    EXPECT_FALSE(fs::exists(out()));
}

TEST_F(ProfileAsRoot, ctrl_c_ends_the_window_and_what_was_seen_is_written) {
    const std::string said = folder.path() / "said";
    Process watching(
        {.argv = {program, "profile", "lo", "--seconds", "600", "--out", out(), "--no-report"},
         .stdout_path = said,
         .stderr_path = said});
    while (read_text(said, kLargestInput).find("Ctrl-C ends it early") == std::string::npos)
        ASSERT_FALSE(watching.wait(0.05)) << read_text(said, kLargestInput);
    ::kill(watching.pid(), SIGINT);
    watching.wait();
    EXPECT_EQ(describe_exit(watching.status()), "exit status 130");
    EXPECT_TRUE(document()["interrupted"].get<bool>());
    EXPECT_TRUE(document()["curves"].contains("cpus.times"));
}

/// A pair of our own with live frames all the time, so that any window has some.
class ProfileLive : public ProfileAsRoot {
protected:
    void SetUp() override {
        ProfileAsRoot::SetUp();
        if (IsSkipped()) return;
        lock_ = Fd(::open("/run/rxlab-test.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
        ASSERT_EQ(::flock(lock_.get(), LOCK_EX), 0);
        if (real_sys().exists("/run/netns/rxlab-gen"))
            GTEST_SKIP() << "another rxlab run uses this machine";
        Trial trial;
        trial.arm = "test";
        trial.lane = Lane::timed;
        trial.seed = 7;
        trial.topology = {{"kind", "veth"}, {"pairs", 1}, {"queues", 1}};
        trial.traffic = {{"kind", "live_frames"},
                         {"packets", kFrames},
                         {"warmup_packets", 64},
                         {"cpus", 1},
                         {"udp_dst_port", 9}};
        trial.setup = Json::object();
        assembly_ = assemble(real_sys(), journal_, trial, {});
        sender_ = std::jthread([this](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                assembly_.traffic->prepare(kFrames);
                assembly_.traffic->send();
            }
        });
    }
    void TearDown() override {
        sender_ = {};
        assembly_ = {};
        EXPECT_THAT(journal_.restore(), testing::IsEmpty());
    }
    static constexpr uint64_t kFrames = 64000;

private:
    Fd lock_;
    Journal journal_{real_sys(), ""};
    Assembly assembly_;
    std::jthread sender_;
};

TEST_F(ProfileLive, tells_who_received_what_of_live_frames) {
    const CommandResult ran =
        real_sys().run({"ip", "netns", "exec", "rxlab-dut", program, "profile", "rxdut0",
                        "--seconds", "1", "--out", out(), "--json"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    const Json seen = document();
    EXPECT_EQ(Json::parse(ran.out), seen) << "--json prints what is in the file";
    EXPECT_GT(seen["values"]["interface.rx_packets"]["value"], 0);
    EXPECT_GT(seen["values"]["napi.packets"]["value"], 0);
    EXPECT_GT(seen["values"]["drops.packets"]["value"], 0) << "nobody listens to the port";
    double served = 0;
    for (const Json& row : seen["curves"]["softirq.cpus"]["rows"])
        if (row["vector"] == "net_rx") served += row["served"].get<double>();
    EXPECT_GT(served, 0);
    EXPECT_EQ(seen["curves"]["placement.devices"]["rows"][0]["interface"], "rxdut0");
    EXPECT_EQ(seen["left_out"], Json::array());
    bool told = false;
    for (const Json& row : seen["thresholds"])
        told = told || (row["name"] == "other_drops" && row["abnormal"] == true);
    EXPECT_TRUE(told) << "every frame is dropped";
    EXPECT_THAT(read_text(out() / "profile.html", kLargestInput), HasSubstr("What is abnormal"));
}

}  // namespace
}  // namespace rxlab
