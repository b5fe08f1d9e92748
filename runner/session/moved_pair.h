// SPDX-License-Identifier: GPL-2.0
// The user's own pair in namespaces of its own, as long as a trial lasts.
#pragma once
#include "journal/journal.h"
#include "topology/topology.h"

namespace rxlab {

/// Moves both ends of a path from the caller's namespace to those of our own topologies, with the
/// path's addresses, so that what this machine itself receives is in no counter of the trial's and
/// what it says by itself is no frame of the trial's. The journal moves them back: to the namespace
/// they came from, whoever undoes it, up, with the settings that they had there. Returns the path
/// as it is then.
/// @throws Error(Status::usage) where such namespaces exist, Error(Status::invalid) without a link.
Path move_apart(Sys& sys, Journal& journal, Path path);

}  // namespace rxlab
