// SPDX-License-Identifier: GPL-2.0
#include "setup/kinds.h"
#include "setup/xdp.h"

#include "base/error.h"
#include "bpf/names.h"
#include "topology/driver_counters.h"

#include <fmt/format.h>
#include <unistd.h>

namespace rxlab {

const char kXdpToolsSchema[] =
    R"({
  "type": "object",
  "properties": {
    "program": {"enum": [)" RXLAB_XDP_NAMES
    R"(],
        "description": "a program of bpf/, loaded by xdp-loader; without it, xdp-filter is loaded"},
    "features": {"enum": ["udp", "all"], "default": "udp",
        "description": "what xdp-filter is to look at; all is its own default"},
    "rules": {"type": "integer", "minimum": 0, "maximum": 1000, "default": 10,
        "description": "so many UDP destination ports of xdp-filter, from first_port on"},
    "first_port": {"type": "integer", "minimum": 1, "maximum": 64000, "default": 9,
        "description": "the first rule's"},
    "drop_by_default": {"type": "boolean", "default": false,
        "description": "the rules' ports pass and the rest is dropped, else the other way round"},
    "dispatcher": {"type": "boolean", "default": true,
        "description": "behind libxdp's dispatcher, as is usual, or on the interface itself"}
  }
})";

namespace {

constexpr const char* kBpffs = "/sys/fs/bpf";  // where xdp-tools pin
constexpr const char* kDispatcher = "xdp_dispatcher";

/// One of xdp-tools' programs in the receiver's namespace.
class Tool {
public:
    Tool(Sys& sys, const Interface& receiver, bool dispatcher)
        : sys_(sys), receiver_(receiver), dispatcher_(dispatcher) {}
    void operator()(std::vector<std::string> argv) const {
        if (!dispatcher_) argv.insert(argv.begin(), {"env", "LIBXDP_SKIP_DISPATCHER=1"});
        run_or_throw(sys_, argv, {}, receiver_.netns);
    }

private:
    Sys& sys_;
    const Interface& receiver_;
    bool dispatcher_;
};

struct Pinned {
    const char* path;
    const char* whose;  ///< what makes it
};

/// What xdp-tools leave outside the namespace they work in, killed at any moment too.
const Pinned kFilterPins[] = {{"/sys/fs/bpf/xdp-filter", "xdp-filter"},
                              {"/run/xdp-filter.lock", "xdp-filter"}};
const Pinned kLibxdpPins = {"/sys/fs/bpf/xdp", "libxdp"};

void record_removal(Journal& journal, const Pinned& pinned) {
    journal.record({.what = fmt::format("{} of {}", pinned.path, pinned.whose),
                    .argv = {"rm", "-rf", pinned.path},
                    .done_if_absent = pinned.path});
}

/// xdp-filter has one set of rules for all interfaces of the machine.
void record_filter(Sys& sys, Journal& journal) {
    for (const Pinned& pinned : kFilterPins) {
        if (sys.exists(pinned.path))
            throw Error(Status::usage,
                        fmt::format("xdp-filter is in use on this machine: {} exists", pinned.path),
                        "xdp-filter status; xdp-filter unload --all");
        record_removal(journal, pinned);
    }
}

std::string dispatcher_pins(Sys& sys, const Interface& receiver) {
    std::string index;
    sys.in_netns(receiver.netns,
                 [&] { index = sys.read_file("/sys/class/net/" + receiver.name + "/ifindex"); });
    return fmt::format("dispatch-{}-", index.substr(0, index.find('\n')));
}

/// libxdp names a dispatcher's folder by the interface's number, whatever its namespace.
void record_dispatcher(Sys& sys, Journal& journal, const Interface& receiver) {
    const std::string prefix = dispatcher_pins(sys, receiver);
    for (const std::string& name : sys.list(kLibxdpPins.path))
        if (name.starts_with(prefix))
            throw Error(Status::usage,
                        fmt::format("libxdp has {}/{} of somebody else's", kLibxdpPins.path, name),
                        "xdp-loader status; xdp-loader clean");
    journal.record({.what = "what libxdp pinned for " + receiver.name,
                    .argv = {"find", kLibxdpPins.path, "-maxdepth", "1", "-name", prefix + "*",
                             "-exec", "rm", "-rf", "{}", "+"}});
}

/// Everything that both programs leave on the machine, before either is started.
void record_tools(Sys& sys, Journal& journal, const Topology& topology, const Json& parameters) {
    if (!parameters.contains("program")) record_filter(sys, journal);
    const bool libxdp_is_new = !sys.exists(kLibxdpPins.path);
    if (libxdp_is_new) record_removal(journal, kLibxdpPins);
    for (const Path& path : topology.paths) {
        if (!libxdp_is_new) record_dispatcher(sys, journal, path.receiver);
        journal.record({.what = "XDP program of xdp-tools on " + path.receiver.name,
                        .netns = path.receiver.netns,
                        .argv = {"ip", "link", "set", "dev", path.receiver.name, "xdpdrv", "off"},
                        .interface = path.receiver.name});
    }
}

void put_filter(const Tool& tool, const Interface& receiver, const Json& parameters) {
    tool({"xdp-filter", "load", receiver.name, "--mode", "native", "--policy",
          parameters.value("drop_by_default", false) ? "deny" : "allow", "--features",
          parameters.value("features", "udp")});
    const int first = parameters.value("first_port", 9);
    for (int port = first; port < first + parameters.value("rules", 10); port++)
        tool({"xdp-filter", "port", std::to_string(port), "--proto", "udp", "--mode", "dst"});
}

void put_program(const Tool& tool, const Interface& receiver, const std::string& program) {
    const Fd object = embedded_bpf_file(program);
    tool({"xdp-loader", "load", receiver.name,
          fmt::format("/proc/{}/fd/{}", ::getpid(), object.get()), "--mode", "native"});
}

/// libxdp does without its dispatcher where the kernel lacks something, and says so only when asked
/// to be verbose.
void require_dispatcher(Sys& sys, const Interface& receiver) {
    const auto attached = xdp_attached(sys, receiver.netns, receiver.name);
    const std::string name = attached ? name_of_program(attached->id) : "nothing";
    if (name != kDispatcher)
        throw Error(
            Status::invalid,
            fmt::format("{}: libxdp attached {} itself, not its dispatcher", receiver.name, name),
            "\"dispatcher\": false, or a kernel that lets a BPF program replace a function of "
            "another (freplace): xdp-loader load -vv says what it lacks");
}

}  // namespace

