// SPDX-License-Identifier: GPL-2.0
#include "collect/collector.h"
#include "collect/perf.h"
#include "collect/procfs.h"

namespace rxlab {
namespace {

const std::vector<std::string> kStatArguments = {
    "stat", "-a", "-x,", "-e",
    "irq:softirq_raise,irq:softirq_entry,irq:softirq_exit,irq:irq_handler_entry,napi:napi_poll,"
    "context-switches,cpu-migrations,page-faults,cycles,instructions,cache-misses,branch-misses"};

class PerfStat : public Collector {
public:
    explicit PerfStat(Sys& sys) : sys_(sys), perf_(sys, kStatArguments) {}
    void start() override { perf_.enable(); }
    void stop() override { perf_.disable(); }
    void report(const Window&, Values& values, Json&) override {
        perf_.finish();
        for (const auto& [event, count] : parse_perf_stat(sys_.read_file(perf_.file())))
            values["perf_stat." + event] = static_cast<double>(count);
    }

private:
    Sys& sys_;
    Perf perf_;
};

}  // namespace

std::unique_ptr<Collector> make_perf_stat(Sys& sys, const Interfaces&) {
    return std::make_unique<PerfStat>(sys);
}

}  // namespace rxlab
