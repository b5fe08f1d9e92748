// SPDX-License-Identifier: GPL-2.0
#include "knobs/knobs.h"

#include "base/error.h"
#include "sys/fake_sys.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

std::string read(Sys& sys, const std::string& name) {
    const Knob knob = find_knob(name);
    return knob.kind.read(sys, knob.object);
}

void write(Sys& sys, const std::string& name, const std::string& value) {
    const Knob knob = find_knob(name);
    knob.kind.write(sys, knob.object, value);
}

std::string refusal(const std::string& name) {
    try {
        find_knob(name);
        return "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        return error.what();
    }
}

TEST(Knobs, a_misspelt_kind_gets_the_nearest) {
    try {
        find_knob("sysclt:net.core.netdev_budget");
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "knob 'sysclt:net.core.netdev_budget': no kind 'sysclt'");
        EXPECT_EQ(error.next(), "did you mean 'sysctl'?");
    }
}

TEST(Knobs, nothing_leaves_its_folder_and_nothing_odd_passes) {
    EXPECT_EQ(refusal("sysctl:net/../../../etc/passwd"),
              "knob sysctl:net/../../../etc/passwd: '..' is not allowed");
    EXPECT_EQ(refusal("sysfs:/etc/passwd"), "knob sysfs:/etc/passwd: expected a path below /sys/");
    EXPECT_EQ(refusal("sysfs:/sys/../etc/passwd"),
              "knob sysfs:/sys/../etc/passwd: '..' is not allowed");
    EXPECT_EQ(refusal("sysctl:a;b"), "knob sysctl:a;b: character ';' is not allowed");
    EXPECT_EQ(refusal("sysctl:"), "knob sysctl:: names nothing");
    EXPECT_EQ(refusal("irq_affinity:../1"),
              "knob irq_affinity:../1: expected an interrupt's number");
    EXPECT_EQ(refusal("rps:rxdut0/../rx-0"), "knob rps:rxdut0/../rx-0: '..' is not allowed");
    EXPECT_EQ(refusal("rps:rxdut0/tx-0"), "knob rps:rxdut0/tx-0: expected INTERFACE/rx-N");
    EXPECT_EQ(refusal("irq:eth0/rx-0"), "knob irq:eth0/rx-0: character '/' is not allowed");
    EXPECT_EQ(refusal("irq:.."), "knob irq:..: '..' is not allowed");
    EXPECT_EQ(refusal("ethtool:eth0/offload/gro"),
              "knob ethtool:eth0/offload/gro: expected "
              "INTERFACE/coalesce|ring|channel|feature/SETTING");
    EXPECT_EQ(refusal("ethtool:eth0/ring/xr"), "knob ethtool:eth0/ring/xr: no ring setting 'xr'");
    EXPECT_EQ(refusal("ethtool:-s/ring/rx"), "knob ethtool:-s/ring/rx: no interface's name");
    EXPECT_EQ(refusal("ethtool:./ring/rx"), "knob ethtool:./ring/rx: no interface's name");
    EXPECT_EQ(refusal("ethtool:a1234567890123456/ring/rx"),
              "knob ethtool:a1234567890123456/ring/rx: no interface's name");
    EXPECT_EQ(refusal("rps:./rx-0"), "knob rps:./rx-0: expected INTERFACE/rx-N");
    EXPECT_EQ(refusal("sysctl:@other:net.core.x"),
              "knob sysctl:@other:net.core.x: namespace must be @dut or @gen");
    EXPECT_EQ(refusal("sysctl:@dut"), "knob object '@dut': expected '@NAMESPACE:OBJECT'");
    EXPECT_EQ(refusal("budget"), "knob 'budget': expected KIND:OBJECT");
}

TEST(Sysctl, dots_are_folders_and_values_are_trimmed) {
    FakeSys sys;
    sys.files["/proc/sys/net/ipv4/tcp_rmem"] = "4096\t131072\t6291456\n";
    EXPECT_EQ(read(sys, "sysctl:net.ipv4.tcp_rmem"), "4096 131072 6291456");
    write(sys, "sysctl:net.ipv4.tcp_rmem", "1 2 3");
    EXPECT_EQ(sys.files["/proc/sys/net/ipv4/tcp_rmem"], "1 2 3\n");
}

TEST(Sysctl, a_namespace_s_own_value_is_meant_by_its_prefix) {
    FakeSys sys;
    sys.files["/run/netns/rxlab-dut"] = "";
    sys.files["/proc/sys/net/ipv4/ip_forward"] = "0\n";
    sys.files["rxlab-dut:/proc/sys/net/ipv4/ip_forward"] = "1\n";
    EXPECT_EQ(read(sys, "sysctl:@dut:net.ipv4.ip_forward"), "1");
    write(sys, "sysctl:@dut:net.ipv4.ip_forward", "0");
    EXPECT_EQ(sys.files["rxlab-dut:/proc/sys/net/ipv4/ip_forward"], "0\n");
}

