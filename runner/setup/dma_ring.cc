// SPDX-License-Identifier: GPL-2.0
#include "kmod/include/rxlab/ring_variants.h"

#include "journal/load_module.h"
#include "setup/kinds.h"

namespace rxlab {

#define RXLAB_NAME(name) ", \"" #name "\""

// The modules' own parameters, with their own defaults (modinfo -p); what they refuse they refuse
// with a reason.
const char kDmaRingSchema[] = R"({
  "type": "object",
  "properties": {
    "variant": {"enum": ["naive")" RXLAB_RING_VARIANTS(RXLAB_NAME) R"(], "default": "cached"},
    "transfer": {"enum": ["cyclic", "memcpy"], "default": "cyclic",
        "description": "memcpy: a descriptor per filled span; notify is then period or poll"},
    "mapping": {"enum": ["coherent", "streaming"], "default": "coherent"},
    "notify": {"enum": ["period", "watermark", "timer", "poll"], "default": "watermark",
        "description": "who wakes the consumer: dmaengine, the wire's interrupt, or nobody"},
    "wire": {"enum": ["lossless", "lossy"], "default": "lossless"},
    "ring_bytes": {"type": "integer", "minimum": 4096, "maximum": 2097152, "default": 65536},
    "period_bytes": {"type": "integer", "minimum": 1, "default": 4096},
    "bus_width": {"enum": [1, 2, 4, 8], "default": 8},
    "maxburst": {"type": "integer", "minimum": 1, "maximum": 128, "default": 8},
    "batch": {"type": "integer", "minimum": 1, "maximum": 4096, "default": 32,
        "description": "variant batched: records per publication"},
    "watermark_bytes": {"type": "integer", "minimum": 1, "default": 8192},
    "usecs": {"type": "integer", "minimum": 0, "maximum": 60000000, "default": 0},
    "idle_usecs": {"type": "integer", "minimum": 0, "maximum": 60000000, "default": 100},
    "watchdog_usecs": {"type": "integer", "minimum": 0, "maximum": 60000000, "default": 10000},
    "fifo_bytes": {"type": "integer", "minimum": 256, "maximum": 1048576},
    "rate": {"type": "integer", "minimum": 0, "default": 0,
        "description": "the line's bytes per second; 0: as fast as the engine"},
    "channel_tx": {"type": "string", "pattern": "^[a-z0-9]*$",
        "description": "like dma0chan0; empty: any that can"},
    "channel_rx": {"type": "string", "pattern": "^[a-z0-9]*$"},
    "engine": {"enum": ["vdma", "none"], "default": "vdma",
        "description": "the module that brings the channels; none: the machine has some"},
    "pci": {"type": "string", "pattern": "^[0-9a-f:.]*$",
        "description": "vdma: the PCI function whose DMA it does, like 0000:00:10.0"}
  }
})";

std::unique_ptr<Applied> apply_dma_ring(Sys& sys, Journal& journal, const Topology&,
                                        const Json& parameters) {
    Json ring = parameters, engine = Json::object();
    if (ring.contains("pci")) engine["pci"] = ring["pci"];
    ring.erase("pci");
    ring.erase("engine");
    if (parameters.value("engine", "vdma") == "vdma") load_module(sys, journal, "vdma", engine);
    load_module(sys, journal, "ring_link", Json::object());
    load_module(sys, journal, "dma_ring", ring);
    return std::make_unique<Applied>();
}

}  // namespace rxlab
