// SPDX-License-Identifier: GPL-2.0
#include "journal/journal.h"

#include "base/error.h"
#include "sys/fake_sys.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace rxlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace fs = std::filesystem;

const char kBudget[] = "/proc/sys/net/core/netdev_budget";
const char kMax[] = "/proc/sys/net/core/somaxconn";

class JournalTest : public ::testing::Test {
protected:
    JournalTest() {
        std::string pattern = fs::temp_directory_path() / "rxlab-journal.XXXXXX";
        directory = ::mkdtemp(pattern.data());
    }
    ~JournalTest() override { fs::remove_all(directory); }
    std::string file() const { return directory + "/journal.jsonl"; }
    std::string text() const {
        std::ostringstream out;
        out << std::ifstream(file()).rdbuf();
        return out.str();
    }
    void set_text(const std::string& text) const { std::ofstream(file(), std::ios::trunc) << text; }

    std::string directory;
};

/// Namespaces appear under /run/netns and modules under /sys/module, as on the real machine.
CommandResult run_model(FakeSys& sys, const FakeSys::Command& command) {
    if (command.argv[0] == "insmod") sys.files["/sys/module/pad/refcnt"] = "0\n";
    if (command.argv[0] == "rmmod")
        return sys.files.erase("/sys/module/pad/refcnt")
                   ? CommandResult{}
                   : CommandResult{1, "", "rmmod: not loaded"};
    if (command.argv[0] != "ip" || command.argv[1] != "netns") return {};
    const std::string netns = command.argv[3];
    if (command.argv[2] == "add") {
        sys.files["/run/netns/" + netns] = "";
        sys.files[netns + ":/proc/sys/net/ipv4/ip_forward"] = "0\n";
        return {};
    }
    if (!sys.files.erase("/run/netns/" + netns)) return {1, "", "Cannot remove namespace file"};
    sys.files.erase(netns + ":/proc/sys/net/ipv4/ip_forward");
    return {};
}

void fill(FakeSys& sys) {
    sys.on_run = run_model;
    sys.files[kBudget] = "300\n";
    sys.files[kMax] = "4096\n";
}

/// What a session does to a machine, in small.
void change_much(FakeSys& sys, Journal& journal) {
    journal.record({.what = "namespace rxlab-dut",
                    .argv = {"ip", "netns", "del", "rxlab-dut"},
                    .done_if_absent = "/run/netns/rxlab-dut"});
    run_or_throw(sys, {"ip", "netns", "add", "rxlab-dut"});
    journal.write_file("forwarding", "/proc/sys/net/ipv4/ip_forward", "1", "rxlab-dut");
    journal.record(
        {.what = "module pad", .argv = {"rmmod", "pad"}, .done_if_absent = "/sys/module/pad"});
    run_or_throw(sys, {"insmod", "pad.ko"});
    journal.set_knob("sysctl:net.core.netdev_budget", "16");
    journal.write_file("somaxconn", kMax, "5");
    journal.set_knob("sysctl:net.core.netdev_budget", "32");
}

int changes_of_a_session() {
    FakeSys sys;
    fill(sys);
    Journal journal(sys, "");
    change_much(sys, journal);
    return sys.changes;
}

TEST_F(JournalTest, killed_before_any_change_a_later_process_restores_everything) {
    const int all = changes_of_a_session();
    ASSERT_EQ(all, 6);
    for (int n = 0; n <= all; n++) {
        FakeSys sys;
        fill(sys);
        const auto before = sys.files;
        sys.fail_at = n;
        sys.failure = FakeSys::Failure::killed;
        try {
            Journal journal(sys, directory);
            change_much(sys, journal);
        } catch (const Killed&) {
        }
        sys.fail_at = -1;
        EXPECT_THAT(Journal(sys, directory).restore(), IsEmpty()) << "killed at change " << n;
        EXPECT_EQ(sys.files, before) << "killed at change " << n;
        EXPECT_THAT(Journal(sys, directory).pending(), IsEmpty());
    }
}

TEST_F(JournalTest, restoring_killed_at_any_change_is_taken_up_again) {
    for (int n = 0; n < 8; n++) {
        FakeSys sys;
        fill(sys);
        const auto before = sys.files;
        {
            Journal journal(sys, directory);
            change_much(sys, journal);
        }
        sys.fail_at = sys.changes + n;
        sys.failure = FakeSys::Failure::killed;
        try {
            Journal(sys, directory).restore();
        } catch (const Killed&) {
        }
        sys.fail_at = -1;
        EXPECT_THAT(Journal(sys, directory).restore(), IsEmpty());
        EXPECT_EQ(sys.files, before) << "restore killed at change " << n;
    }
}

TEST_F(JournalTest, cut_at_any_byte_only_whole_lines_count) {
    FakeSys sys;
    fill(sys);
    {
        Journal journal(sys, directory);
        change_much(sys, journal);
    }
    const std::string whole = text();
    for (size_t length = 0; length < whole.size(); length++) {
        set_text(whole.substr(0, length));
        Journal journal(sys, directory);
        const long lines = std::count(whole.begin(), whole.begin() + length, '\n');
        EXPECT_EQ(journal.pending().size(), std::max(0L, lines - 1));
        EXPECT_EQ(journal.notes().size(), length > 0 && whole[length - 1] != '\n' ? 1 : 0)
            << length;
    }
}