TEST(Sysfs, of_choices_the_one_in_brackets_is_the_value) {
    FakeSys sys;
    sys.files["/sys/kernel/mm/transparent_hugepage/enabled"] = "always [madvise] never\n";
    EXPECT_EQ(read(sys, "sysfs:/sys/kernel/mm/transparent_hugepage/enabled"), "madvise");
}

TEST(Rps, masks_are_read_without_padding) {
    FakeSys sys;
    sys.files["/sys/class/net/eth0/queues/rx-0/rps_cpus"] = "00000000,0000000A\n";
    EXPECT_EQ(read(sys, "rps:eth0/rx-0"), "a");
    sys.files["/sys/class/net/eth0/queues/rx-0/rps_cpus"] = "00\n";
    EXPECT_EQ(read(sys, "rps:eth0/rx-0"), "0");
}

std::string stat_line(const std::string& name, unsigned long flags, int priority, int policy) {
    std::string line = "14 (" + name + ") S 2 0 0 0 -1 " + std::to_string(flags);
    for (int field = 10; field < 40; field++) line += " 0";
    return line + " " + std::to_string(priority) + " " + std::to_string(policy) + " 0 0 0\n";
}

TEST(Sched, finds_the_kernel_thread_and_tells_its_policy) {
    FakeSys sys;
    sys.files["/proc/13/comm"] = "ksoftirqd/0\n";  // an impostor in user space
    sys.files["/proc/13/stat"] = stat_line("ksoftirqd/0", 0x400000, 9, 1);
    sys.files["/proc/14/comm"] = "ksoftirqd/0\n";
    sys.files["/proc/14/stat"] = stat_line("ksoftirqd/0", 0x200040, 50, 1);
    EXPECT_EQ(read(sys, "sched:ksoftirqd/0"), "fifo:50");
    write(sys, "sched:ksoftirqd/0", "other");
    EXPECT_EQ(sys.log, std::vector<std::string>{"run - chrt -o -p 0 14"});
    for (const char* wrong : {"turbo", "fifo", "other:1"})
        EXPECT_THROW(check_knob(sys, find_knob("sched:ksoftirqd/0"), wrong), Error) << wrong;
    EXPECT_THROW(read(sys, "sched:ksoftirqd/9"), Error);
}

TEST(Sched, means_all_threads_whose_names_begin_so) {
    FakeSys sys;
    for (const char* number : {"14", "15"}) {
        const std::string folder = std::string("/proc/") + number,
                          name = std::string("napi/eth1-81") + number;
        sys.files[folder + "/comm"] = name + "\n";
        sys.files[folder + "/stat"] = stat_line(name, 0x200040, 50, 1);
    }
    EXPECT_EQ(read(sys, "sched:napi/eth1-*"), "fifo:50");
    write(sys, "sched:napi/eth1-*", "rr:2");
    EXPECT_EQ(sys.log,
              (std::vector<std::string>{"run - chrt -r -p 2 14", "run - chrt -r -p 2 15"}));
    sys.files["/proc/15/stat"] = stat_line("napi/eth1-8115", 0x200040, 20, 0);
    EXPECT_THROW(read(sys, "sched:napi/eth1-*"), Error) << "one value could not bring them back";
}

TEST(SchedAffinity, moves_a_kernel_thread_that_is_not_bound) {
    FakeSys sys;
    sys.files["/sys/devices/system/cpu/online"] = "0-1\n";
    sys.files["/proc/14/comm"] = "irq/24-eth0\n";
    sys.files["/proc/14/stat"] = stat_line("irq/24-eth0", 0x200040, 50, 1);
    sys.files["/proc/14/status"] = "Name:\tx\nCpus_allowed:\t3\nCpus_allowed_list:\t0-1\n";
    sys.files["/proc/15/comm"] = "ksoftirqd/0\n";
    sys.files["/proc/15/stat"] = stat_line("ksoftirqd/0", 0x4200040, 20, 0);
    EXPECT_EQ(read(sys, "sched_affinity:irq/24-eth0"), "0-1");
    write(sys, "sched_affinity:irq/24-eth0", "1");
    EXPECT_EQ(sys.log, std::vector<std::string>{"run - taskset -pc 1 14"});
    EXPECT_NO_THROW(check_knob(sys, find_knob("sched_affinity:irq/24-eth0"), "1"));
    EXPECT_THROW(check_knob(sys, find_knob("sched_affinity:irq/24-eth0"), "7"), Error);
    EXPECT_THROW(check_knob(sys, find_knob("sched_affinity:ksoftirqd/0"), "1"), Error);
    EXPECT_NO_THROW(check_knob(sys, find_knob("sched_affinity:napi/eth1-*"), "1"))
        << "nothing is known of what is not there yet";
    EXPECT_EQ(refusal("sched_affinity:@dut:napi/x"),
              "knob sched_affinity:@dut:napi/x: kernel threads belong to no namespace");
}

