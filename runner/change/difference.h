// SPDX-License-Identifier: GPL-2.0
// What is different between two trials, function by function, in numbers that sum to the whole.
// Pure.
#pragma once
#include "attribution/share.h"
#include "attribution/source_place.h"

#include <optional>
#include <string>
#include <vector>

namespace rxlab {

/// Stacks, and the packets (or records) that they were executed for.
struct ItemStacks {
    const Stacks& stacks;
    double items;
};

/// A function itself, without what it calls, in instructions per item; 0 where it was not
/// executed.
struct FunctionDifference {
    Share share = Share::path;
    std::string function;
    double before = 0, after = 0;
    double moved = 0;  ///< what of `after` came from another function, less what went to one
    double low = 0, high = 0;  ///< the least and the most difference of one round, where there are
                               ///< several (document.h); else 0
    std::optional<SourcePlace> source;  ///< where that is known

    double difference() const { return after - before - moved; }
};

/// Instructions that are the same on both sides, but in another function: the compiler put one into
/// its caller, or no longer does, or the function has another name. That is no change.
struct Moved {
    Share share = Share::path;
    std::string from, to;  ///< the functions that have them before and after
    double amount = 0;     ///< instructions per item, above 0
    enum class How { into_caller, out_of_caller, renamed } how = How::into_caller;
};
const char* to_string(Moved::How how);

struct BothSides {
    double before = 0, after = 0;
    double difference() const { return after - before; }
};

struct Differences {
    BothSides all;
    std::map<Share, BothSides> shares;
    /// Every function that differs, but one that only moved. They sum to all.difference(), for what
    /// one function has more by a move another has less. The one that differs most comes first.
    std::vector<FunctionDifference> functions;
    std::vector<Moved> moved;  ///< the most first
};

/// The same function whatever the compiler made of it: "tcp_v4_rcv.isra.0" is "tcp_v4_rcv".
std::string plain_name(const std::string& function);

Differences differences_of(const ItemStacks& before, const ItemStacks& after);

}  // namespace rxlab
