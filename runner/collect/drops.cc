// SPDX-License-Identifier: GPL-2.0
#include "collect/drops.h"

#include "bpf/probes.h"
#include "collect/bpftrace_output.h"
#include "collect/kernel_name.h"
#include "collect/probe.h"

#include <algorithm>

namespace rxlab {
namespace {

constexpr const char* kFormat = "/sys/kernel/tracing/events/skb/kfree_skb/format";
constexpr const char* kElsewhere = "(elsewhere)";

const BpfObject& drops_object() {
    static const BpfObject loaded = load_bpf("drops");
    return loaded;
}

/// Reasons have other numbers in every kernel; the tracepoint's format has their words. None where
/// tracefs is not mounted, as under `ip netns exec`.
Words reason_words(Sys& sys) {
    return sys.exists(kFormat) ? parse_symbols(sys.read_file(kFormat), "reason") : Words{};
}

std::string reason_word(const Words& words, uint32_t reason) {
    const auto word = words.find(std::to_string(reason));
    return word == words.end() ? "reason_" + std::to_string(reason) : word->second;
}

class Drops : public Collector {
public:
    explicit Drops(Sys& sys) : words_(reason_words(sys)) {}
    void start() override { probe_.zero(); }
    void stop() override {
        for (uint32_t place = 0; place < DROP_PLACES + 1; place++)
            for (const dropped& cpu : probe_.map().values<dropped>(place))
                if (cpu.packets) add(cpu, place == DROP_PLACES);
    }
    void report(const Window& window, Values& values, Json& curves) override {
        report_drops(dropped_, window, values, curves);
    }

private:
    void add(const dropped& cpu, bool no_place) {
        if (no_place)
            dropped_[{kElsewhere, kElsewhere}] += cpu.packets;
        else
            // The address is where the caller goes on, which may be the next function already.
            dropped_[{reason_word(words_, cpu.reason), kernel_function(cpu.location - 1)}] +=
                cpu.packets;
    }

    Words words_;
    Probe probe_{drops_object(), "drops"};
    Dropped dropped_;  ///< at the window's end
};

}  // namespace

void report_drops(const Dropped& dropped, const Window& window, Values& values, Json& curves) {
    Json rows = Json::array();
    uint64_t all = 0;
    for (const auto& [place, packets] : dropped) {
        rows.push_back({{"reason", place.first}, {"function", place.second}, {"packets", packets}});
        all += packets;
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Json& a, const Json& b) { return a["packets"] > b["packets"]; });
    values["drops.packets"] = static_cast<double>(all);
    curves["drops"] = rows_curve("packets", window, std::move(rows));
}

std::unique_ptr<Collector> make_drops(Sys& sys, const Interfaces&) {
    return std::make_unique<Drops>(sys);
}
void prepare_drops(Sys&) {
    drops_object();
    prepare_kernel_names();
}

}  // namespace rxlab
