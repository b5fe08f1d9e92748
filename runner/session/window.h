// SPDX-License-Identifier: GPL-2.0
// One measured window: collectors on, traffic sent, everything arrived, collectors off.
#pragma once
#include "collect/collector.h"
#include "metrics/lane.h"
#include "result/result.h"
#include "session/assembly.h"

namespace rxlab {

constexpr uint64_t kTick = 4'000'000;  ///< ns; one jiffy at HZ = 250

using Collectors = std::vector<std::pair<std::string, std::unique_ptr<Collector>>>;

struct SinkGrowth {
    std::string sink;
    uint64_t packets = 0;
    bool loss = false;  ///< as Sink::loss
};

struct Measured {
    std::string item = "packet";  ///< what was sent
    TrafficReport sent;
    uint64_t ns = 0;  ///< from the first collector's start to the last one's stop
    std::vector<SinkGrowth> sinks;
    uint64_t counted() const;
};

/// One window of `packets` frames, begun after what was done before has settled, `phase` ns
/// after a multiple of kTick.
Measured measure(Sys& sys, Assembly& assembly, uint64_t packets, uint64_t phase,
                 const Collectors& collectors);

/// sent == growth of all sinks together; the detail names each sink with its count.
Check conservation(const Measured& measured);

/// Did several senders send at the same time?
Check senders_overlap(const Measured& measured);

/// Items sent, counted and lost, the lane's cost per item, and what the generator counted itself.
void window_values(const Measured& measured, Lane lane, const Clock& clock, Values& values,
                   Json& curves);

/// Cost of one item in the lane's unit; the name is empty where the lane ranks no cost, or the
/// clock does not count what it ranks.
struct Cost {
    double value = 0;
    std::string name;
};
Cost cost_per_item(const Measured& measured, Lane lane, const Clock& clock);

}  // namespace rxlab
