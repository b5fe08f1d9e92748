// SPDX-License-Identifier: GPL-2.0
// Producer and consumer are kernel threads of dma_ring.ko; a window is one call of its ioctl.
#include "base/error.h"
#include "kmod/include/rxlab/ring_uapi.h"
#include "traffic/kinds.h"

#include <fmt/format.h>

namespace rxlab {

const char kRingStreamSchema[] = R"({
  "type": "object",
  "required": ["records"],
  "properties": {
    "records": {"type": "integer", "minimum": 1, "description": "in the measured window"},
    "warmup_records": {"type": "integer", "minimum": 0, "default": 0},
    "payload_min": {"type": "integer", "minimum": 0, "maximum": 1048576, "default": 64,
        "description": "bytes of a record's payload, drawn per record from the trial's seed"},
    "payload_max": {"type": "integer", "minimum": 0, "maximum": 1048576, "default": 64,
        "description": "with its header of 16 bytes at most a quarter of the ring"},
    "quiet_ms": {"type": "integer", "minimum": 1, "maximum": 60000, "default": 500,
        "description": "what has not arrived when nothing has moved for so long is lost"}
  }
})";

namespace {

Histogram read_histogram(const ::histogram& counts) {
    Histogram histogram;
    histogram.add(counts);
    return histogram;
}

double per(uint64_t count, double of) {
    return of > 0 ? static_cast<double>(count) / of : 0;
}

class RingStream : public Traffic {
public:
    RingStream(Sys& sys, const dma_ring_run& run) : sys_(sys), run_(run) {
        sinks.push_back({"ring.received", [this] { return received_; }});
        sinks.push_back({"ring.dropped", [this] { return dropped_; }});
        sinks.push_back({"ring.gap", [this] { return gap_; }});
    }

    void prepare(uint64_t records) override { run_.records = records; }

    TrafficReport send() override {
        sys_.ioctl(DMA_RING_DEVICE, DMA_RING_RUN, &run_);
        const dma_ring_counters& counters = run_.counters;
        received_ += counters.received;
        dropped_ += counters.wire_dropped_records;
        gap_ += counters.gap_records;
        return sent();
    }

private:
    TrafficReport sent() const {
        const dma_ring_counters& counters = run_.counters;
        TrafficReport sent;
        sent.packets = sent.busy_packets = counters.sent;
        sent.bytes = counters.payload_bytes;
        sent.busy_ns = counters.elapsed_ns;
        sent.excluded_ns = counters.idle_ns + counters.wire_engine_ns;
        add_metrics(sent.metrics);
        sent.latencies = {{"ring.raise_to_handler", read_histogram(run_.to_handler)},
                          {"ring.handler_to_consumer", read_histogram(run_.to_consumer)}};
#define RAW(name) sent.raw[#name] = counters.name;
        DMA_RING_COUNTERS(RAW)
#undef RAW
        return sent;
    }

    void add_metrics(Values& metrics) const {
        const dma_ring_counters& counters = run_.counters;
        const double sent = static_cast<double>(counters.sent),
                     mib = static_cast<double>(counters.wire_rx_bytes) / (1 << 20);
        metrics["ring.counted_loss_fraction"] =
            per(counters.wire_dropped_records + counters.gap_records, sent);
        metrics["ring.interrupts_per_mib"] = per(counters.interrupts + counters.callbacks, mib);
        metrics["ring.doorbells_per_record"] = per(counters.producer_publications, sent);
        metrics["ring.credits_per_record"] = per(counters.consumer_publications, sent);
        metrics["ring.peer_loads_per_record"] =
            per(counters.producer_peer_loads + counters.consumer_peer_loads, sent);
        metrics["ring.wire_bytes_per_record"] = per(counters.wire_tx_bytes, sent);
        metrics["ring.emulated_bytes_per_second"] =
            per(counters.payload_bytes, static_cast<double>(counters.elapsed_ns) / 1e9);
#define TOLD(name) metrics["ring." #name] = static_cast<double>(counters.name);
        DMA_RING_COUNTERS(TOLD)
#undef TOLD
    }

    Sys& sys_;
    dma_ring_run run_;
    uint64_t received_ = 0, dropped_ = 0, gap_ = 0;
};

}  // namespace

std::unique_ptr<Traffic> make_ring_stream(Sys& sys, Journal&, const Topology&,
                                          const Json& parameters, uint64_t seed) {
    if (!sys.exists(DMA_RING_DEVICE))
        throw Error(Status::usage, fmt::format("traffic ring_stream: no {}", DMA_RING_DEVICE),
                    "\"setup\": {\"dma_ring\": {}} makes the rings");
    dma_ring_run run{};
    run.version = DMA_RING_VERSION;
    run.quiet_ms = parameters.value("quiet_ms", 500u);
    run.payload_min = parameters.value("payload_min", 64u);
    run.payload_max = parameters.value("payload_max", 64u);
    run.seed = seed;
    if (run.payload_min > run.payload_max)
        throw Error(
            Status::usage,
            fmt::format("payload_min {} is above payload_max {}", run.payload_min, run.payload_max),
            "set both");
    return std::make_unique<RingStream>(sys, run);
}

}  // namespace rxlab
