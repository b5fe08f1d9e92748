// SPDX-License-Identifier: GPL-2.0
#include "profile/settings.h"

#include <fmt/format.h>

namespace rxlab {
namespace {

constexpr const char* kMachine[] = {
    "sysctl:net.core.netdev_budget", "sysctl:net.core.netdev_budget_usecs",
    "sysctl:net.core.netdev_max_backlog", "sysctl:net.core.rmem_default"};

/// "{}" stands for the interface.
constexpr const char* kInterface[] = {"ethtool:{}/ring/rx",
                                      "ethtool:{}/coalesce/rx-usecs",
                                      "ethtool:{}/channel/combined",
                                      "sysfs:/sys/class/net/{}/threaded",
                                      "sysfs:/sys/class/net/{}/napi_defer_hard_irqs",
                                      "sysfs:/sys/class/net/{}/gro_flush_timeout"};

const Json& rows_of(const Json& curves, const char* table) {
    static const Json none = Json::array();
    const auto found = curves.find(table);
    return found == curves.end() ? none : found->at("rows");
}

}  // namespace

std::vector<std::string> profile_settings(const Json& curves) {
    std::vector<std::string> names(std::begin(kMachine), std::end(kMachine));
    for (const Json& row : rows_of(curves, "placement.devices"))
        for (const char* knob : kInterface)
            names.push_back(
                fmt::format(fmt::runtime(knob), row.at("interface").get<std::string>()));
    for (const Json& row : rows_of(curves, "placement.queues"))
        if (const std::string queue = row.at("queue"); queue.starts_with("rx-"))
            names.push_back(
                fmt::format("rps:{}/{}", row.at("interface").get<std::string>(), queue));
    return names;
}

}  // namespace rxlab
