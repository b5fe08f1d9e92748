// SPDX-License-Identifier: GPL-2.0
// The map `xdp_verdicts` of the program attached to an interface: packets and bytes per XDP action.
#pragma once
#include "bpf/verdicts.h"
#include "collect/collector.h"
#include "sys/bpf.h"

namespace rxlab {

inline constexpr std::array<const char*, 5> kXdpActions = {"aborted", "drop", "pass", "tx",
                                                           "redirect"};
using Verdicts = std::array<verdict, kXdpActions.size()>;  ///< indexed by XDP action

class XdpVerdicts {
public:
    explicit XdpVerdicts(Fd map) : fd_(std::move(map)), map_(fd_.get()) {}
    /// Nothing when no program with such a map is attached.
    static std::optional<XdpVerdicts> of(Sys& sys, const Interface& interface);
    /// Sums over CPUs, whichever way the program counts.
    Verdicts read() const;

private:
    Fd fd_;
    BpfMap map_;
};

}  // namespace rxlab
