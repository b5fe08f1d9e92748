// SPDX-License-Identifier: GPL-2.0
// Where the receiver's work may be done: interrupts and their CPUs, queues and their steering, the
// machine's nodes and cores. Read once, at the window's end.
#include "base/cpu_list.h"
#include "base/error.h"
#include "base/trimmed.h"
#include "collect/collector.h"
#include "sys/irq.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace rxlab {
namespace {

constexpr const char* kCpus = "/sys/devices/system/cpu/";
constexpr const char* kNodes = "/sys/devices/system/node";

/// Trimmed; empty where it is not there, or is and cannot be read, as xps_cpus of a device with one
/// queue.
std::string text_of(Sys& sys, const std::string& path) {
    try {
        return sys.exists(path) ? trimmed(sys.read_file(path)) : "";
    } catch (const Error&) {
        return "";
    }
}

std::set<int> online_cpus(Sys& sys) {
    return cpu_list(text_of(sys, std::string(kCpus) + "online"));
}

Json node_number(const std::string& text) {
    return text.empty() || text.starts_with("-") ? Json() : Json(std::stoi(text));
}

/// CPU -> its node; none on a machine that has no nodes.
std::map<int, int> nodes_of_cpus(Sys& sys) {
    std::map<int, int> nodes;
    if (!sys.exists(kNodes)) return nodes;
    for (const std::string& name : sys.list(kNodes))
        if (name.starts_with("node") && name.size() > 4 &&
            name.find_first_not_of("0123456789", 4) == name.npos)
            for (const int cpu : cpu_list(text_of(sys, fmt::format("{}/{}/cpulist", kNodes, name))))
                nodes[cpu] = std::stoi(name.substr(4));
    return nodes;
}

Json cpu_rows(Sys& sys) {
    const std::map<int, int> nodes = nodes_of_cpus(sys);
    Json rows = Json::array();
    for (const int cpu : online_cpus(sys)) {
        const auto node = nodes.find(cpu);
        rows.push_back(
            {{"cpu", cpu},
             {"node", node == nodes.end() ? Json() : Json(node->second)},
             {"siblings",
              text_of(sys, fmt::format("{}cpu{}/topology/thread_siblings_list", kCpus, cpu))}});
    }
    return rows;
}

Json irq_rows(Sys& sys, const Interface& interface) {
    Json rows = Json::array();
    for (const std::string& irq : device_irqs(sys, interface)) {
        const std::string folder = "/proc/irq/" + irq;
        rows.push_back({{"irq", irq},
                        {"interface", interface.name},
                        {"actions", fmt::format("{}", fmt::join(irq_actions(sys, irq), ","))},
                        {"affinity", text_of(sys, folder + "/smp_affinity_list")},
                        {"effective", text_of(sys, folder + "/effective_affinity_list")}});
    }
    return rows;
}

/// The CPUs that a queue's mask names, as a list; empty: it steers nothing.
std::string steered(Sys& sys, const std::string& path) {
    return as_list(cpu_mask(text_of(sys, path)));
}

Json queue_rows(Sys& sys, const std::string& interface) {
    Json rows = Json::array();
    const std::string folder = "/sys/class/net/" + interface + "/queues";
    if (!sys.exists(folder)) return rows;
    for (const std::string& queue : sys.list(folder))
        rows.push_back(
            {{"queue", queue},
             {"interface", interface},
             {"steered_to",
              steered(sys, fmt::format("{}/{}/{}", folder, queue,
                                       queue.starts_with("rx-") ? "rps_cpus" : "xps_cpus"))}});
    return rows;
}

/// A virtio device's node is its parent's.
Json device_row(Sys& sys, const std::string& interface) {
    const std::string folder = "/sys/class/net/" + interface;
    std::string node = text_of(sys, folder + "/device/numa_node");
    if (node.empty()) node = text_of(sys, folder + "/device/../numa_node");
    return {{"interface", interface},
            {"node", node_number(node)},
            {"threaded", text_of(sys, folder + "/threaded")}};
}

void append(Json& rows, Json more) {
    for (Json& row : more) rows.push_back(std::move(row));
}

class Placement : public Collector {
public:
    Placement(Sys& sys, Interfaces receivers) : sys_(sys), receivers_(std::move(receivers)) {}
    void start() override {}
    void stop() override {
        cpus_ = cpu_rows(sys_);
        for (const Interface& receiver : receivers_) {
            append(irqs_, irq_rows(sys_, receiver));
            sys_.in_netns(receiver.netns, [&] {
                append(queues_, queue_rows(sys_, receiver.name));
                devices_.push_back(device_row(sys_, receiver.name));
            });
        }
    }
    void report(const Window& window, Values&, Json& curves) override {
        curves["placement.cpus"] = rows_curve("", window, cpus_);
        curves["placement.irqs"] = rows_curve("", window, irqs_);
        curves["placement.queues"] = rows_curve("", window, queues_);
        curves["placement.devices"] = rows_curve("", window, devices_);
    }

private:
    Sys& sys_;
    Interfaces receivers_;
    Json cpus_ = Json::array(), irqs_ = Json::array(), queues_ = Json::array(),
         devices_ = Json::array();
};

}  // namespace

std::unique_ptr<Collector> make_placement(Sys& sys, const Interfaces& receivers) {
    return std::make_unique<Placement>(sys, receivers);
}

}  // namespace rxlab