TEST_F(JournalTest, a_torn_line_is_gone_before_the_next_is_written) {
    FakeSys sys;
    fill(sys);
    {
        Journal journal(sys, directory);
        journal.set_knob("sysctl:net.core.netdev_budget", "16");
    }
    set_text(text() + R"({"what":"half a li)");
    {
        Journal journal(sys, directory);
        journal.write_file("somaxconn", kMax, "5");
    }
    const Journal journal(sys, directory);
    EXPECT_EQ(journal.pending().size(), 2u);
    EXPECT_THAT(journal.notes(), IsEmpty());
}

TEST_F(JournalTest, the_entry_is_on_disk_before_the_change) {
    FakeSys sys;
    fill(sys);
    std::string at_the_change;
    sys.on_write = [&](FakeSys& fake, const std::string& path, const std::string& value) {
        at_the_change = text();
        fake.files[path] = value + "\n";
    };
    Journal journal(sys, directory);
    journal.set_knob("sysctl:net.core.netdev_budget", "16");
    EXPECT_THAT(at_the_change, HasSubstr(R"("knob":"sysctl:net.core.netdev_budget")"));
    EXPECT_THAT(at_the_change, HasSubstr(R"("value":"300")"));
}

TEST_F(JournalTest, a_value_someone_else_changed_is_restored_and_told) {
    FakeSys sys;
    fill(sys);
    Journal journal(sys, directory);
    journal.write_file("sysctl somaxconn", kMax, "5");
    sys.files[kMax] = "77\n";
    EXPECT_THAT(journal.restore(), IsEmpty());
    EXPECT_EQ(sys.files[kMax], "4096\n");
    EXPECT_THAT(
        journal.notes(),
        ElementsAre(
            "sysctl somaxconn: someone else changed it to '77' meanwhile; it is '4096' again"));
}

TEST_F(JournalTest, goes_on_after_a_failure_and_keeps_what_is_not_undone) {
    FakeSys sys;
    fill(sys);
    Journal journal(sys, directory);
    journal.write_file("somaxconn", kMax, "5");
    journal.set_knob("sysctl:net.core.netdev_budget", "16");
    sys.fail_at = sys.changes;
    EXPECT_THAT(journal.restore(),
                ElementsAre(HasSubstr("sysctl:net.core.netdev_budget: failed on purpose")));
    EXPECT_EQ(sys.files[kMax], "4096\n");
    EXPECT_EQ(journal.pending().size(), 1u);
    EXPECT_THAT(journal.restore(), IsEmpty());
    EXPECT_EQ(sys.files[kBudget], "300\n");
}

TEST_F(JournalTest, a_value_that_does_not_stick_is_an_error) {
    FakeSys sys;
    fill(sys);
    sys.frozen[kBudget] = "300\n";
    Journal journal(sys, directory);
    try {
        journal.set_knob("sysctl:net.core.netdev_budget", "16");
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "sysctl:net.core.netdev_budget: wrote '16', reads '300'");
    }
}

TEST_F(JournalTest, a_value_that_is_there_already_is_no_change) {
    FakeSys sys;
    fill(sys);
    Journal journal(sys, directory);
    journal.set_knob("sysctl:net.core.netdev_budget", "300");
    EXPECT_THAT(journal.pending(), IsEmpty());
    EXPECT_THAT(sys.log, IsEmpty());
}

TEST_F(JournalTest, only_one_process_at_a_time_changes_the_machine) {
    FakeSys sys;
    fill(sys);
    Journal first(sys, directory);
    first.write_file("somaxconn", kMax, "5");
    Journal second(sys, directory);  // reading what is pending is allowed
    EXPECT_EQ(second.pending().size(), 1u);
    try {
        second.write_file("budget", kBudget, "16");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.what(),
                  fmt::format("another rxlab run (process {}) is using this machine", ::getpid()));
        EXPECT_EQ(error.status(), Status::usage);
    }
    EXPECT_EQ(sys.files[kBudget], "300\n");
}

TEST_F(JournalTest, after_a_reboot_there_is_nothing_to_undo) {
    FakeSys sys;
    fill(sys);
    sys.files["/proc/sys/kernel/random/boot_id"] = "one\n";
    {
        Journal journal(sys, directory);
        journal.write_file("somaxconn", kMax, "5");
    }
    sys.files["/proc/sys/kernel/random/boot_id"] = "two\n";
    sys.files[kMax] = "128\n";
    Journal journal(sys, directory);
    EXPECT_THAT(journal.notes(),
                ElementsAre("the machine was started anew since: 1 changes went with it"));
    EXPECT_THAT(journal.restore(), IsEmpty());
    EXPECT_EQ(sys.files[kMax], "128\n");
}

TEST_F(JournalTest, a_folder_that_cannot_be_written_stops_the_change) {
    FakeSys sys;
    fill(sys);
    Journal journal(sys, "/proc/rxlab-no-such-folder");
    EXPECT_THROW(journal.write_file("somaxconn", kMax, "5"), Error);
    EXPECT_THAT(sys.log, IsEmpty());
}

}  // namespace
}  // namespace rxlab
