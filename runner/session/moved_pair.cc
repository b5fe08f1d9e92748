// SPDX-License-Identifier: GPL-2.0
#include "session/moved_pair.h"

#include "base/error.h"
#include "knobs/knobs.h"
#include "knobs/place.h"
#include "topology/namespaces.h"

#include <fmt/format.h>
#include <unistd.h>

namespace rxlab {
namespace {

/// A name for where the interfaces were: an undo may run anywhere.
constexpr const char* kHome = "rxlab-home";

void name_home(Sys& sys, Journal& journal) {
    const std::string file = std::string("/run/netns/") + kHome;
    if (sys.exists(file))
        throw Error(Status::usage, fmt::format("network namespace '{}' exists already", kHome),
                    fmt::format("'rxlab restore', or 'ip netns del {}'", kHome));
    journal.record({.what = fmt::format("the name {} of this network namespace", kHome),
                    .argv = {"ip", "netns", "del", kHome},
                    .done_if_absent = file});
    const std::string thread = std::to_string(::gettid());  // its namespace, not the process's
    run_or_throw(sys, {"ip", "netns", "attach", kHome, thread});
}

/// An interface loses its settings when it moves and gets the namespace's default ones, as far as
/// those can be read.
void record_settings(Sys& sys, Journal& journal, const std::string& name) {
    for (const char* kind : {"ipv4/conf", "ipv4/neigh", "ipv6/conf", "ipv6/neigh"}) {
        const std::string folder = fmt::format("/proc/sys/net/{}/", kind);
        if (!sys.exists(folder + name)) continue;
        for (const std::string& file : sys.list(folder + name)) {
            if (file == "stable_secret") continue;  // cannot be read before it was written
            const std::string path = folder + name + "/" + file, value = sys.read_file(path),
                              usual = folder + "default/" + file;
            if (!sys.exists(usual) || !same_value(value, sys.read_file(usual)))
                journal.record({.what = path,
                                .path = path,
                                .value = value,
                                .netns = kHome,
                                .interface = name});
        }
    }
}

void record_return(Sys& sys, Journal& journal, const Interface& end) {
    journal.record({.what = fmt::format("{} is up", end.name),
                    .netns = kHome,
                    .argv = {"ip", "link", "set", end.name, "up"},
                    .interface = end.name});
    record_settings(sys, journal, end.name);
    journal.record({.what = fmt::format("{} goes back to where it was", end.name),
                    .netns = end.netns,
                    .argv = {"ip", "link", "set", end.name, "netns", kHome},
                    .interface = end.name});
}

/// A move takes an interface down. It keeps its MAC.
void move(Sys& sys, const Interface& end, const std::string& address) {
    try {
        run_or_throw(sys, {"ip", "link", "set", end.name, "netns", end.netns});
    } catch (const Error& error) {
        throw Error(error.status(), error.what(), "--force leaves both ends where they are");
    }
    run_or_throw(sys, {"ip", "-batch", "-"}, address, end.netns);
}

}  // namespace

Path move_apart(Sys& sys, Journal& journal, Path path) {
    path.generator.netns = kGenerator;
    path.receiver.netns = kReceiver;
    make_namespaces(sys, journal);
    name_home(sys, journal);
    for (const Interface& end : {path.generator, path.receiver}) record_return(sys, journal, end);
    move(sys, path.generator, generator_address(path, Arp::as_it_is));
    move(sys, path.receiver, receiver_address(path, Arp::as_it_is));
    await_links(sys, path, "the cable between them; or --force, which leaves them where they are");
    return path;
}

}  // namespace rxlab
