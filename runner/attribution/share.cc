// SPDX-License-Identifier: GPL-2.0
#include "attribution/share.h"

namespace rxlab {
namespace {

bool is_idle_task(std::string_view frame) {
    return frame == "do_idle" || frame == "cpu_startup_entry" || frame == "default_idle_call" ||
           frame.starts_with("cpuidle_");
}

bool is_generator(std::string_view frame) {
    return frame.ends_with("[pktgen]");
}

bool is_module(std::string_view frame) {
    return frame.ends_with(']');
}

/// What hands a frame to a device: "veth_xmit [veth]", "e1000_xmit_frame [e1000e]", "start_xmit".
bool is_transmission(std::string_view frame) {
    return !is_generator(frame) && frame.find("xmit") != std::string_view::npos;
}

/// What the kernel does at once when bottom halves are let go on: "do_softirq", "handle_softirqs".
bool is_bottom_half(std::string_view frame) {
    return frame.find("softirq") != std::string_view::npos;
}

}  // namespace

const char* to_string(Share share) {
    switch (share) {
        case Share::path:
            return "path";
        case Share::generator:
            return "generator";
        case Share::engine:
            return "engine";
        case Share::idle:
            return "idle";
        case Share::user:
            return "user";
    }
    return "?";
}

std::vector<std::string_view> frames_of(std::string_view stack) {
    std::vector<std::string_view> frames;
    for (;;) {
        const size_t end = stack.find(';');
        frames.push_back(stack.substr(0, end));
        if (end == std::string_view::npos) return frames;
        stack.remove_prefix(end + 1);
    }
}

Share share_of(std::string_view stack) {
    const std::vector<std::string_view> frames = frames_of(stack);
    if (is_user(frames.back())) return Share::user;
    bool generated = false, handed_on = false, in_engine = false;
    for (const std::string_view frame : frames) {
        if (is_idle_task(frame)) return Share::idle;
        if (is_module(frame)) in_engine = frame.ends_with("[vdma]");
        generated = generated || is_generator(frame);
        handed_on = handed_on || (generated && (is_transmission(frame) || is_bottom_half(frame)));
    }
    if (in_engine) return Share::engine;
    return generated && !handed_on ? Share::generator : Share::path;
}

std::map<Share, uint64_t> shares_of(const Stacks& stacks) {
    std::map<Share, uint64_t> shares;
    for (const auto& [stack, count] : stacks) shares[share_of(stack)] += count;
    return shares;
}

}  // namespace rxlab