TEST(Service, is_active_or_not_and_of_this_machine) {
    FakeSys sys;
    sys.on_run = [](FakeSys&, const FakeSys::Command& command) {
        const bool known = command.argv.back() == "irqbalance.service";
        return CommandResult{0, known ? "loaded\nactive\n" : "not-found\ninactive\n", ""};
    };
    EXPECT_EQ(read(sys, "service:irqbalance"), "active");
    EXPECT_THROW(read(sys, "service:nobody"), Error);
    EXPECT_THROW(check_knob(sys, find_knob("service:irqbalance"), "off"), Error);
    write(sys, "service:irqbalance", "inactive");
    EXPECT_EQ(sys.log.back(), "run - systemctl stop irqbalance.service");
    EXPECT_EQ(refusal("service:-a"), "knob service:-a: no service's name");
    EXPECT_EQ(refusal("service:a/b"), "knob service:a/b: character '/' is not allowed");
}

TEST(Sides, an_interface_is_called_by_its_side) {
    const Side apart{"dut", "eth1", true}, here{"dut", "eth1", false};
    EXPECT_EQ(name_for("ethtool:@dut:@dut/ring/rx", apart), "ethtool:@dut:eth1/ring/rx");
    EXPECT_EQ(name_for("ethtool:@dut:@dut/ring/rx", here), "ethtool:eth1/ring/rx");
    EXPECT_EQ(name_for("irq:@dut:@dut-rx-0", apart), "irq:@dut:eth1-rx-0");
    EXPECT_EQ(name_for("sysfs:@dut:/sys/class/net/@dut/threaded", apart),
              "sysfs:@dut:/sys/class/net/eth1/threaded");
    EXPECT_EQ(name_for("sysctl:@dut:net.core.x", apart), "sysctl:@dut:net.core.x");
    EXPECT_EQ(name_for("sysctl:net.core.x", here), "sysctl:net.core.x");
    EXPECT_EQ(side_of("rps:@gen:@gen/rx-0"), "gen");
    EXPECT_EQ(side_of("sysctl:net.core.x"), "");
    for (const char* name :
         {"ethtool:@dut:@dut/ring/rx", "irq:@dut:@dut-rx-0", "rps:@dut:@dut/rx-0",
          "sysctl:@dut:net/ipv4/conf/@dut/rp_filter", "sysfs:@dut:/sys/class/net/@dut/threaded"})
        EXPECT_EQ(refusal(name), "accepted") << name;
}

TEST(Order, what_makes_a_thread_is_set_before_the_thread) {
    std::vector<std::pair<std::string, std::string>> knobs{
        {"sched:napi/eth1-*", "fifo:1"},
        {"irq:eth1-rx-0", "1"},
        {"ethtool:eth1/channel/rx", "2"},
        {"sysfs:/sys/class/net/eth1/threaded", "1"}};
    sort_knobs(knobs);
    std::string order;
    for (const auto& [name, value] : knobs) order += name.substr(0, name.find(':')) + " ";
    EXPECT_EQ(order, "ethtool sysfs irq sched ");
}

TEST(Values, are_the_same_where_only_a_list_of_cpus_is_written_otherwise) {
    EXPECT_TRUE(same_value("0,1", "0-1"));
    EXPECT_FALSE(same_value("0,1", "0-2"));
    EXPECT_FALSE(same_value("fifo:1", "fifo:2"));
}

TEST(Reach, what_belongs_to_the_receive_path_may_be_set_on_a_host) {
    for (const char* name :
         {"sysctl:net.core.netdev_budget", "sysctl:@dut:net.ipv4.ip_forward",
          "sysctl:net/ipv4/conf/eth0.7/rp_filter", "sysfs:/sys/class/net/eth0/gro_flush_timeout",
          "sysfs:/sys/kernel/debug/vdma/fault/lost/interval",
          "sysfs:/sys/kernel/mm/transparent_hugepage/enabled", "irq_affinity:24", "irq:eth0-rx-0",
          "rps:@dut:rxdut0/rx-0", "ethtool:eth0/ring/rx", "sched:ksoftirqd/0",
          "sched_affinity:irq/24-eth0", "irq_affinity:default", "service:irqbalance",
          "pm_qos:cpu_dma_latency"})
        EXPECT_NO_THROW(require_within_receive_path(name)) << name;
}

TEST(Reach, what_runs_programs_or_lies_beyond_it_may_not) {
    for (const char* name :
         {"sysctl:kernel.core_pattern", "sysctl:kernel/core_pattern", "sysctl:kernel.modprobe",
          "sysctl:kernel.hotplug", "sysctl:kernel.modules_disabled", "sysctl:vm.panic_on_oom",
          "sysctl:/kernel/core_pattern", "sysctl:/net/core/netdev_budget",
          "sysctl:fs.binfmt_misc.register", "sysctl:network", "sysfs:/sys/kernel/uevent_helper",
          "sysfs:/sys/power/state", "sysfs:/sys/class/net/eth0/device/remove",
          "sysfs:/sys/class/net/eth0/device/driver/unbind",
          "sysfs:/sys/devices/system/cpu/cpu0/driver/unbind", "sysfs:/sys//class/net/eth0/mtu",
          "sysfs:/sys/class/net/br0/lower_eth0/device/remove", "service:sshd"})
        EXPECT_THROW(require_within_receive_path(name), Error) << name;
}

}  // namespace
}  // namespace rxlab
