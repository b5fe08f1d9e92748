// SPDX-License-Identifier: GPL-2.0
#include "bpf/names.h"
#include "collect/collector.h"
#include "setup/kinds.h"

namespace rxlab {

const char kObserverSchema[] = R"({
  "type": "object",
  "required": ["collector"],
  "properties": {
    "collector": {"title": "a probe", "enum": ["softirq", "irq", "napi", "perf_stat", "perf_record",
        "perf_trace:napi", "perf_trace:softirq", )" RXLAB_BPFTRACE_COLLECTORS
                               R"(]}
  }
})";

namespace {

class Observer : public Applied {
public:
    explicit Observer(std::unique_ptr<Collector> collector) : collector_(std::move(collector)) {
        collector_->start();
    }

private:
    std::unique_ptr<Collector> collector_;
};

}  // namespace

/// It leaves with its process, as every collector does: nothing to journal.
std::unique_ptr<Applied> apply_observer(Sys& sys, Journal&, const Topology& topology,
                                        const Json& parameters) {
    Interfaces receivers;
    for (const Path& path : topology.paths) receivers.push_back(path.receiver);
    return std::make_unique<Observer>(
        collector_named(parameters.at("collector")).make(sys, receivers));
}

}  // namespace rxlab
