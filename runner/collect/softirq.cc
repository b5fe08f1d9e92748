// SPDX-License-Identifier: GPL-2.0
#include "bpf/probes.h"
#include "collect/histogram.h"
#include "collect/kinds.h"
#include "collect/probe.h"

namespace rxlab {
namespace {

/// By vector number; the kernel's enum in linux/interrupt.h.
constexpr std::array<const char*, SOFTIRQ_VECTORS> kVectors = {
    "hi", "timer", "net_tx", "net_rx", "block", "irq_poll", "tasklet", "sched", "hrtimer", "rcu"};

const BpfObject& object() {
    static const BpfObject loaded = load_bpf("softirq");
    return loaded;
}

/// One distance of one vector: a histogram per CPU and their sum.
class Latency {
public:
    explicit Latency(std::string name) : name_(std::move(name)) {}
    void add(size_t cpu, const ::histogram& histogram) {
        sum_.add(histogram);
        Histogram own;
        own.add(histogram);
        if (own.total()) by_cpu_.emplace_back(cpu, own);
    }
    const std::string& name() const { return name_; }
    const Histogram& sum() const { return sum_; }
    void report(const char* better, const LatencyUnit& unit, Metrics& metrics, Json& curves) const {
        report_latency(name_, "softirqs", better, sum_, unit, metrics);
        if (!by_cpu_.empty()) curves[name_] = histogram_curve(sum_, unit);
        if (by_cpu_.size() < 2) return;
        for (const auto& [cpu, histogram] : by_cpu_)
            curves[name_ + ".cpu" + std::to_string(cpu)] = histogram_curve(histogram, unit);
    }

private:
    std::string name_;
    Histogram sum_;
    std::vector<std::pair<size_t, Histogram>> by_cpu_;
};

class Softirq : public Collector {
public:
    void start() override { probe_.zero(); }
    void stop() override {
        for (uint32_t vector = 0; vector < kVectors.size(); ++vector)
            cpus_[vector] = probe_.map().values<softirq_times>(vector);
    }
    void report(const Window& window, Metrics& metrics, Json& curves) override {
        const LatencyUnit unit(window.ns_per_instruction);
        for (uint32_t vector = 0; vector < kVectors.size(); ++vector)
            report_vector(vector, unit, window.packets, metrics, curves);
    }

private:
    void report_vector(uint32_t vector, const LatencyUnit& unit, uint64_t packets, Metrics& metrics,
                       Json& curves) {
        const std::string name = std::string("softirq.") + kVectors[vector];
        Latency waiting(name + ".raise_to_entry"), serving(name + ".entry_to_exit");
        for (size_t cpu = 0; cpu < cpus_[vector].size(); ++cpu) {
            waiting.add(cpu, cpus_[vector][cpu].raise_to_entry);
            serving.add(cpu, cpus_[vector][cpu].entry_to_exit);
        }
        waiting.report("lower", unit, metrics, curves);
        serving.report("none", unit, metrics, curves);
        report_per_packet(serving.name(), serving.sum(), unit, packets, metrics);
    }

    Probe probe_{object(), "softirqs"};
    std::array<std::vector<softirq_times>, SOFTIRQ_VECTORS> cpus_;  ///< at the window's end
};

}  // namespace

std::unique_ptr<Collector> make_softirq(Sys&, const Interfaces&) {
    return std::make_unique<Softirq>();
}
void prepare_softirq(Sys&) {
    object();
}

}  // namespace rxlab
