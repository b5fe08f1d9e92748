// SPDX-License-Identifier: GPL-2.0
#include "collect/histogram.h"
#include "collect/probe.h"
#include "collect/probed.h"

namespace rxlab {
namespace {

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

Json softirq_row(const char* vector, size_t cpu, const softirq_times& times, const Clock& clock) {
    Histogram waited, served;
    waited.add(times.raise_to_entry);
    served.add(times.entry_to_exit);
    return {{"vector", vector},
            {"cpu", cpu},
            {"runs", served.total()},
            {"waited", static_cast<double>(waited.sum) / clock.ns},
            {"served", static_cast<double>(served.sum) / clock.ns}};
}

void report_vector(const std::string& vector, const std::vector<softirq_times>& cpus,
                   const Window& window, Values& values, Json& curves) {
    const std::string name = "softirq." + vector;
    Latency waiting(name + ".raise_to_entry"), serving(name + ".entry_to_exit");
    for (size_t cpu = 0; cpu < cpus.size(); ++cpu) {
        waiting.add(cpu, cpus[cpu].raise_to_entry);
        serving.add(cpu, cpus[cpu].entry_to_exit);
    }
    waiting.report(window.clock, values, curves);
    serving.report(window.clock, values, curves);
    report_per_packet(serving.name(), serving.sum(), window.clock, window.packets, values);
}

class Softirq : public Collector {
public:
    void start() override { probe_.zero(); }
    void stop() override {
        for (uint32_t vector = 0; vector < times_.size(); ++vector)
            times_[vector] = probe_.map().values<softirq_times>(vector);
    }
    void report(const Window& window, Values& values, Json& curves) override {
        report_softirqs(times_, window, values, curves);
    }

private:
    Probe probe_{softirq_object(), "softirqs"};
    SoftirqTimes times_;  ///< at the window's end
};

}  // namespace

void report_softirqs(const SoftirqTimes& times, const Window& window, Values& values,
                     Json& curves) {
    Json rows = Json::array();
    for (size_t vector = 0; vector < times.size(); ++vector) {
        report_vector(kSoftirqVectors[vector], times[vector], window, values, curves);
        for (size_t cpu = 0; cpu < times[vector].size(); ++cpu)
            if (Json row =
                    softirq_row(kSoftirqVectors[vector], cpu, times[vector][cpu], window.clock);
                row["runs"] != 0)
                rows.push_back(std::move(row));
    }
    curves["softirq.cpus"] = rows_curve(window.clock.unit, window, std::move(rows));
}

std::unique_ptr<Collector> make_softirq(Sys&, const Interfaces&) {
    return std::make_unique<Softirq>();
}
void prepare_softirq(Sys&) {
    softirq_object();
}

}  // namespace rxlab
