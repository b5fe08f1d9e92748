// SPDX-License-Identifier: GPL-2.0
#include "profile/view.h"

#include "base/cpu_list.h"
#include "base/error.h"

#include <fmt/format.h>
#include <algorithm>

namespace rxlab {
namespace {

constexpr double kActive =
    0.01;  ///< of the receiver's interrupts: a line with fewer does not count

const Json& no_rows() {
    static const Json none = Json::array();
    return none;
}

constexpr int kMostViewedCpus = 1 << 16;

/// A document may be a stranger's.
int cpu_of(const Json& row) {
    const int64_t cpu = row.at("cpu").get<int64_t>();
    if (cpu < 0 || cpu >= kMostViewedCpus)
        throw Error(Status::usage, fmt::format("a profile: no CPU has the number {}", cpu),
                    "write it with 'rxlab profile'");
    return static_cast<int>(cpu);
}

/// How often each CPU served a line.
std::map<int, double> served_by(const Json& rows, const std::string& irq) {
    std::map<int, double> counts;
    for (const Json& row : rows)
        if (row.at("irq") == irq) counts[cpu_of(row)] += row.at("count").get<double>();
    return counts;
}

double total(const std::map<int, double>& counts) {
    double sum = 0;
    for (const auto& [cpu, count] : counts) sum += count;
    return sum;
}

}  // namespace

std::optional<double> ProfileView::value(const std::string& name) const {
    const Json& values = document_.at("values");
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->at("value").get<double>());
}

std::string ProfileView::unit(const std::string& name) const {
    const Json& values = document_.at("values");
    return values.contains(name) ? values.at(name).at("unit").get<std::string>() : "";
}

std::optional<double> ProfileView::sum(const std::string& prefix,
                                       bool (*wanted)(const std::string& rest)) const {
    std::optional<double> all;
    for (const auto& [name, metric] : document_.at("values").items())
        if (name.starts_with(prefix) && wanted(name.substr(prefix.size())))
            all = all.value_or(0) + metric.at("value").get<double>();
    return all;
}

bool ProfileView::has(const std::string& table) const {
    const Json& curves = document_.at("curves");
    return curves.contains(table) && curves.at(table).contains("rows");
}

const Json& ProfileView::rows(const std::string& table) const {
    return has(table) ? document_.at("curves").at(table).at("rows") : no_rows();
}

bool ProfileView::in_ns(const std::string& table) const {
    return has(table) && document_.at("curves").at(table).at("unit") == "ns" &&
           window_ns(table) > 0;
}

double ProfileView::window_ns(const std::string& table) const {
    return document_.at("curves").at(table).value("window_ns", 0.0);
}

std::optional<std::string> ProfileView::setting(const std::string& knob) const {
    const Json& settings = document_.at("settings");
    if (!settings.contains(knob)) return std::nullopt;
    return settings.at(knob).get<std::string>();
}

/// A packet may be polled again: by a tunnel's, a bridge's or RPS's backlog.
bool ProfileView::is_main_receiver() const {
    constexpr double kPolledPerPacket = 3;
    const auto received = value("interface.rx_packets"), polled = value("napi.packets");
    return !received || !polled || *received * kPolledPerPacket >= *polled;
}

std::set<int> ProfileView::online_cpus() const {
    std::set<int> cpus;
    for (const char* table : {"placement.cpus", "cpus.times"})
        for (const Json& row : rows(table)) cpus.insert(cpu_of(row));
    return cpus;
}

std::map<int, double> ProfileView::receiving() const {
    std::map<int, double> shares;
    if (!in_ns("softirq.cpus")) return shares;
    for (const Json& row : rows("softirq.cpus"))
        if (row.at("vector") == "net_rx")
            shares[cpu_of(row)] += row.at("served").get<double>() / window_ns("softirq.cpus");
    return shares;
}

std::map<int, int> ProfileView::node_of_cpu() const {
    std::map<int, int> nodes;
    for (const Json& row : rows("placement.cpus"))
        if (row.at("node").is_number()) nodes[cpu_of(row)] = row.at("node");
    return nodes;
}

std::map<int, int> ProfileView::core_of_cpu() const {
    std::map<int, int> cores;
    for (const int cpu : online_cpus()) cores[cpu] = cpu;
    for (const Json& row : rows("placement.cpus"))
        if (const auto siblings = cpu_list(row.at("siblings").get<std::string>());
            !siblings.empty())
            cores[cpu_of(row)] = *siblings.begin();
    return cores;
}

std::vector<std::string> ProfileView::interfaces() const {
    std::vector<std::string> names;
    for (const Json& row : rows("placement.devices")) names.push_back(row.at("interface"));
    return names;
}

std::vector<std::string> ProfileView::receive_queues(const std::string& interface) const {
    std::vector<std::string> queues;
    for (const Json& row : rows("placement.queues"))
        if (const std::string queue = row.at("queue");
            row.at("interface") == interface && queue.starts_with("rx-"))
            queues.push_back(queue);
    return queues;
}

bool ProfileView::is_steered(const std::string& interface) const {
    const Json& queues = rows("placement.queues");
    return std::any_of(queues.begin(), queues.end(), [&](const Json& row) {
        return row.at("interface") == interface && row.at("steered_to") != "" &&
               row.at("queue").get<std::string>().starts_with("rx-");
    });
}

std::vector<ProfileView::Line> ProfileView::active_lines() const {
    double all = 0;
    for (const Json& line : rows("placement.irqs"))
        all += total(served_by(rows("irq.lines"), line.at("irq")));
    std::vector<Line> active;
    for (const Json& line : rows("placement.irqs")) {
        const std::map<int, double> counts = served_by(rows("irq.lines"), line.at("irq"));
        if (total(counts) < std::max(1.0, kActive * all)) continue;
        Line one{line.at("irq"), line.at("interface"), line.at("actions"), {}};
        for (const auto& [cpu, count] : counts)
            if (count >= kActive * total(counts)) one.cpus.insert(cpu);
        active.push_back(std::move(one));
    }
    return active;
}

std::optional<int> ProfileView::node_of_device(const std::string& interface) const {
    for (const Json& row : rows("placement.devices"))
        if (row.at("interface") == interface && row.at("node").is_number()) return row.at("node");
    return std::nullopt;
}

}  // namespace rxlab
