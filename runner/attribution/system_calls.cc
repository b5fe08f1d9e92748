// SPDX-License-Identifier: GPL-2.0
#include "attribution/system_calls.h"

#include "attribution/share.h"

#include <sstream>

namespace rxlab {
namespace {

constexpr std::string_view kCall = "__x64_sys_";
constexpr std::string_view kEntry = "entry_SYSCALL";
constexpr std::string_view kException = "asm_exc_";
constexpr std::string_view kVector = "asm_sysvec_";
constexpr std::string_view kInterrupt = "asm_";

/// "asm_sysvec_apic_timer_interrupt" -> "apic_timer_interrupt", "asm_common_interrupt" ->
/// "common_interrupt".
std::string interrupt_name(std::string_view root) {
    root.remove_prefix(root.starts_with(kVector) ? kVector.size() : kInterrupt.size());
    return std::string(root);
}

std::string rest_of(std::string_view frame, std::string_view prefix) {
    return std::string(frame.substr(prefix.size()));
}

/// Which of the functions that hardware jumps to is entered when it happens.
std::map<Cause, uint64_t> calls_of(const Executed& executed) {
    std::map<Cause, uint64_t> calls;
    uint64_t all = 0;
    for (const auto& [function, count] : executed.calls) {
        const Cause cause = cause_of(function);
        if (cause.name.empty()) continue;
        calls[cause] += count;
        if (cause.origin == Origin::system_call) all += count;
    }
    calls[{Origin::entry, ""}] = all;
    return calls;
}

}  // namespace

const char* to_string(Origin origin) {
    switch (origin) {
        case Origin::system_call:
            return "system_call";
        case Origin::entry:
            return "entry";
        case Origin::exception:
            return "exception";
        case Origin::interrupt:
            return "interrupt";
        case Origin::task:
            return "task";
        case Origin::idle:
            return "idle";
        case Origin::user:
            return "user";
    }
    return "?";
}

std::string cause_words(const Cause& cause) {
    switch (cause.origin) {
        case Origin::system_call:
            return cause.name;
        case Origin::entry:
            return "(entry and exit of each call)";
        case Origin::exception:
            return "(exception " + cause.name + ")";
        case Origin::interrupt:
            return "(interrupt " + cause.name + ")";
        case Origin::task:
            return "(other tasks, switching to them)";
        case Origin::idle:
            return "(idle)";
        case Origin::user:
            return "(the program itself)";
    }
    return "?";
}

Cause cause_of(std::string_view stack) {
    switch (share_of(stack)) {
        case Share::user:
            return {Origin::user, ""};
        case Share::idle:
            return {Origin::idle, ""};
        default:
            break;
    }
    const std::vector<std::string_view> frames = frames_of(stack);
    for (const std::string_view frame : frames)
        if (frame.starts_with(kCall)) return {Origin::system_call, rest_of(frame, kCall)};
    const std::string_view root = frames.front();
    if (root.starts_with(kEntry)) return {Origin::entry, ""};
    if (root.starts_with(kException)) return {Origin::exception, rest_of(root, kException)};
    if (is_entry(root)) return {Origin::interrupt, interrupt_name(root)};
    return {Origin::task, ""};
}

std::vector<uint64_t> system_call_entries(const std::string& symbols) {
    std::vector<uint64_t> addresses;
    std::istringstream stream(symbols);
    for (std::string line; std::getline(stream, line);) {
        const size_t name = line.rfind(' ') + 1;
        if (std::string_view(line).substr(name).starts_with(kCall))
            addresses.push_back(std::strtoull(line.c_str(), nullptr, 16));
    }
    return addresses;
}

std::map<Cause, Spent> spent_by_cause(const Executed& executed) {
    std::map<Cause, Spent> all;
    for (const auto& [stack, count] : executed.stacks) {
        Spent& spent = all[cause_of(stack)];
        spent.instructions += count;
        spent.functions[stack.substr(stack.rfind(';') + 1)] += count;
    }
    for (const auto& [cause, count] : calls_of(executed))
        if (const auto found = all.find(cause); found != all.end()) found->second.calls = count;
    return all;
}

}  // namespace rxlab
