// SPDX-License-Identifier: GPL-2.0
// What thresholds and rules ask a profile: its values, its tables, and what follows from several.
// Nothing where the profile does not have it.
#pragma once
#include "base/json.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rxlab {

/// Of a profile.json; it must outlive the view.
class ProfileView {
public:
    explicit ProfileView(const Json& document) : document_(document) {}

    std::optional<double> value(const std::string& name) const;
    std::string unit(const std::string& name) const;
    /// Sum of the values whose name begins with `prefix` and goes on with what `wanted` accepts;
    /// nothing where the profile has none of them.
    std::optional<double> sum(const std::string& prefix,
                              bool (*wanted)(const std::string& rest)) const;
    bool has(const std::string& table) const;
    /// None where there is no such table.
    const Json& rows(const std::string& table) const;
    /// Are the table's durations nanoseconds, so that they can be set against its window?
    bool in_ns(const std::string& table) const;
    double window_ns(const std::string& table) const;
    std::optional<std::string> setting(const std::string& knob) const;
    const Json& subject() const { return document_.at("subject"); }

    // ---- what follows

    /// Are most of the packets that the machine polled the receivers'? Else what CPUs did says
    /// little of them.
    bool is_main_receiver() const;
    std::set<int> online_cpus() const;
    /// Share of the window that each CPU was in NET_RX.
    std::map<int, double> receiving() const;
    std::map<int, int> node_of_cpu() const;
    /// CPU -> the first of its core's; itself where nothing is known.
    std::map<int, int> core_of_cpu() const;
    std::vector<std::string> interfaces() const;
    std::vector<std::string> receive_queues(const std::string& interface) const;

    /// Does RPS steer one of its queues?
    bool is_steered(const std::string& interface) const;

    /// An interrupt of the receiver that had a share of its work.
    struct Line {
        std::string irq, interface, action;
        std::set<int> cpus;  ///< that served it
    };
    std::vector<Line> active_lines() const;
    std::optional<int> node_of_device(const std::string& interface) const;

private:
    const Json& document_;
};

}  // namespace rxlab