std::unique_ptr<Applied> apply_xdp_tools(Sys& sys, Journal& journal, const Topology& topology,
                                         const Json& parameters) {
    const bool dispatcher = parameters.value("dispatcher", true);
    require_bpffs(kBpffs);
    auto applied = std::make_unique<Applied>();
    for (const Path& path : topology.paths) require_no_xdp(sys, path.receiver);
    record_tools(sys, journal, topology, parameters);
    for (const Path& path : topology.paths) {
        const Interface& receiver = path.receiver;
        const Tool tool(sys, receiver, dispatcher);
        if (parameters.contains("program"))
            put_program(tool, receiver, parameters.at("program"));
        else
            put_filter(tool, receiver, parameters);
        if (dispatcher) require_dispatcher(sys, receiver);
        applied->sinks.push_back(
            {"xdp.drop", [&sys, receiver] { return driver_xdp_ends(sys, receiver).drops; }});
    }
    return applied;
}

std::string describe_xdp_tools(Sys& sys, Journal& journal, const Topology& topology,
                               const Json& parameters) {
    record_tools(sys, journal, topology, parameters);
    const std::string what =
        parameters.contains("program")
            ? fmt::format("'xdp-loader load' of {}", parameters.value("program", "?"))
            : fmt::format("xdp-filter ({}, {} rules)", parameters.value("features", "udp"),
                          parameters.value("rules", 10));
    return fmt::format("{} on {}, {} libxdp's dispatcher", what, receiver_names(topology),
                       parameters.value("dispatcher", true) ? "behind" : "without");
}

}  // namespace rxlab
