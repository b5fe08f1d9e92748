// SPDX-License-Identifier: GPL-2.0
#include "bpf/probes.h"
#include "collect/collector.h"
#include "collect/histogram.h"
#include "collect/probe.h"

namespace rxlab {
namespace {

const BpfObject& napi_object() {
    static const BpfObject loaded = load_bpf("napi");
    return loaded;
}

class Napi : public Collector {
public:
    void start() override { probe_.zero(); }
    void stop() override { cpus_ = probe_.map().values<napi_polls>(0); }
    void report(const Window& window, Values& values, Json& curves) override {
        Histogram all;
        uint64_t exhausted = 0;
        for (const napi_polls& cpu : cpus_) {
            all.add(cpu.packets);
            exhausted += cpu.exhausted;
        }
        report_latency("napi.packets_per_poll", all, window.clock, values);
        values["napi.packets"] = static_cast<double>(all.sum);
        values["napi.empty_polls"] = static_cast<double>(all.counts[0]);
        values["napi.exhausted_polls"] = static_cast<double>(exhausted);
        if (all.total())
            curves["napi.packets_per_poll"] =
                histogram_curve("napi.packets_per_poll", all, window.clock);
    }

private:
    Probe probe_{napi_object(), "napi"};
    std::vector<napi_polls> cpus_;  ///< at the window's end
};

}  // namespace

std::unique_ptr<Collector> make_napi(Sys&, const Interfaces&) {
    return std::make_unique<Napi>();
}
void prepare_napi(Sys&) {
    napi_object();
}

}  // namespace rxlab
