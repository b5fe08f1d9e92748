// SPDX-License-Identifier: GPL-2.0
// perf record of the tracepoints that a BPF probe of ours attaches to: what people use without one.
#include "base/row_named.h"
#include "collect/collector.h"
#include "collect/perf.h"
#include "collect/procfs.h"

#include <iterator>

namespace rxlab {
namespace {

struct Traced {
    const char* name;  ///< the probe's
    const char* events;
};

const Traced kTraced[] = {
    {"napi", "napi:napi_poll"},
    {"softirq", "irq:softirq_raise,irq:softirq_entry,irq:softirq_exit"},
};

class PerfTrace : public Collector {
public:
    PerfTrace(Sys& sys, const Traced& traced)
        : sys_(sys),
          name_(std::string("perf_trace.") + traced.name),
          perf_(sys, {"record", "-a", "-B", "-N", "-e", traced.events}) {}
    void start() override { perf_.enable(); }
    void stop() override { perf_.disable(); }
    void report(const Window&, Values& values, Json&) override {
        perf_.finish();
        for (const auto& [event, count] : parse_perf_report_stats(
                 run_or_throw(sys_, {"perf", "report", "--stats", "-i", perf_.file()})))
            values[name_ + "." + event] = static_cast<double>(count);
    }

private:
    Sys& sys_;
    std::string name_;
    Perf perf_;
};

}  // namespace

std::vector<std::string> perf_traced() {
    std::vector<std::string> names;
    for (const Traced& traced : kTraced) names.emplace_back(traced.name);
    return names;
}

std::unique_ptr<Collector> make_perf_trace(Sys& sys, const std::string& traced) {
    return std::make_unique<PerfTrace>(
        sys, row_named(kTraced, std::size(kTraced), traced, "traced probe"));
}

}  // namespace rxlab
