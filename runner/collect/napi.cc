// SPDX-License-Identifier: GPL-2.0
#include "bpf/probes.h"
#include "collect/histogram.h"
#include "collect/kinds.h"
#include "collect/probe.h"

namespace rxlab {
namespace {

const BpfObject& object() {
    static const BpfObject loaded = load_bpf("napi");
    return loaded;
}

LatencyUnit packets() {
    LatencyUnit unit(0);
    unit.name = "packets";
    return unit;
}

class Napi : public Collector {
public:
    void start() override { probe_.zero(); }
    void stop() override { cpus_ = probe_.map().values<napi_polls>(0); }
    void report(const Window&, Metrics& metrics, Json& curves) override {
        Histogram all;
        uint64_t exhausted = 0;
        for (const napi_polls& cpu : cpus_) {
            all.add(cpu.packets);
            exhausted += cpu.exhausted;
        }
        report_latency("napi.packets_per_poll", "polls", "none", all, packets(), metrics);
        metrics["napi.packets"] = {static_cast<double>(all.sum), "packets", "none"};
        metrics["napi.empty_polls"] = {static_cast<double>(all.counts[0]), "polls", "none"};
        metrics["napi.exhausted_polls"] = {static_cast<double>(exhausted), "polls", "none"};
        if (all.total()) curves["napi.packets_per_poll"] = histogram_curve(all, packets());
    }

private:
    Probe probe_{object(), "napi"};
    std::vector<napi_polls> cpus_;  ///< at the window's end
};

}  // namespace

std::unique_ptr<Collector> make_napi(Sys&, const Interfaces&) {
    return std::make_unique<Napi>();
}
void prepare_napi(Sys&) {
    object();
}

}  // namespace rxlab
