// SPDX-License-Identifier: GPL-2.0
#include "bpf/probes.h"
#include "collect/collector.h"
#include "collect/histogram.h"
#include "collect/probe.h"

namespace rxlab {
namespace {

/// By vector number; the kernel's enum in linux/interrupt.h.
constexpr std::array<const char*, SOFTIRQ_VECTORS> kSoftirqVectors = {
    "hi", "timer", "net_tx", "net_rx", "block", "irq_poll", "tasklet", "sched", "hrtimer", "rcu"};

const BpfObject& softirq_object() {
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
    void report(const Clock& clock, Values& values, Json& curves) const {
        report_latency(name_, sum_, clock, values);
        if (!by_cpu_.empty()) curves[name_] = histogram_curve(name_, sum_, clock);
        if (by_cpu_.size() < 2) return;
        for (const auto& [cpu, histogram] : by_cpu_)
            curves[name_ + ".cpu" + std::to_string(cpu)] = histogram_curve(name_, histogram, clock);
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
        for (uint32_t vector = 0; vector < kSoftirqVectors.size(); ++vector)
            cpus_[vector] = probe_.map().values<softirq_times>(vector);
    }
    void report(const Window& window, Values& values, Json& curves) override {
        for (uint32_t vector = 0; vector < kSoftirqVectors.size(); ++vector)
            report_vector(vector, window, values, curves);
    }

private:
    void report_vector(uint32_t vector, const Window& window, Values& values, Json& curves) {
        const std::string name = std::string("softirq.") + kSoftirqVectors[vector];
        Latency waiting(name + ".raise_to_entry"), serving(name + ".entry_to_exit");
        for (size_t cpu = 0; cpu < cpus_[vector].size(); ++cpu) {
            waiting.add(cpu, cpus_[vector][cpu].raise_to_entry);
            serving.add(cpu, cpus_[vector][cpu].entry_to_exit);
        }
        waiting.report(window.clock, values, curves);
        serving.report(window.clock, values, curves);
        report_per_packet(serving.name(), serving.sum(), window.clock, window.packets, values);
    }

    Probe probe_{softirq_object(), "softirqs"};
    std::array<std::vector<softirq_times>, SOFTIRQ_VECTORS> cpus_;  ///< at the window's end
};

}  // namespace

std::unique_ptr<Collector> make_softirq(Sys&, const Interfaces&) {
    return std::make_unique<Softirq>();
}
void prepare_softirq(Sys&) {
    softirq_object();
}

}  // namespace rxlab
