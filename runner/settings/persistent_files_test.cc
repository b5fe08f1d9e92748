// SPDX-License-Identifier: GPL-2.0
#include "settings/persistent_files.h"

#include "base/error.h"
#include "base/test_folder.h"
#include "base/whole_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cstdlib>

namespace rxlab {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Settings kSettings{"demo",
                         "",
                         {{"ethtool:eth0/coalesce/rx-usecs", "50"},
                          {"ethtool:eth0/feature/rx-gro", "off"},
                          {"irq:eth0-rx-0", "1"},
                          {"rps:eth0/rx-0", "3"},
                          {"sched:ksoftirqd/0", "fifo:10"},
                          {"sysctl:net.core.netdev_budget", "600"},
                          {"sysfs:/sys/class/net/eth0/napi_defer_hard_irqs", "2"}}};
const std::map<std::string, std::string> kBefore{
    {"ethtool:eth0/coalesce/rx-usecs", "3"},
    {"ethtool:eth0/feature/rx-gro", "on"},
    {"irq:eth0-rx-0", "0-1"},
    {"rps:eth0/rx-0", "0"},
    {"sched:ksoftirqd/0", "other"},
    {"sysctl:net.core.netdev_budget", "300"},
    {"sysfs:/sys/class/net/eth0/napi_defer_hard_irqs", "0"}};

std::string text_of(const PersistentFiles& files, const std::string& path) {
    for (const PersistentFile& file : files.files)
        if (file.path == path) return file.text;
    return "no file " + path;
}

TEST(PersistentFiles, a_sysctl_is_a_line_of_sysctl_d) {
    const PersistentFiles files = persistent_files(kSettings, kBefore);
    EXPECT_THAT(text_of(files, "etc/sysctl.d/90-rxlab-demo.conf"),
                HasSubstr("\nnet.core.netdev_budget = 600\n"));
    EXPECT_THAT(files.install, Contains("sysctl -p /etc/sysctl.d/90-rxlab-demo.conf"));
    EXPECT_THAT(files.undo, Contains("sysctl -w 'net.core.netdev_budget=300'"));
}

TEST(PersistentFiles, an_attribute_of_an_interface_is_a_udev_rule_also_after_it_got_its_name) {
    const std::string rules =
        text_of(persistent_files(kSettings, kBefore), "etc/udev/rules.d/90-rxlab-demo.rules");
    EXPECT_THAT(rules, HasSubstr("ACTION==\"add|move\", SUBSYSTEM==\"net\", KERNEL==\"eth0\", "
                                 "ATTR{napi_defer_hard_irqs}=\"2\"\n"));
    EXPECT_THAT(rules, HasSubstr("ATTR{queues/rx-0/rps_cpus}=\"3\"\n"));
}

TEST(PersistentFiles, what_needs_a_program_is_a_unit_of_its_interface_with_the_way_back) {
    const PersistentFiles files = persistent_files(kSettings, kBefore);
    const std::string unit = text_of(files, "etc/systemd/system/rxlab-demo@.service");
    EXPECT_THAT(unit, HasSubstr("BindsTo=sys-subsystem-net-devices-%i.device\n"));
    EXPECT_THAT(unit, HasSubstr("ExecStart=/usr/local/sbin/rxlab-demo start %I\n"
                                "ExecStop=/usr/local/sbin/rxlab-demo stop %I\n"));
    const std::string script = text_of(files, "usr/local/sbin/rxlab-demo");
    EXPECT_THAT(script, HasSubstr("\"start eth0\")\n\t{ ethtool -C eth0 rx-usecs 50; } || "
                                  "status=1\n\t{ ethtool -K eth0 rx-gro off; } || status=1\n"));
    EXPECT_THAT(script, HasSubstr("\t{ ethtool -C eth0 rx-usecs 3; } || status=1\n"));
    EXPECT_THAT(script, HasSubstr("chrt -f -p 10"));
}

TEST(PersistentFiles, an_interrupt_is_set_when_its_interface_is_up) {
    const PersistentFiles files = persistent_files(kSettings, kBefore);
    EXPECT_THAT(text_of(files, "etc/network/if-up.d/rxlab-demo"),
                HasSubstr("exec /usr/local/sbin/rxlab-demo up \"$IFACE\"\n"));
    EXPECT_THAT(text_of(files, "etc/NetworkManager/dispatcher.d/90-rxlab-demo"),
                HasSubstr("[ \"$2\" = up ]"));
    EXPECT_THAT(text_of(files, "usr/local/sbin/rxlab-demo"), HasSubstr("\"up eth0\")\n"));
    EXPECT_THAT(files.notes, ElementsAre(HasSubstr("irqbalance")));
}

TEST(PersistentFiles, a_shell_can_read_all_that_is_for_one) {
    const PersistentFiles files = persistent_files(kSettings, kBefore);
    const TestFolder folder;
    const std::string at = folder.path().string() + "/";
    write_persistent(kSettings, files, at);
    size_t scripts = 0;
    for (const PersistentFile& file : files.files) {
        if (!file.text.starts_with("#!/bin/sh")) continue;
        scripts++;
        EXPECT_EQ(std::system(("sh -n " + at + file.path).c_str()), 0) << file.text;
    }
    EXPECT_EQ(scripts, 3u);
    for (const auto& commands : {files.install, files.undo})
        for (const std::string& command : commands) {
            write_whole(at + "command", command + "\n");
            EXPECT_EQ(std::system(("sh -n " + at + "command").c_str()), 0) << command;
        }
    EXPECT_THAT(read_whole(at + "README.md"), HasSubstr("| `irq:eth0-rx-0` | 1 |"));
}

TEST(PersistentFiles, an_unknown_value_before_is_told) {
    const Settings one{"demo", "", {{"sysctl:net.core.netdev_budget", "600"}}};
    EXPECT_THAT(persistent_files(one, {}).notes,
                ElementsAre(HasSubstr("the value before is not known")));
    EXPECT_THAT(persistent_files(one, {{"sysctl:net.core.netdev_budget", "300"}}).notes, IsEmpty());
}

TEST(PersistentFiles, what_has_no_form_is_told_and_makes_no_file) {
    for (const auto& [knob, value] : {std::pair("irq_affinity:24", "1"),
                                      {"sysctl:@dut:net.core.x", "1"},
                                      {"sysctl:net.core.x", "$(reboot)"},
                                      {"sysctl:net.core.x", "1\n2"},
                                      {"sysfs:/sys/class/net/eth0/ifalias", "a\"b"},
                                      {"sysfs:/sys/class/net/eth0/ifalias", "%n"}}) {
        const PersistentFiles files = persistent_files({"demo", "", {{knob, value}}}, {});
        EXPECT_THAT(files.files, IsEmpty()) << knob << value;
        EXPECT_THAT(files.notes, ElementsAre(HasSubstr("has no persistent form")));
    }
}

}  // namespace
}  // namespace rxlab
