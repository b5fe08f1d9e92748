// SPDX-License-Identifier: GPL-2.0
// What an arm puts in place before its trial besides knobs: XDP programs, nft and tc rules,
// modules, links.
#pragma once
#include "base/guest_file.h"
#include "topology/topology.h"

namespace rxlab {

/// Something applied; it lives until the trial is torn down.
class Applied {
public:
    virtual ~Applied() = default;
    std::vector<Sink> sinks;      ///< where this setup ends packets
    Json facts = Json::object();  ///< what the kernel made of it, by name: told beside the result
};

/// When a kind is applied: most knobs are of what set-ups make, and few set-ups need knobs.
enum class Moment { before_knobs, after_knobs };

/// A row of kSetups; those of a moment are applied in the order of the table.
struct SetupKind {
    const char* name;
    const char* summary;
    const char* schema;
    std::unique_ptr<Applied> (*apply)(Sys& sys, Journal& journal, const Topology& topology,
                                      const Json& parameters);
    /// What apply() changes, for kinds that work by system calls of their own (BPF, sockets), and
    /// in the journal the entries that apply() makes; null: apply() on a recording Sys tells.
    std::string (*describe)(Sys& sys, Journal& journal, const Topology& topology,
                            const Json& parameters);
    bool interfaces;  ///< it belongs to interfaces: there is nothing to do in topology "none"
    const char* extra = nullptr;  ///< what it needs that not every guest has: extras of
                                  ///< vm/manifest, and "module:NAME"
    bool xdp = false;  ///< it attaches an XDP program, by its "mode" in the driver or in the stack
    bool own_modules = false;  ///< it inserts modules of rxlab's own
    Moment moment = Moment::before_knobs;
    /// What it reads in a guest that is not in every guest; null: nothing.
    std::vector<GuestFile> (*files)(const Json& parameters) = nullptr;
};
extern const SetupKind kSetups[];
extern const size_t kSetupCount;

}  // namespace rxlab
