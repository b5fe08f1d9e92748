// SPDX-License-Identifier: GPL-2.0
#include "bpf/probes.h"
#include "collect/histogram.h"
#include "collect/kinds.h"
#include "collect/probe.h"

namespace rxlab {
namespace {

const BpfObject& object() {
    static const BpfObject loaded = load_bpf("irq");
    return loaded;
}

std::string name_of(size_t number) {
    return "irq." + (number + 1 < IRQ_NUMBERS ? std::to_string(number) : std::string("others")) + ".count";
}

class Irq : public Collector {
public:
    void start() override { probe_.zero(); }
    void stop() override { probe_.detach(); }
    void report(const Window& window, Metrics& metrics, Json& curves) override {
        const LatencyUnit unit(window.ns_per_instruction);
        Histogram all;
        std::array<uint64_t, IRQ_NUMBERS> by_number{};
        for (const irq_times& cpu : probe_.map().values<irq_times>(0)) {
            all.add(cpu.entry_to_exit);
            for (size_t number = 0; number < by_number.size(); ++number)
                by_number[number] += cpu.by_number[number];
        }
        report_latency("irq.entry_to_exit", "interrupts", all, unit, metrics);
        if (all.total())
            curves["irq.entry_to_exit"] = histogram_curve(all, unit);
        for (size_t number = 0; number < by_number.size(); ++number)
            if (by_number[number])
                metrics[name_of(number)] = {static_cast<double>(by_number[number]), "interrupts", "none"};
    }

private:
    Probe probe_{object(), "irqs"};
};

} // namespace

std::unique_ptr<Collector> make_irq(Sys&, const Interface&) { return std::make_unique<Irq>(); }
void prepare_irq(Sys&) { object(); }

} // namespace rxlab
