// SPDX-License-Identifier: GPL-2.0
#include "collect/histogram.h"
#include "collect/probe.h"
#include "collect/probed.h"

namespace rxlab {
namespace {

const BpfObject& irq_object() {
    static const BpfObject loaded = load_bpf("irq");
    return loaded;
}

/// By place in irq_times.by_vector.
constexpr std::array<const char*, IRQ_VECTORS> kIrqVectors = {
    "local_timer", "reschedule", "call_function", "call_function_single", "irq_work"};

std::string name_of(size_t number) {
    return "irq." + (number + 1 < IRQ_NUMBERS ? std::to_string(number) : std::string("others")) +
           ".count";
}

Json rows_by_cpu(const std::vector<irq_times>& cpus, const Clock& clock) {
    Json rows = Json::array();
    for (size_t cpu = 0; cpu < cpus.size(); ++cpu) {
        Histogram own;
        own.add(cpus[cpu].entry_to_exit);
        if (own.total())
            rows.push_back({{"cpu", cpu},
                            {"handlers", own.total()},
                            {"served", static_cast<double>(own.sum) / clock.ns}});
    }
    return rows;
}

Json rows_by_line(const std::vector<irq_times>& cpus) {
    Json rows = Json::array();
    for (size_t number = 0; number + 1 < IRQ_NUMBERS; ++number)
        for (size_t cpu = 0; cpu < cpus.size(); ++cpu)
            if (const uint32_t count = cpus[cpu].by_number[number])
                rows.push_back({{"irq", std::to_string(number)}, {"cpu", cpu}, {"count", count}});
    return rows;
}

class Irq : public Collector {
public:
    void start() override { probe_.zero(); }
    void stop() override { cpus_ = probe_.map().values<irq_times>(0); }
    void report(const Window& window, Values& values, Json& curves) override {
        report_irqs(cpus_, window, values, curves);
    }

private:
    Probe probe_{irq_object(), "irqs"};
    std::vector<irq_times> cpus_;  ///< at the window's end
};

}  // namespace

void report_irqs(const std::vector<irq_times>& cpus, const Window& window, Values& values,
                 Json& curves) {
    Histogram all;
    std::array<uint64_t, IRQ_NUMBERS> by_number{};
    std::array<uint64_t, IRQ_VECTORS> by_vector{};
    for (const irq_times& cpu : cpus) {
        all.add(cpu.entry_to_exit);
        for (size_t number = 0; number < by_number.size(); ++number)
            by_number[number] += cpu.by_number[number];
        for (size_t vector = 0; vector < by_vector.size(); ++vector)
            by_vector[vector] += cpu.by_vector[vector];
    }
    report_latency("irq.entry_to_exit", all, window.clock, values);
    report_per_packet("irq.entry_to_exit", all, window.clock, window.packets, values);
    if (all.total())
        curves["irq.entry_to_exit"] = histogram_curve("irq.entry_to_exit", all, window.clock);
    for (size_t number = 0; number < by_number.size(); ++number)
        if (by_number[number]) values[name_of(number)] = static_cast<double>(by_number[number]);
    for (size_t vector = 0; vector < by_vector.size(); ++vector)
        if (by_vector[vector])
            values[std::string("irq.") + kIrqVectors[vector] + ".count"] =
                static_cast<double>(by_vector[vector]);
    curves["irq.cpus"] = rows_curve(window.clock.unit, window, rows_by_cpu(cpus, window.clock));
    curves["irq.lines"] = rows_curve(window.clock.unit, window, rows_by_line(cpus));
}

std::unique_ptr<Collector> make_irq(Sys&, const Interfaces&) {
    return std::make_unique<Irq>();
}
void prepare_irq(Sys&) {
    irq_object();
}

}  // namespace rxlab
