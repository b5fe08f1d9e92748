// SPDX-License-Identifier: GPL-2.0
#include "target/qemu.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "target/files.h"

namespace rxlab {
namespace {

const Attachments kAttachments{"state", "payload", "plan", "files", "results", "console"};

Machine machine() {
    Machine machine;
    machine.cpu = "Haswell-noTSX";
    machine.seed = 7;
    machine.vmlinuz = "vmlinuz";
    machine.image = "image";
    machine.clock = "guest_clock.so";
    machine.cmdline = "console=ttyS0";
    return machine;
}

std::string line(const Machine& machine, const Attachments& attachments) {
    return fmt::format("{}", fmt::join(qemu_argv(machine, attachments), " "));
}

TEST(Qemu, the_counted_machine_is_as_measured) {
    EXPECT_EQ(line(machine(), kAttachments),
              "qemu-system-x86_64 -M pc,memory-backend=ram -object "
              "memory-backend-file,id=ram,size=384M,mem-path=state,share=off -accel tcg -icount "
              "shift=1,sleep=off -plugin guest_clock.so -cpu Haswell-noTSX -smp 1 -m 384 "
              "-rtc base=2024-01-01T00:00:00,clock=vm -seed 7 -display none -nodefaults "
              "-no-user-config -no-reboot "
              "-kernel vmlinuz -initrd image -append console=ttyS0 "
              "-device pvpanic,ioport=1285 -device virtio-serial-pci,ioeventfd=off -chardev "
              "file,id=results,path=results "
              "-device virtserialport,chardev=results,name=rxlab -chardev "
              "file,id=console,path=console -serial chardev:console "
              "-fw_cfg name=opt/rxlab/payload,file=payload -fw_cfg name=opt/rxlab/plan,file=plan "
              "-fw_cfg name=opt/rxlab/files,file=files");
}

TEST(Qemu, the_iommu_comes_before_what_it_translates_for) {
    Machine iommu = machine();
    iommu.board = "q35";
    iommu.devices = {"e1000", "intel-iommu"};
    EXPECT_NE(line(iommu, kAttachments).find("-M q35,memory-backend=ram"), std::string::npos);
    EXPECT_NE(line(iommu, kAttachments)
                  .find("-device intel-iommu,intremap=off -device e1000,addr=0x10,romfile= -cpu"),
              std::string::npos);
    iommu.board = "pc";
    EXPECT_THROW(line(iommu, kAttachments), Error);
    iommu.devices = {"no-such"};
    EXPECT_THROW(line(iommu, kAttachments), Error);
}

TEST(Qemu, other_lanes_have_no_icount) {
    Machine fast = machine();
    fast.icount = false;
    fast.smp = 2;
    fast.accel = "kvm";
    const std::string argv = line(fast, kAttachments);
    EXPECT_NE(argv.find("-accel kvm -cpu Haswell-noTSX -smp 2"), std::string::npos) << argv;
    EXPECT_EQ(argv.find("icount"), std::string::npos);
}

TEST(Qemu, what_an_experiment_appends_comes_last_and_wins) {
    EXPECT_EQ(guest_cmdline("mitigations=auto"), guest_cmdline() + " mitigations=auto");
}

TEST(Qemu, a_comma_in_a_path_stays_in_the_path) {
    Attachments attachments = kAttachments;
    attachments.state = "/a,b/state";
    EXPECT_NE(line(machine(), attachments).find("mem-path=/a,,b/state,share=off"),
              std::string::npos);
}

TEST(Qemu, an_interactive_console_is_this_terminal) {
    Attachments attachments = kAttachments;
    attachments.console = "-";
    EXPECT_NE(line(machine(), attachments).find("-chardev stdio,id=console,signal=off"),
              std::string::npos);
}

TEST(Qemu, only_vcpus_side_by_side_under_tcg_race_with_patched_code) {
    const std::string dead = "[    2.914546] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI\r\n",
                      older = "[    1.4] int3: 0000 [#1] PREEMPT SMP NOPTI\r\n";
    Machine machine;
    machine.accel = "tcg";
    machine.smp = 2;
    EXPECT_TRUE(hit_patch_race(machine, dead));
    EXPECT_TRUE(hit_patch_race(machine, older));
    EXPECT_FALSE(
        hit_patch_race(machine, "[    1.4] Oops: general protection fault: 0000 [#1] PREEMPT SMP"));
    machine.smp = 1;
    EXPECT_FALSE(hit_patch_race(machine, dead));
    machine.smp = 2;
    machine.accel = "kvm";
    EXPECT_FALSE(hit_patch_race(machine, dead));
}

TEST(Qemu, what_it_always_says_is_not_worth_telling) {
    EXPECT_EQ(worth_telling("qemu: warning: TCG doesn't support requested feature: "
                            "CPUID.01H:ECX.pcid [bit 17]\nqemu: no such disk\n"
                            "qemu: warning: hub 0 is not connected to host network\n"),
              "qemu: no such disk\n");
}

TEST(Qemu, one_that_is_killed_before_it_answers_is_lost_at_once) {
    const WorkFolder work;
    write_whole(work.path("qemu-system-x86_64"), "#!/bin/sh\nsleep 0.2\nkill -9 $$\n");
    std::filesystem::permissions(work.path("qemu-system-x86_64"),
                                 std::filesystem::perms::owner_all);
    const std::string path = std::getenv("PATH");
    ::setenv("PATH",
             (std::filesystem::path(work.path("")).parent_path().string() + ":" + path).c_str(), 1);
    const auto start = std::chrono::steady_clock::now();
    try {
        MonitoredQemu(machine(), {work.path("state")}, Start::restore, work.path("stderr"));
        ADD_FAILURE() << "nothing thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::lost);
        EXPECT_NE(std::string(error.what()).find("killed by signal 9"), std::string::npos)
            << error.what();
    }
    ::setenv("PATH", path.c_str(), 1);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30))
        << "an answer is waited for for a minute";
}

}  // namespace
}  // namespace rxlab
