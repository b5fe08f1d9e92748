// SPDX-License-Identifier: GPL-2.0
// A knob is one setting of the system with a readable old value. Knobs know nothing of restoring:
// session does that.
#pragma once
#include "sys/sys.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rxlab {

struct Persistent;

/// A row of kKnobs; a knob is written "kind:object", e.g. "sysctl:net.core.netdev_budget".
struct KnobKind {
    const char* name;
    const char* summary;
    /// @throws Error(Status::usage) when the object's name is malformed ("..", odd characters).
    void (*validate)(const std::string& object);
    std::string (*read)(Sys& sys, const std::string& object);
    void (*write)(Sys& sys, const std::string& object, const std::string& value);
    /// Of knobs/persistent.h.
    Persistent (*persistent)(const std::string& object, const std::string& value);
    /// Null: only writing tells. @throws Error(Status::usage) for a value that the system would
    /// refuse; nothing is changed. Of what is not there (yet) it knows nothing, and accepts it.
    void (*check)(Sys& sys, const std::string& object, const std::string& value) = nullptr;
    const char* extra = nullptr;  ///< what it runs that not every guest has: a row of vm/manifest
    bool held = false;            ///< it is as set only while the process that set it lives
};
extern const KnobKind kKnobs[];
extern const size_t kKnobCount;

/// A knob found by its whole name "kind:object", validated.
struct Knob {
    const KnobKind& kind;
    std::string object;
};
/// @throws Error(Status::usage) with the nearest kind.
Knob find_knob(const std::string& name);

/// Names and values in the order in which they are to be set, that of kKnobs; those of a kind stay
/// as they are.
void sort_knobs(std::vector<std::pair<std::string, std::string>>& knobs);

/// A side of an experiment's traffic, and its interface.
struct Side {
    std::string name;       ///< "dut" or "gen"
    std::string interface;  ///< as it is called where the knob is to be set
    bool apart = true;      ///< is it in a namespace of its own, "@dut:"?
};
/// The knob's name on this machine: "ethtool:@dut:@dut/ring/rx" is "ethtool:@dut:eth1/ring/rx", and
/// "ethtool:eth1/ring/rx" where the side is not apart.
std::string name_for(const std::string& knob, const Side& side);
/// The side that its object speaks of, "dut" or "gen"; empty: none.
std::string side_of(const std::string& knob);

/// The kind's own check, where it has one.
void check_knob(Sys& sys, const Knob& knob, const std::string& value);

/// Is it a setting of the receive path (the table in reach.cc), such as an experiment may change on
/// a machine that people use? Others may run programs as root (kernel.core_pattern) or end it.
bool within_receive_path(const Knob& knob);
/// @throws Error(Status::usage) where it is not.
void require_within_receive_path(const std::string& name);

/// @throws Error(Status::usage) for a knob that would be as before when this command has ended.
void require_lasting(const std::string& name);

/// Knob -> its value: those of the names that this machine has and that can be read.
std::map<std::string, std::string> values_now(Sys& sys, const std::vector<std::string>& names);

/// Equal but for white space and for the way a list of CPUs is written ("0,1" is "0-1").
bool same_value(const std::string& a, const std::string& b);

}  // namespace rxlab
