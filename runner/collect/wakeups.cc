// SPDX-License-Identifier: GPL-2.0
#include "bpf/probes.h"
#include "collect/collector.h"
#include "collect/histogram.h"
#include "collect/probe.h"

#include <array>

namespace rxlab {
namespace {

const BpfObject& wakeups_object() {
    static const BpfObject loaded = load_bpf("wakeups");
    return loaded;
}

/// Who was woken in an earlier window is not waiting since.
const BpfObject& with_nobody_known() {
    BpfMap(wakeups_object().map("known")).clear();
    return wakeups_object();
}

/// By key of the map.
constexpr std::array<const char*, WAKEUP_KINDS> kWoken = {"ksoftirqd", "napi", "irq"};

class Wakeups : public Collector {
public:
    void start() override { probe_.zero(); }
    void stop() override {
        for (uint32_t kind = 0; kind < kWoken.size(); ++kind)
            for (const ::histogram& cpu : probe_.map().values<::histogram>(kind))
                waited_[kind].add(cpu);
    }
    void report(const Window& window, Values& values, Json& curves) override {
        for (size_t kind = 0; kind < kWoken.size(); ++kind) {
            const std::string name = std::string("wakeup.") + kWoken[kind];
            report_latency(name, waited_[kind], window.clock, values);
            if (waited_[kind].total())
                curves[name] = histogram_curve(name, waited_[kind], window.clock);
        }
    }

private:
    Probe probe_{with_nobody_known(), "wakeups"};
    std::array<Histogram, WAKEUP_KINDS> waited_;  ///< at the window's end
};

}  // namespace

std::unique_ptr<Collector> make_wakeups(Sys&, const Interfaces&) {
    return std::make_unique<Wakeups>();
}
void prepare_wakeups(Sys&) {
    wakeups_object();
}

}  // namespace rxlab
