// SPDX-License-Identifier: GPL-2.0
#include "collect/test_seen.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

TEST(Placement, tells_interrupts_queues_nodes_and_cores) {
    FakeSys sys;
    sys.files["/sys/devices/system/cpu/online"] = "0-1\n";
    sys.files["/sys/devices/system/cpu/cpu0/topology/thread_siblings_list"] = "0-1\n";
    sys.files["/sys/devices/system/node/node1/cpulist"] = "0-1\n";
    sys.files["/sys/class/net/eth0/device/numa_node"] = "1\n";
    sys.files["/sys/class/net/eth0/device/msi_irqs/24"] = "msix\n";
    sys.files["/sys/kernel/irq/24/actions"] = "eth0-rx-0\n";
    sys.files["/proc/irq/24/smp_affinity_list"] = "0-1\n";
    sys.files["/proc/irq/24/effective_affinity_list"] = "1\n";
    sys.files["/sys/class/net/eth0/queues/rx-0/rps_cpus"] = "00000000,00000003\n";
    sys.files["/sys/class/net/eth0/queues/tx-0/xps_cpus/x"] = "";  // there, and not readable
    sys.files["/sys/class/net/eth0/threaded"] = "0\n";
    const Seen placement = seen(sys, "placement");
    EXPECT_EQ(placement.rows("placement.irqs"), Json::parse(R"([{"irq": "24", "interface": "eth0",
        "actions": "eth0-rx-0", "affinity": "0-1", "effective": "1"}])"));
    EXPECT_EQ(placement.rows("placement.queues"), Json::parse(R"([
        {"interface": "eth0", "queue": "rx-0", "steered_to": "0-1"},
        {"interface": "eth0", "queue": "tx-0", "steered_to": ""}])"));
    EXPECT_EQ(placement.rows("placement.cpus"), Json::parse(R"([
        {"cpu": 0, "node": 1, "siblings": "0-1"}, {"cpu": 1, "node": 1, "siblings": ""}])"));
    EXPECT_EQ(placement.rows("placement.devices"),
              Json::parse(R"([{"interface": "eth0", "node": 1, "threaded": "0"}])"));
}

TEST(Placement, of_a_device_without_hardware_tells_what_there_is) {
    FakeSys sys;
    sys.files["/sys/devices/system/cpu/online"] = "0\n";
    sys.files["/sys/class/net/eth0/device/numa_node"] = "-1\n";
    const Seen placement = seen(sys, "placement");
    EXPECT_EQ(placement.rows("placement.irqs"), Json::array());
    EXPECT_EQ(placement.rows("placement.queues"), Json::array());
    EXPECT_TRUE(placement.rows("placement.devices")[0]["node"].is_null()) << "-1: no node";
}

}  // namespace
}  // namespace rxlab
