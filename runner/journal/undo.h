// SPDX-License-Identifier: GPL-2.0
// How to take one change back.
#pragma once
#include "base/json.h"
#include "sys/sys.h"

#include <string>
#include <vector>

namespace rxlab {

/// How to take one change back, as data that a person can read and a later process can replay.
struct Undo {
    std::string what;                ///< for people: "sysctl net.core.netdev_budget"
    std::string path, value, netns;  ///< write `value` to `path` (when path is not empty)
    std::vector<std::string> argv;   ///< or run this (when not empty), in `netns`
    std::string done_if_absent;      ///< nothing to do when this path does not exist in `netns`
    std::string knob;   ///< or write `value` to this knob ("kind:object", when not empty)
    std::string wrote;  ///< what we put there; another value at restore was someone else's
    std::string ours_path, ours_value;  ///< what we made reads so; else it is someone else's and
                                        ///< stays
    std::string interface;              ///< what it belongs to: nothing to do when that is gone
    uint32_t xdp_id = 0;                ///< or detach this XDP program from it (when not 0)
    bool xdp_generic = false;
    bool order = false;  ///< `path` takes orders: written to, never read back
};

Json to_json(const Undo& undo);
/// @throws nlohmann's exceptions on another shape.
Undo undo_from_json(const Json& json);

/// Can `later` be undone only while `earlier` is not? It is in a namespace, or names one, that goes
/// with `earlier`; or it brings the interface back of which `earlier` is, where that is to be.
bool needs(const Undo& later, const Undo& earlier);

/// Takes it back. Empty, or why it could not be undone. `notes`: what a person should know besides.
std::string undo_one(Sys& sys, const Undo& undo, std::vector<std::string>& notes);

}  // namespace rxlab
