// SPDX-License-Identifier: GPL-2.0
// Where the kernel's time goes, by samples of its call graph. The clock is a timer: code that runs
// with interrupts off is charged to where they are on again.
#include "collect/collector.h"
#include "collect/folded.h"
#include "collect/perf.h"

namespace rxlab {
namespace {

/// Every 200 us, a prime number per second so that samples do not keep step with the tick; 4 MiB
/// per CPU, so that perf sleeps through the window.
const std::vector<std::string> kRecordArguments = {
    "record", "-a", "-g", "--kernel-callchains", "-e", "cpu-clock:k", "-F", "4999", "-m",
    "1024",   "-B", "-N"};

class PerfRecord : public Collector {
public:
    explicit PerfRecord(Sys& sys) : sys_(sys), perf_(sys, kRecordArguments) {}
    void start() override { perf_.enable(); }
    void stop() override { perf_.disable(); }
    void report(const Window&, Values& values, Json& curves) override {
        perf_.finish();
        const Folded folded =
            fold(run_or_throw(sys_, {"perf", "script", "-i", perf_.file(), "--kallsyms",
                                     perf_.symbols(sys_), "-F", "comm,ip,sym"}));
        uint64_t samples = 0;
        for (const auto& [stack, count] : folded) samples += count;
        values["perf_record.samples"] = static_cast<double>(samples);
        if (samples) curves["perf_record.stacks"] = {{"unit", "samples"}, {"stacks", folded}};
    }

private:
    Sys& sys_;
    Perf perf_;
};

}  // namespace

std::unique_ptr<Collector> make_perf_record(Sys& sys, const Interfaces&) {
    return std::make_unique<PerfRecord>(sys);
}

}  // namespace rxlab
