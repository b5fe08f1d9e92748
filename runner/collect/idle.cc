// SPDX-License-Identifier: GPL-2.0
#include "bpf/probes.h"
#include "collect/collector.h"
#include "collect/probe.h"

#include <sched.h>
#include <unistd.h>
#include <algorithm>

namespace rxlab {
namespace {

const BpfObject& idle_object() {
    static const BpfObject loaded = load_bpf("idle");
    return loaded;
}

/// Runs this thread on each CPU in turn. A CPU that was idle before the probe was attached thereby
/// leaves idle and enters it again, so that the probe knows of it.
void visit_cpus() {
    cpu_set_t before;
    if (sched_getaffinity(0, sizeof before, &before) || CPU_COUNT(&before) < 2) return;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &before)) continue;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        sched_setaffinity(0, sizeof one, &one);
    }
    sched_setaffinity(0, sizeof before, &before);
}

class Idle : public Collector {
public:
    explicit Idle(Sys& sys) : sys_(sys) { visit_cpus(); }
    void start() override { before_ns_ = idle_until_now(); }
    void stop() override { idle_ns_ = idle_until_now() - before_ns_; }
    void report(const Window& window, Values& values, Json&) override {
        const uint64_t cpu_ns = window.ns * static_cast<uint64_t>(sysconf(_SC_NPROCESSORS_ONLN));
        const uint64_t idle_ns = std::min(idle_ns_, cpu_ns);
        values["window.idle_ns"] = static_cast<double>(idle_ns);
        if (!window.clock.counts_instructions()) return;
        const double executed = static_cast<double>(cpu_ns - idle_ns) / window.clock.ns;
        values["window.executed_instructions"] = executed;
        if (window.packets)
            values["window.instructions_per_" + window.item] =
                executed / static_cast<double>(window.packets);
    }

private:
    uint64_t idle_until_now() {
        const uint64_t now = sys_.now_ns();
        uint64_t sum = 0;
        for (const idle_time& cpu : probe_.map().values<idle_time>(0))
            sum += cpu.total + (cpu.since && cpu.since < now ? now - cpu.since : 0);
        return sum;
    }

    Sys& sys_;
    Probe probe_{idle_object(), "idle"};
    uint64_t before_ns_ = 0, idle_ns_ = 0;
};

}  // namespace

std::unique_ptr<Collector> make_idle(Sys& sys, const Interfaces&) {
    return std::make_unique<Idle>(sys);
}
void prepare_idle(Sys&) {
    idle_object();
}

}  // namespace rxlab
