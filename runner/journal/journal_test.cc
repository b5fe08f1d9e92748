// SPDX-License-Identifier: GPL-2.0
#include "journal/journal.h"

#include "base/error.h"
#include "base/test_folder.h"
#include "knobs/knobs.h"
#include "sys/fake_sys.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <csignal>
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
    std::string file() const { return directory + "/journal.jsonl"; }
    std::string text() const {
        std::ostringstream out;
        out << std::ifstream(file()).rdbuf();
        return out.str();
    }
    void set_text(const std::string& text) const { std::ofstream(file(), std::ios::trunc) << text; }

    const TestFolder folder;
    const std::string directory = folder.path();
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
    for (size_t length = 1; length < whole.size(); length++) {
        set_text(whole.substr(0, length));
        Journal journal(sys, directory);
        const long lines = std::count(whole.begin(), whole.begin() + length + 1, '\n');
        EXPECT_EQ(journal.pending().size(), std::max(0L, lines - 1)) << length;
        const bool ends = whole[length - 1] == '\n' || whole[length] == '\n';
        EXPECT_EQ(journal.notes().size(), ends ? 0 : 1) << length;
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

TEST_F(JournalTest, the_namespace_of_what_is_not_undone_stays_with_it) {
    FakeSys sys;
    fill(sys);
    Journal journal(sys, directory);
    change_much(sys, journal);
    sys.frozen["rxlab-dut:/proc/sys/net/ipv4/ip_forward"] = "1\n";
    EXPECT_THAT(journal.restore(), ElementsAre(HasSubstr("forwarding: wrote '0")));
    EXPECT_THAT(journal.notes(),
                ElementsAre("namespace rxlab-dut: waits until this is undone: forwarding"));
    EXPECT_TRUE(sys.exists("/run/netns/rxlab-dut"));
    EXPECT_EQ(sys.files[kBudget], "300\n");
    sys.frozen.clear();
    EXPECT_THAT(journal.restore(), IsEmpty());
    EXPECT_FALSE(sys.exists("/run/netns/rxlab-dut"));
}

TEST_F(JournalTest, a_value_that_its_kind_refuses_is_neither_recorded_nor_written) {
    FakeSys sys;
    sys.files["/sys/devices/system/cpu/online"] = "0-1\n";
    sys.files["/proc/irq/24/smp_affinity_list"] = "0-1\n";
    Journal journal(sys, directory);
    EXPECT_THROW(journal.set_knob("irq_affinity:24", "7"), Error);
    EXPECT_THAT(journal.pending(), IsEmpty());
    EXPECT_THAT(sys.log, IsEmpty());
    journal.set_knob("irq_affinity:24", "1");
    EXPECT_EQ(sys.files["/proc/irq/24/smp_affinity_list"], "1\n");
    EXPECT_THAT(journal.restore(), IsEmpty());
    EXPECT_EQ(sys.files["/proc/irq/24/smp_affinity_list"], "0-1\n");
}

/// A machine whose kernel forgets a request when the file is closed that it was written to.
struct Requests : FakeSys {
    Requests() {
        on_write = [this](FakeSys&, const std::string&, const std::string& value) {
            show(std::stoi(value, nullptr, 16));
        };
        on_close = [this](FakeSys&, const std::string&) { show(2'000'000'000); };
        show(2'000'000'000);
    }
    void show(int us) {
        files["/dev/cpu_dma_latency"] = std::string(reinterpret_cast<const char*>(&us), sizeof us);
    }
};

TEST_F(JournalTest, a_knob_that_is_held_is_let_go_by_restoring_and_by_a_kill) {
    Requests sys;
    const auto before = sys.files;
    for (const bool killed : {false, true}) {
        Journal journal(sys, directory);
        journal.set_knob("pm_qos:cpu_dma_latency", "20");
        EXPECT_NE(sys.files, before);
        if (killed) sys.show(2'000'000'000);  // its descriptors are closed with the process
        EXPECT_EQ(journal.pending().size(), 1u);
        EXPECT_THAT(journal.restore(), IsEmpty());
        EXPECT_EQ(sys.files, before);
    }
    find_knob("pm_qos:cpu_dma_latency").kind.write(sys, "cpu_dma_latency", "2000000000");
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

TEST_F(JournalTest, whichever_bit_is_flipped_nothing_is_lost_in_silence) {
    FakeSys sys;
    fill(sys);
    {
        Journal journal(sys, directory);
        journal.write_file("somaxconn", kMax, "5");
        journal.set_knob("sysctl:net.core.netdev_budget", "16");
    }
    const auto changed = sys.files;
    const std::string whole = text();
    for (size_t bit = 0; bit < 8 * whole.size(); bit += 7) {  // page_test.cc flips all
        std::string flipped = whole;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
        set_text(flipped);
        sys.files = changed;
        Journal journal(sys, directory);
        EXPECT_THAT(journal.restore(), ::testing::Not(IsEmpty())) << "bit " << bit;
        for (const std::string& damage : Journal(sys, directory).damage())
            EXPECT_THAT(damage, HasSubstr("line")) << "bit " << bit;
        EXPECT_THAT(Journal(sys, directory).damage(), ::testing::Not(IsEmpty())) << "bit " << bit;
        EXPECT_THROW(journal.record({.what = "another"}), Error);
    }
}

TEST_F(JournalTest, one_that_another_user_could_have_written_is_not_obeyed) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to give files away";
    FakeSys sys;
    fill(sys);
    {
        Journal journal(sys, directory);
        journal.write_file("somaxconn", kMax, "5");
    }
    const auto refused = [&] {
        try {
            Journal(sys, directory);
            return std::string("taken");
        } catch (const Error& error) {
            EXPECT_EQ(error.status(), Status::usage);
            return std::string(error.what());
        }
    };
    ASSERT_EQ(::chown(file().c_str(), 65534, 65534), 0);
    EXPECT_THAT(refused(), HasSubstr("journal.jsonl: belongs to user 65534, not to user 0"));
    ASSERT_EQ(::chown(file().c_str(), 0, 0), 0);
    ASSERT_EQ(::chmod(file().c_str(), 0620), 0);
    EXPECT_THAT(refused(), HasSubstr("users besides its owner may write it (mode 620)"));
    ASSERT_EQ(::chmod(file().c_str(), 0600), 0);
    ASSERT_EQ(::chmod(directory.c_str(), 0777), 0);
    EXPECT_THAT(refused(), HasSubstr("users besides its owner may write it (mode 777)"));
    ASSERT_EQ(::chmod(directory.c_str(), 0700), 0);
    fs::rename(file(), directory + "/elsewhere");
    fs::create_symlink(directory + "/elsewhere", file());
    EXPECT_THAT(refused(), ::testing::Not("taken"));
    EXPECT_EQ(sys.files[kMax], "5\n");
}

TEST_F(JournalTest, nothing_is_changed_where_the_journal_would_not_be_obeyed_afterwards) {
    FakeSys sys;
    fill(sys);
    const auto before = sys.files;
    ASSERT_EQ(::chmod(directory.c_str(), 0777), 0);
    Journal journal(sys, directory);
    EXPECT_THROW(journal.write_file("somaxconn", kMax, "5"), Error);
    EXPECT_EQ(sys.files, before);
    EXPECT_TRUE(fs::is_empty(directory));
}

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

TEST_F(JournalTest, restoring_needs_no_space_on_disk) {
    FakeSys sys;
    fill(sys);
    const auto before = sys.files;
    {
        Journal journal(sys, directory);
        change_much(sys, journal);
    }
    {
        const FullAt full(0);
        EXPECT_THAT(Journal(sys, directory).restore(), IsEmpty());
    }
    EXPECT_EQ(sys.files, before);
    EXPECT_THAT(Journal(sys, directory).pending(), IsEmpty());
}

TEST_F(JournalTest, the_lock_is_nobody_else_s_to_open) {
    FakeSys sys;
    fill(sys);
    fs::permissions(directory, fs::perms(0755));
    std::ofstream(directory + "/lock").close();  // as earlier versions left it
    fs::permissions(directory + "/lock", fs::perms(0644));
    Journal journal(sys, directory);
    journal.write_file("somaxconn", kMax, "5");
    EXPECT_EQ(fs::status(directory + "/lock").permissions(), fs::perms(0600));
    EXPECT_EQ(fs::status(file()).permissions(), fs::perms(0600));
}

TEST_F(JournalTest, what_someone_else_made_under_our_name_stays) {
    FakeSys sys;
    fill(sys);
    sys.files["/sys/class/net/x/address"] = "02:00:00:00:00:99\n";
    Journal journal(sys, directory);
    journal.record({.what = "interface x",
                    .argv = {"ip", "link", "del", "x"},
                    .done_if_absent = "/sys/class/net/x",
                    .ours_path = "/sys/class/net/x/address",
                    .ours_value = "02:00:00:00:00:01"});
    EXPECT_THAT(journal.restore(), IsEmpty());
    EXPECT_THAT(sys.log, IsEmpty());
    EXPECT_THAT(journal.notes(), ElementsAre(HasSubstr("someone else's")));
}

TEST_F(JournalTest, a_setting_that_went_with_the_other_end_s_namespace_is_no_failure) {
    FakeSys sys;
    fill(sys);
    {
        Journal journal(sys, directory);
        change_much(sys, journal);
    }
    sys.files.erase("rxlab-dut:/proc/sys/net/ipv4/ip_forward");  // killed while it was undoing
    Journal journal(sys, directory);
    EXPECT_THAT(journal.restore(), IsEmpty());
    EXPECT_THAT(journal.notes(), ElementsAre(HasSubstr("it goes with its namespace")));
    EXPECT_FALSE(sys.exists("/run/netns/rxlab-dut"));
}

TEST_F(JournalTest, with_its_interface_a_change_is_gone) {
    FakeSys sys;
    fill(sys);
    const auto undo = [](const char* interface) {
        return Undo{.what = interface,
                    .argv = {"tc", "qdisc", "del", "dev", interface, "clsact"},
                    .interface = interface};
    };
    sys.files["/sys/class/net/here/address"] = "";
    Journal journal(sys, directory);
    journal.record(undo("here"));
    journal.record(undo("gone"));
    EXPECT_THAT(journal.restore(), IsEmpty());
    EXPECT_THAT(sys.log, ElementsAre(HasSubstr("tc qdisc del dev here clsact")));
}

TEST_F(JournalTest, what_is_handed_over_is_the_other_s_to_undo) {
    FakeSys sys;
    sys.files[kBudget] = "300\n";
    const std::string kept_in = directory + "/kept";
    {
        Journal journal(sys, directory);
        Journal kept(sys, kept_in);
        journal.set_knob("sysctl:net.core.netdev_budget", "600");
        journal.hand_over(kept);
        EXPECT_THAT(journal.restore(), IsEmpty());
        EXPECT_EQ(sys.files[kBudget], "600\n");
    }
    EXPECT_THAT(Journal(sys, directory).pending(), IsEmpty());
    Journal kept(sys, kept_in);
    EXPECT_EQ(kept.pending().size(), 1u);
    EXPECT_THAT(kept.restore(), IsEmpty());
    EXPECT_EQ(sys.files[kBudget], "300\n");
}

TEST_F(JournalTest, an_order_is_written_and_not_read_back) {
    FakeSys sys;
    fill(sys);
    const char thread[] = "/proc/thread-self/net/pktgen/kpktgend_0";
    sys.files[thread] = "Running: \nStopped: eth0@0\n";
    Journal journal(sys, directory);
    journal.record({.what = "pktgen",
                    .path = thread,
                    .value = "rem_device_all\n",
                    .done_if_absent = thread,
                    .order = true});
    EXPECT_THAT(journal.restore(), IsEmpty());
    EXPECT_THAT(sys.log, ElementsAre(HasSubstr("rem_device_all")));
}

}  // namespace
}  // namespace rxlab
