// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "journal/load_module.h"
#include "kmod/include/rxlab/nic_handlers.h"
#include "kmod/include/rxlab/ring_variants.h"
#include "topology/driver_counters.h"
#include "topology/kinds.h"
#include "topology/namespaces.h"
#include "topology/sinks.h"

#include <fmt/format.h>

namespace rxlab {

#define RXLAB_FIRST(name) "\"" #name "\""
#define RXLAB_NAME(name) ", " RXLAB_FIRST(name)

// rxnic.ko's own parameters, with their own defaults (modinfo -p); what it refuses it refuses with
// a reason.
const char kRxnicSchema[] = R"({
  "type": "object",
  "properties": {
    "handler": {"enum": [)" RXNIC_HANDLERS(
    RXLAB_FIRST, RXLAB_NAME) R"(], "default": "napi", "description": "what receives"},
    "work": {"type": "integer", "minimum": 0, "maximum": 1000000, "default": 0,
        "description": "iterations of work per packet received"},
    "budget": {"type": "integer", "minimum": 1, "maximum": 4096, "default": 64,
        "description": "frames per call of a handler that is not NAPI"},
    "gro": {"type": "boolean", "default": true, "description": "NAPI alone has it"},
    "queues": {"type": "integer", "minimum": 1, "maximum": 4, "default": 1},
    "variant": {"enum": ["naive")" RXLAB_RING_VARIANTS(RXLAB_NAME) R"(], "default": "batched"},
    "batch": {"type": "integer", "minimum": 1, "maximum": 4096, "default": 256,
        "description": "variant batched: frames per publication"},
    "mapping": {"enum": ["coherent", "streaming"], "default": "coherent"},
    "wire": {"enum": ["lossless", "lossy"], "default": "lossless"},
    "rate": {"type": "integer", "minimum": 0, "default": 0,
        "description": "the line's bytes per second; 0: as fast as the engine"},
    "ring_bytes": {"type": "integer", "minimum": 8192, "maximum": 2097152, "default": 65536},
    "maxburst": {"type": "integer", "minimum": 1, "maximum": 128, "default": 128},
    "watermark_bytes": {"type": "integer", "minimum": 0, "default": 20480,
        "description": "bytes that make an interrupt, 80 per short frame; 0: never"},
    "usecs": {"type": "integer", "minimum": 0, "maximum": 1000000, "default": 50,
        "description": "us from the first byte to the interrupt"},
    "tx_frames": {"type": "integer", "minimum": 1, "maximum": 4096, "default": 256,
        "description": "frames that make a doorbell at once"},
    "tx_usecs": {"type": "integer", "minimum": 0, "maximum": 1000000, "default": 50,
        "description": "us between doorbells else; 0: one per frame"},
    "irq_cpu": {"type": "integer", "minimum": 0,
        "description": "CPU of the interrupts; as it happens without"},
    "engine": {"enum": ["thread", "interrupt"], "default": "thread",
        "description": "a real-time thread is the device, or an interrupt, before softIRQs too"},
    "engine_cpu": {"type": "integer", "minimum": 0, "description": "CPU of the engine's thread"}
  }
})";

namespace {
void load_modules(Sys& sys, Journal& journal, const Json& parameters) {
    const bool thread = parameters.value("engine", "thread") == "thread";
    Json engine = {{"channels", 4 * parameters.value("queues", 1)},
                   {thread ? "engine_rt" : "engine_irq", true}},
         nic = parameters;
    if (parameters.contains("engine_cpu")) engine["engine_cpu"] = parameters["engine_cpu"];
    for (const char* not_the_modules : {"kind", "gro", "engine", "engine_cpu"})
        nic.erase(not_the_modules);
    load_module(sys, journal, "vdma", engine);
    load_module(sys, journal, "ring_link", Json::object());
    load_module(sys, journal, "rxnic", nic);
}

Sink loss(Sys& sys, const char* name, const Interface& end, std::vector<std::string> counters) {
    return {name, [&sys, end, counters] { return driver_counters(sys, end, counters); }, true};
}

}  // namespace

MachineNeeds rxnic_needs(const Json&) {
    return {.own_modules = true};
}

Topology make_rxnic(Sys& sys, Journal& journal, const Json& parameters) {
    Topology topology;
    topology.paths.push_back(make_path(0, "rxnic0", "rxnic1"));
    const Path& path = topology.paths.front();
    load_modules(sys, journal, parameters);
    make_namespaces(
        sys, journal);  // undone first: the devices come back then, and the module takes them away
    run_or_throw(sys, {"ip", "-batch", "-"}, moved_ends(path));
    if (!parameters.value("gro", true))
        run_or_throw(sys, {"ethtool", "-K", path.receiver.name, "gro", "off"}, {}, kReceiver);
    run_or_throw(sys, {"ip", "-batch", "-"}, generator_address(path), kGenerator);
    run_or_throw(sys, {"ip", "-batch", "-"}, receiver_address(path), kReceiver);
    topology.fresh_skbs = true;
    topology.sinks = protocol_sinks(sys, kReceiver);
    topology.sinks.push_back(loss(sys, "rxnic.not_sent", path.generator, {"tx_dropped"}));
    topology.sinks.push_back(
        loss(sys, "rxnic.wire_dropped", path.receiver, {"wire_dropped_records"}));
    topology.sinks.push_back(loss(sys, "rxnic.rx_dropped", path.receiver,
                                  {"rx_no_page", "rx_no_skb", "rx_bad", "given_up"}));
    return topology;
}

}  // namespace rxlab
