// SPDX-License-Identifier: GPL-2.0
// Where the kernel's time goes, by samples of its call graph. The clock is a timer: code that runs
// with interrupts off is charged to where they are on again.
#include "base/trimmed.h"
#include "collect/collector.h"
#include "collect/folded.h"
#include "collect/kernel_name.h"
#include "collect/perf_event.h"
#include "sys/read_if_there.h"

#include <fmt/format.h>

namespace rxlab {
namespace {

// ns; few multiples of them are one of the tick. The slow one is for windows of seconds: a sample
// takes 12 us of its CPU.
constexpr uint64_t kSamplePeriod = 200'040, kSlowPeriod = 1'000'040;

/// "kpktgend_0"; one that has ended goes by its number.
std::string task_of(Sys& sys, const Sample& sample) {
    if (!sample.thread) return "swapper";
    const std::string file = fmt::format("/proc/{}/task/{}/comm", sample.process, sample.thread);
    const auto name = read_if_there(sys, file);
    return name ? trimmed_end(*name) : fmt::format(":{}", sample.thread);
}

/// Asks once for each.
class Names {
public:
    explicit Names(Sys& sys) : sys_(sys) {}
    SampleWords words() {
        return {[this](const Sample& sample) { return task(sample); },
                [this](uint64_t address) { return function(address); }};
    }

private:
    std::string task(const Sample& sample) {
        const auto [known, is_new] = tasks_.try_emplace(sample.thread);
        if (is_new) known->second = task_of(sys_, sample);
        return known->second;
    }
    std::string function(uint64_t address) {
        const auto [known, is_new] = functions_.try_emplace(address);
        if (is_new) known->second = kernel_function(address);
        return known->second;
    }

    Sys& sys_;
    std::map<uint32_t, std::string> tasks_;
    std::map<uint64_t, std::string> functions_;
};

class PerfRecord : public Collector {
public:
    PerfRecord(Sys& sys, uint64_t period) : cpus_(PerfEvent::on_every_cpu(period)), names_(sys) {}
    void start() override {
        for (const PerfEvent& cpu : cpus_) cpu.enable();
    }
    void stop() override {
        for (const PerfEvent& cpu : cpus_) cpu.disable();
    }
    void relieve() override {
        for (const PerfEvent& cpu : cpus_) {
            const Folded stacks = fold(cpu.take(), names_.words());
            for (const auto& [stack, count] : stacks) folded_[stack] += count;
            add_places(stacks, cpu.cpu(), places_);
        }
    }
    void report(const Window& window, Values& values, Json& curves) override {
        relieve();
        uint64_t lost = 0;
        for (const PerfEvent& cpu : cpus_) lost += cpu.lost();
        if (lost) values["perf_record.lost"] = static_cast<double>(lost);
        values["perf_record.samples"] = 0;
        report_samples(folded_, places_, window, values, curves);
    }

private:
    std::vector<PerfEvent> cpus_;
    Names names_;
    Folded folded_;
    TaskPlaces places_;
};

}  // namespace

std::unique_ptr<Collector> make_perf_record(Sys& sys, const Interfaces&) {
    return std::make_unique<PerfRecord>(sys, kSamplePeriod);
}
std::unique_ptr<Collector> make_perf_record_slow(Sys& sys, const Interfaces&) {
    return std::make_unique<PerfRecord>(sys, kSlowPeriod);
}
void prepare_perf_record(Sys&) {
    prepare_kernel_names();
}

}  // namespace rxlab
