// SPDX-License-Identifier: GPL-2.0
#include "change/difference.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace rxlab {
namespace {

constexpr double kNothing = 1e-9;  // what sums of doubles may differ by
/// Of what a caller executed in a function, how much must turn up in the caller to be called moved.
constexpr double kMostOfIt = 0.5;
constexpr double kLeastMoved = 0.5;  // instructions per item; less is no code that moved
constexpr double kAsLong = 0.1;      // how much longer a function with another name may be

/// A function as one work executed it.
struct Place {
    Share share;
    std::string function;
    auto operator<=>(const Place&) const = default;
};
/// A call: the function, and what called it ("": nothing).
struct Call {
    Place place;
    std::string caller;
    auto operator<=>(const Call&) const = default;
};

using Functions = std::map<Place, FunctionDifference>;
/// Instructions per item of the function when that caller called it.
using Calls = std::map<Call, BothSides>;

template <double FunctionDifference::*function_side, double BothSides::*call_side>
void add_side(const ItemStacks& side, Functions& functions, Calls& calls) {
    for (const auto& [stack, count] : side.stacks) {
        const auto frames = frames_of(stack);
        const Place place{share_of(stack), plain_name(std::string(frames.back()))};
        const double share = static_cast<double>(count) / side.items;
        const std::string caller =
            frames.size() > 1 ? plain_name(std::string(frames[frames.size() - 2])) : "";
        FunctionDifference& function = functions[place];
        function.share = place.share;
        function.function = place.function;
        function.*function_side += share;
        calls[{place, caller}].*call_side += share;
    }
}

/// What of a call that one side has not is in the caller there; 0: it is a change.
double moved_by(const Call& call, const BothSides& executed, const Functions& functions) {
    const auto caller = functions.find({call.place.share, call.caller});
    if (caller == functions.end()) return 0;
    const double has = std::max(executed.before, executed.after);
    const double sign = executed.after > 0 ? 1 : -1;  // of the function's own difference
    const double own = sign * functions.at(call.place).difference();
    const double callers = -sign * caller->second.difference();
    const double moved = std::min({has, own, callers});
    return moved >= kMostOfIt * has ? moved : 0;
}

using Marks = std::vector<Moved>;

void mark(Functions& functions, Marks& marks, Share share, const std::string& from,
          const std::string& to, double amount, Moved::How how) {
    functions.at({share, from}).moved -= amount;
    functions.at({share, to}).moved += amount;
    marks.push_back({share, from, to, amount, how});
}

/// What is part of its caller on one side only, the most first.
void mark_inlined(const Calls& calls, Functions& functions, Marks& marks) {
    std::vector<std::pair<Call, BothSides>> one_sided;
    for (const auto& [call, executed] : calls)
        if ((executed.before > 0) != (executed.after > 0) && !call.caller.empty())
            one_sided.emplace_back(call, executed);
    std::stable_sort(one_sided.begin(), one_sided.end(), [](const auto& a, const auto& b) {
        return a.second.before + a.second.after > b.second.before + b.second.after;
    });
    for (const auto& [call, executed] : one_sided) {
        const double amount = moved_by(call, executed, functions);
        if (amount < kLeastMoved) continue;
        const std::string &function = call.place.function, &caller = call.caller;
        if (executed.before > 0)
            mark(functions, marks, call.place.share, function, caller, amount,
                 Moved::How::into_caller);
        else
            mark(functions, marks, call.place.share, caller, function, amount,
                 Moved::How::out_of_caller);
    }
}

/// Who called the function, on either side.
std::set<std::string> callers_of(const Calls& calls, const Place& place) {
    std::set<std::string> callers;
    for (auto call = calls.lower_bound({place, ""});
         call != calls.end() && call->first.place == place; ++call)
        callers.insert(call->first.caller);
    return callers;
}

/// One that vanished and one that is new, for the same callers, and as long.
void mark_renamed(const Calls& calls, Functions& functions, Marks& marks) {
    std::vector<Place> gone, fresh;
    for (const auto& [place, function] : functions) {
        if (std::abs(function.difference()) < kLeastMoved) continue;
        if (function.after == 0) gone.push_back(place);
        if (function.before == 0) fresh.push_back(place);
    }
    for (const Place& before : gone)
        for (const Place& after : fresh) {
            const double old = -functions.at(before).difference(),
                         now = functions.at(after).difference();
            if (before.share != after.share || now < kLeastMoved ||
                std::abs(old - now) > kAsLong * old ||
                callers_of(calls, before) != callers_of(calls, after))
                continue;
            mark(functions, marks, before.share, before.function, after.function,
                 std::min(old, now), Moved::How::renamed);
            break;
        }
}

}  // namespace

const char* to_string(Moved::How how) {
    switch (how) {
        case Moved::How::into_caller:
            return "into_caller";
        case Moved::How::out_of_caller:
            return "out_of_caller";
        case Moved::How::renamed:
            return "renamed";
    }
    return "?";
}

std::string plain_name(const std::string& function) {
    std::string name = function;
    const size_t module = name.find(" [");
    const std::string suffix = module == std::string::npos ? "" : name.substr(module);
    name.resize(name.size() - suffix.size());
    for (const char* made : {".isra.", ".constprop.", ".part.", ".cold", ".llvm."})
        if (const size_t at = name.find(made); at != std::string::npos && at > 0) name.resize(at);
    return name + suffix;
}

Differences differences_of(const ItemStacks& before, const ItemStacks& after) {
    Functions functions;
    Calls calls;
    add_side<&FunctionDifference::before, &BothSides::before>(before, functions, calls);
    add_side<&FunctionDifference::after, &BothSides::after>(after, functions, calls);
    Differences found;
    for (const auto& [place, function] : functions)
        for (BothSides* total : {&found.all, &found.shares[place.share]}) {
            total->before += function.before;
            total->after += function.after;
        }
    mark_inlined(calls, functions, found.moved);
    mark_renamed(calls, functions, found.moved);
    std::stable_sort(found.moved.begin(), found.moved.end(),
                     [](const Moved& a, const Moved& b) { return a.amount > b.amount; });
    for (const auto& [place, function] : functions)
        if (std::abs(function.difference()) > kNothing) found.functions.push_back(function);
    std::stable_sort(found.functions.begin(), found.functions.end(),
                     [](const FunctionDifference& a, const FunctionDifference& b) {
                         return std::abs(a.difference()) > std::abs(b.difference());
                     });
    return found;
}

}  // namespace rxlab
