// SPDX-License-Identifier: GPL-2.0
#include "collect/collector.h"
#include "collect/delta.h"

namespace rxlab {
namespace {

constexpr const char* kStats = "/sys/kernel/debug/vdma/stats";

/// The engine counts its own time from the moment it turns to a channel to the moment it leaves it;
/// being woken is not in it.
class DmaEngine : public Collector {
public:
    explicit DmaEngine(Sys& sys) {
        if (sys.exists(kStats)) read_ = sys.reader(kStats);
    }
    void start() override { before_ns_ = now(); }
    void stop() override { spent_ns_ = now() - before_ns_; }
    void report(const Window& window, Values& values, Json&) override {
        if (!read_ || !window.packets) return;
        values[std::string("engine.") + window.clock.unit + "_per_packet"] =
            static_cast<double>(spent_ns_) / window.clock.ns / static_cast<double>(window.packets);
    }

private:
    uint64_t now() { return read_ ? parse_engine_ns(read_()) : 0; }

    std::function<std::string()> read_;
    uint64_t before_ns_ = 0, spent_ns_ = 0;
};

}  // namespace

std::unique_ptr<Collector> make_dma_engine(Sys& sys, const Interfaces&) {
    return std::make_unique<DmaEngine>(sys);
}

}  // namespace rxlab
