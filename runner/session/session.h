// SPDX-License-Identifier: GPL-2.0
// One trial on this machine: apply, warm up, measure, restore.
#pragma once
#include "journal/journal.h"
#include "result/result.h"
#include "session/user_pair.h"

namespace rxlab {

struct SessionOptions {
    double ns_per_instruction = 0;  ///< counted lane: guest ns per instruction
    bool attribute =
        false;           ///< leave the probes out, and tell the kernel's symbols (facts["symbols"])
    UserPair interface;  ///< host target: the user's own instead of a topology of our own
};

/// Loads modules and opens what every trial needs; called before the snapshot in a VM, once on the
/// host.
void prepare(Sys& sys);

/// Is it the work of a program alone, which changes nothing on the machine and needs no root?
bool changes_nothing(const Trial& trial);

/// Do its kinds fit together? @throws Error(Status::usage) naming what a kind needs and the trial
/// has not. `own_interfaces`: the user's own stand for its topology.
void require_fit(const Trial& trial, bool own_interfaces = false);

/// What a trial's topology needs of the machine becomes part of what it is booted with.
/// @throws Error(Status::usage) where its boot asks for another board.
void add_machine_needs(Trial& trial);

/// What a trial needs of a kernel of this release and the kernel has not; empty: nothing.
std::string lacking_of_kernel(const Trial& trial, const std::string& release);
/// Does it insert modules of rxlab's own?
bool needs_own_modules(const Trial& trial);

/// @throws Error(Status::usage) when this machine lacks something for its traffic.
void require_traffic(Sys& sys, const Trial& trial);

/// @throws Error when the trial could not be made; the journal has then been replayed.
Observation run_trial(Sys& sys, Journal& journal, const Trial& trial,
                      const SessionOptions& options);

/// Every change a trial would make, one line each, for `rxlab plan --target host`. Touches nothing.
/// @throws Error(Status::usage) when `pair` (as in SessionOptions) is none that may be used.
std::vector<std::string> describe_changes(const Trial& trial, const UserPair& pair = {});

}  // namespace rxlab
