// SPDX-License-Identifier: GPL-2.0
// Where the kernel's time goes, by samples of its call graph. The clock is a timer: code that runs
// with interrupts off is charged to where they are on again.
#include "base/trimmed.h"
#include "bpf/kernel_name.h"
#include "collect/collector.h"
#include "collect/folded.h"
#include "collect/perf_event.h"
#include "sys/bpf.h"

#include <fmt/format.h>
#include <cstring>

namespace rxlab {
namespace {

const BpfObject& namer() {
    static const BpfObject loaded = load_bpf("kernel_name");
    return loaded;
}

/// The kernel's name without the module; an address that has none is printed as a number.
std::string function_at(uint64_t address) {
    kernel_name asked{.address = address, .name = {}};
    run_bpf(namer().program(), &asked, sizeof asked);
    const std::string name(asked.name, strnlen(asked.name, sizeof asked.name));
    return name.starts_with("0x") ? "[unknown]" : name.substr(0, name.find(' '));
}

/// "kpktgend_0"; one that has ended goes by its number.
std::string task_of(Sys& sys, const Sample& sample) {
    if (!sample.thread) return "swapper";
    const std::string file = fmt::format("/proc/{}/task/{}/comm", sample.process, sample.thread);
    return sys.exists(file) ? trimmed_end(sys.read_file(file)) : fmt::format(":{}", sample.thread);
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
        if (is_new) known->second = function_at(address);
        return known->second;
    }

    Sys& sys_;
    std::map<uint32_t, std::string> tasks_;
    std::map<uint64_t, std::string> functions_;
};

class PerfRecord : public Collector {
public:
    explicit PerfRecord(Sys& sys) : sys_(sys), cpus_(PerfEvent::on_every_cpu()) {}
    void start() override {
        for (const PerfEvent& cpu : cpus_) cpu.enable();
    }
    void stop() override {
        for (const PerfEvent& cpu : cpus_) cpu.disable();
    }
    void report(const Window&, Values& values, Json& curves) override {
        std::vector<Sample> all;
        uint64_t lost = 0, samples = 0;
        for (const PerfEvent& cpu : cpus_) {
            for (Sample& sample : cpu.samples()) all.push_back(std::move(sample));
            lost += cpu.lost();
        }
        Names names(sys_);
        const Folded folded = fold(all, names.words());
        for (const auto& [stack, count] : folded) samples += count;
        values["perf_record.samples"] = static_cast<double>(samples);
        if (lost) values["perf_record.lost"] = static_cast<double>(lost);
        if (samples) curves["perf_record.stacks"] = {{"unit", "samples"}, {"stacks", folded}};
    }

private:
    Sys& sys_;
    std::vector<PerfEvent> cpus_;
};

}  // namespace

std::unique_ptr<Collector> make_perf_record(Sys& sys, const Interfaces&) {
    return std::make_unique<PerfRecord>(sys);
}
void prepare_perf_record(Sys&) {
    namer();
}

}  // namespace rxlab
