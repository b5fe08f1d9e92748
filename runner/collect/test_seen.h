// SPDX-License-Identifier: GPL-2.0
// For tests: what a collector sees of a machine made of maps.
#pragma once
#include "collect/collector.h"
#include "sys/fake_sys.h"

namespace rxlab {

struct Seen {
    Values values;
    Json curves = Json::object();
    Json rows(const char* table) const { return curves.at(table).at("rows"); }
};

/// What `name` reports of a window of a second in which `change` happens.
inline Seen seen(
    FakeSys& sys, const char* name, const std::function<void()>& change = [] {}) {
    const auto collector = collector_named(name).make(sys, {{"", "eth0"}});
    collector->start();
    change();
    collector->stop();
    Seen out;
    collector->report({.packets = 0, .ns = 1'000'000'000, .clock = {}}, out.values, out.curves);
    return out;
}

}  // namespace rxlab
