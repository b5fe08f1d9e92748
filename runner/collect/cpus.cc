// SPDX-License-Identifier: GPL-2.0
// What each CPU's time went to (/proc/stat), and what its backlog did (/proc/net/softnet_stat).
#include "collect/collector.h"
#include "collect/delta.h"

#include <unistd.h>

namespace rxlab {
namespace {

class Cpus : public Collector {
public:
    explicit Cpus(Sys& sys)
        : times_(sys.reader("/proc/stat")), backlogs_(sys.reader("/proc/net/softnet_stat")) {}
    void start() override { before_ = read(); }
    void stop() override { after_ = read(); }
    /// Ticks as milliseconds. Where the kernel does not account for interrupts by the clock, they
    /// are what was running when the tick came.
    void report(const Window& window, Values&, Json& curves) override {
        static constexpr const char* shown[] = {"user",    "system", "irq",
                                                "softirq", "idle",   "steal"};
        const double tick_ms = 1000.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));
        Json rows = Json::array();
        for (const auto& [cpu, ticks] : grown(before_.ticks, after_.ticks)) {
            Json row{{"cpu", cpu}};
            for (const char* name : shown)
                row[std::string(name) + "_ms"] = static_cast<double>(ticks.at(name)) * tick_ms;
            rows.push_back(std::move(row));
        }
        curves["cpus.times"] = rows_curve("ms", window, std::move(rows));
        rows = Json::array();
        for (const auto& [cpu, counts] : grown(before_.backlogs, after_.backlogs)) {
            Json row{{"cpu", cpu}};
            for (const auto& [name, count] : counts) row[name] = count;
            rows.push_back(std::move(row));
        }
        curves["cpus.softnet"] = rows_curve("packets", window, std::move(rows));
    }

private:
    struct Reading {
        CpuCounts ticks, backlogs;
    };
    Reading read() const { return {parse_cpu_times(times_()), parse_softnet_by_cpu(backlogs_())}; }

    /// Of CPUs that were there all the time.
    static CpuCounts grown(const CpuCounts& before, const CpuCounts& after) {
        CpuCounts cpus;
        for (const auto& [cpu, counts] : after)
            if (const auto earlier = before.find(cpu); earlier != before.end())
                cpus[cpu] = growth(earlier->second, counts);
        return cpus;
    }

    std::function<std::string()> times_, backlogs_;
    Reading before_, after_;
};

}  // namespace

std::unique_ptr<Collector> make_cpus(Sys& sys, const Interfaces&) {
    return std::make_unique<Cpus>(sys);
}

}  // namespace rxlab
