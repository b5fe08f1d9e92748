// SPDX-License-Identifier: GPL-2.0
#include "journal/undo.h"

#include "base/error.h"
#include "knobs/knobs.h"
#include "knobs/place.h"
#include "sys/bpf.h"

#include <fmt/format.h>
#include <algorithm>
#include <string_view>

namespace rxlab {
namespace {

/// Writes the old value back and reads it again, by whichever functions reach the setting.
void put_back(const Undo& undo, const std::function<std::string()>& read,
              const std::function<void()>& write, std::vector<std::string>& notes) {
    const std::string found = read();
    if (same_value(found, undo.value)) return;
    if (!undo.wrote.empty() && !same_value(found, undo.wrote))
        notes.push_back(
            fmt::format("{}: someone else changed it to '{}' meanwhile; it is '{}' again",
                        undo.what, found, undo.value));
    write();
    if (const std::string now = read(); !same_value(now, undo.value))
        throw Error(Status::invalid, fmt::format("wrote '{}', reads '{}'", undo.value, now));
}

void undo_knob(Sys& sys, const Undo& undo, std::vector<std::string>& notes) {
    const Knob knob = find_knob(undo.knob);
    put_back(
        undo, [&] { return knob.kind.read(sys, knob.object); },
        [&] { knob.kind.write(sys, knob.object, undo.value); }, notes);
}

void undo_path(Sys& sys, const Undo& undo, std::vector<std::string>& notes) {
    if (undo.order) return write_in(sys, undo.netns, undo.path, undo.value);
    put_back(
        undo, [&] { return read_in(sys, undo.netns, undo.path); },
        [&] { write_in(sys, undo.netns, undo.path, undo.value); }, notes);
}

bool absent(Sys& sys, const Undo& undo) {
    if (!undo.netns.empty() && !sys.exists("/run/netns/" + undo.netns)) return true;
    if (!undo.interface.empty() && !exists_in(sys, undo.netns, "/sys/class/net/" + undo.interface))
        return true;
    return !undo.done_if_absent.empty() && !exists_in(sys, undo.netns, undo.done_if_absent);
}

/// Is there, under that name, what somebody else made?
bool someone_else_s(Sys& sys, const Undo& undo) {
    return !undo.ours_path.empty() && exists_in(sys, undo.netns, undo.ours_path) &&
           !same_value(read_in(sys, undo.netns, undo.ours_path), undo.ours_value);
}

void undo_command(Sys& sys, const Undo& undo) {
    run_or_throw(sys, undo.argv, {}, undo.netns);
    if (!undo.done_if_absent.empty() && !absent(sys, undo))
        throw Error(Status::invalid, undo.done_if_absent + " is still there");
}

void undo_xdp(Sys& sys, const Undo& undo) {
    const auto attached = xdp_attached(sys, undo.netns, undo.interface);
    const auto program = find_program(undo.xdp_id);
    if (!program || !attached || attached->id != undo.xdp_id) return;  // never attached, or gone
    constexpr int nothing = -1;
    // Where another program is attached by now, that one stays.
    swap_xdp(sys, device_of(sys, undo.netns, undo.interface), program->get(), nothing,
             undo.xdp_generic ? XdpMode::generic : XdpMode::native);
}

/// In a namespace of ours a setting may have gone before the namespace itself, whose deletion is an
/// entry of its own: one end of a pair goes with the other end's namespace.
bool went_with_its_interface(Sys& sys, const Undo& undo) {
    if (undo.netns.empty() || (undo.knob.empty() && undo.path.empty())) return false;
    try {
        if (undo.knob.empty()) return !exists_in(sys, undo.netns, undo.path);
        const Knob knob = find_knob(undo.knob);
        knob.kind.read(sys, knob.object);
        return false;
    } catch (const Error&) {
        return true;
    }
}

void take_back(Sys& sys, const Undo& undo, std::vector<std::string>& notes) {
    if (absent(sys, undo)) return;
    if (someone_else_s(sys, undo)) {
        notes.push_back(
            fmt::format("{}: what has this name now is someone else's; it stays", undo.what));
        return;
    }
    if (!undo.knob.empty())
        undo_knob(sys, undo, notes);
    else if (!undo.path.empty())
        undo_path(sys, undo, notes);
    if (undo.xdp_id) undo_xdp(sys, undo);
    if (!undo.argv.empty()) undo_command(sys, undo);
}

}  // namespace

Json to_json(const Undo& undo) {
    Json json{{"what", undo.what}};
    const auto put = [&](const char* key, const auto& value) {
        if (value != std::decay_t<decltype(value)>{}) json[key] = value;
    };
    put("path", undo.path);
    put("knob", undo.knob);
    if (!undo.path.empty() || !undo.knob.empty()) json["value"] = undo.value;
    put("netns", undo.netns);
    put("done_if_absent", undo.done_if_absent);
    put("wrote", undo.wrote);
    put("ours_path", undo.ours_path);
    put("ours_value", undo.ours_value);
    put("interface", undo.interface);
    put("xdp_id", undo.xdp_id);
    put("xdp_generic", undo.xdp_generic);
    put("order", undo.order);
    put("argv", undo.argv);
    return json;
}

Undo undo_from_json(const Json& json) {
    Undo undo;
    undo.what = json.at("what");
    undo.path = json.value("path", "");
    undo.knob = json.value("knob", "");
    undo.value = json.value("value", "");
    undo.netns = json.value("netns", "");
    undo.done_if_absent = json.value("done_if_absent", "");
    undo.wrote = json.value("wrote", "");
    undo.ours_path = json.value("ours_path", "");
    undo.ours_value = json.value("ours_value", "");
    undo.interface = json.value("interface", "");
    undo.xdp_id = json.value("xdp_id", 0u);
    undo.xdp_generic = json.value("xdp_generic", false);
    undo.order = json.value("order", false);
    undo.argv = json.value("argv", std::vector<std::string>{});
    return undo;
}

bool needs(const Undo& later, const Undo& earlier) {
    constexpr std::string_view kNamed = "/run/netns/";
    const auto names = [&](std::string_view netns) {
        return !netns.empty() &&
               std::find(later.argv.begin(), later.argv.end(), netns) != later.argv.end();
    };
    if (earlier.done_if_absent.starts_with(kNamed)) {
        const std::string netns = earlier.done_if_absent.substr(kNamed.size());
        return later.netns == netns || names(netns);
    }
    return !earlier.interface.empty() && earlier.interface == later.interface &&
           earlier.netns != later.netns && names(earlier.netns);
}

std::string undo_one(Sys& sys, const Undo& undo, std::vector<std::string>& notes) {
    try {
        take_back(sys, undo, notes);
        return "";
    } catch (const std::exception& error) {
        const std::string why = fmt::format("{}: {}", undo.what, error.what());
        if (!went_with_its_interface(sys, undo)) return why;
        notes.push_back(why + "; it goes with its namespace");
        return "";
    }
}

}  // namespace rxlab
