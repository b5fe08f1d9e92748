// SPDX-License-Identifier: GPL-2.0
#include "collect/histogram.h"
#include "collect/probe.h"
#include "collect/probed.h"

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
        report_napi(cpus_, window, values, curves);
    }

private:
    Probe probe_{napi_object(), "napi"};
    std::vector<napi_polls> cpus_;  ///< at the window's end
};

}  // namespace

void report_napi(const std::vector<napi_polls>& cpus, const Window& window, Values& values,
                 Json& curves) {
    Histogram all;
    uint64_t exhausted = 0;
    Json rows = Json::array();
    for (size_t cpu = 0; cpu < cpus.size(); ++cpu) {
        Histogram own;
        own.add(cpus[cpu].packets);
        all.add(cpus[cpu].packets);
        exhausted += cpus[cpu].exhausted;
        if (own.total())
            rows.push_back({{"cpu", cpu},
                            {"polls", own.total()},
                            {"packets", own.sum},
                            {"empty", own.counts[0]},
                            {"exhausted", cpus[cpu].exhausted}});
    }
    report_latency("napi.packets_per_poll", all, window.clock, values);
    values["napi.packets"] = static_cast<double>(all.sum);
    values["napi.empty_polls"] = static_cast<double>(all.counts[0]);
    values["napi.exhausted_polls"] = static_cast<double>(exhausted);
    if (all.total())
        curves["napi.packets_per_poll"] =
            histogram_curve("napi.packets_per_poll", all, window.clock);
    curves["napi.cpus"] = rows_curve(window.clock.unit, window, std::move(rows));
}

std::unique_ptr<Collector> make_napi(Sys&, const Interfaces&) {
    return std::make_unique<Napi>();
}
void prepare_napi(Sys&) {
    napi_object();
}

}  // namespace rxlab
