// SPDX-License-Identifier: GPL-2.0
#include "setup/xdp.h"
#include "setup/kinds.h"
#include "setup/schema_parts.h"

#include "base/error.h"
#include "bpf/names.h"
#include "collect/xdp_verdicts.h"
#include "topology/driver_counters.h"

#include <fmt/format.h>

namespace rxlab {

const char kXdpSchema[] = R"({
  "type": "object",
  "required": ["program"],
  "properties": {
    "program": {"enum": [)" RXLAB_XDP_NAMES R"(], "description": "a program of bpf/"},
    )" RXLAB_XDP_MODE R"(,
    )" RXLAB_BPF_CONFIG R"(
  }
})";

namespace {

using ReadVerdicts = std::function<Verdicts()>;

/// Programs stay loaded as long as they are attached; the journal detaches them.
class Xdp : public Applied {
public:
    Xdp(std::vector<BpfObject> programs, std::vector<ReadVerdicts> counters)
        : programs_(std::move(programs)), counters_(std::move(counters)) {
        for (const uint32_t action : {XDP_ABORTED, XDP_DROP, XDP_TX, XDP_REDIRECT})
            sinks.push_back({std::string("xdp.") + kXdpActions[action],
                             [this, action] { return packets(action); }});
    }

private:
    uint64_t packets(uint32_t action) const {
        uint64_t sum = 0;
        for (const auto& counter : counters_) sum += counter()[action].packets;
        return sum;
    }

    std::vector<BpfObject> programs_;
    std::vector<ReadVerdicts> counters_;
};

/// Undone only while it is this very program.
void record(Journal& journal, const Interface& receiver, const std::string& name, uint32_t id,
            XdpMode mode) {
    journal.record({.what = fmt::format("XDP program {} on {}", name, receiver.name),
                    .netns = receiver.netns,
                    .interface = receiver.name,
                    .xdp_id = id,
                    .xdp_generic = mode == XdpMode::generic});
}

void attach(Sys& sys, Journal& journal, const Interface& receiver, const BpfObject& program,
            XdpMode mode) {
    require_no_xdp(sys, receiver);
    record(journal, receiver, program.name(), id_of_program(program.program()), mode);
    attach_xdp(sys, receiver.netns, receiver.name, program.program(), mode);
}

XdpMode mode_of(const Json& parameters) {
    return parameters.value("mode", "native") == "native" ? XdpMode::native : XdpMode::generic;
}

/// What the kernel says of the program that is attached there.
std::string attached_mode(Sys& sys, const Interface& receiver) {
    const auto attached = xdp_attached(sys, receiver.netns, receiver.name);
    if (!attached) return "none";
    return to_string(attached->mode);
}

/// How this program's verdicts are counted: by itself, or where it does not count by the driver.
ReadVerdicts counter_of(Sys& sys, const Interface& receiver, const BpfObject& program,
                        XdpMode mode) {
    if (auto map = XdpVerdicts::of(sys, receiver))
        return [map = std::make_shared<XdpVerdicts>(std::move(*map))] { return map->read(); };
    if (mode == XdpMode::generic)
        throw Error(
            Status::usage,
            fmt::format(
                "XDP program '{}' counts nothing, and generic XDP has no counters of its own",
                program.name()),
            "use mode \"native\"");
    return [&sys, receiver] {
        const XdpEnds ends = driver_xdp_ends(sys, receiver);
        Verdicts verdicts{};
        verdicts[XDP_ABORTED].packets = ends.aborted;
        verdicts[XDP_DROP].packets = ends.drops;
        verdicts[XDP_TX].packets = ends.sent_back;
        verdicts[XDP_REDIRECT].packets = ends.redirected;
        return verdicts;
    };
}

}  // namespace

void require_no_xdp(Sys& sys, const Interface& receiver) {
    if (const auto other = xdp_attached(sys, receiver.netns, receiver.name))
        throw Error(Status::invalid,
                    fmt::format("{} has an XDP program already (id {})", receiver.name, other->id),
                    "detach it first: ip link set dev " + receiver.name + " xdp off");
}

void record_everywhere(Journal& journal, const Topology& topology, const std::string& name,
                       const Json& parameters) {
    constexpr uint32_t not_loaded_yet = 0;
    for (const Path& path : topology.paths)
        record(journal, path.receiver, name, not_loaded_yet, mode_of(parameters));
}

std::unique_ptr<Applied> attach_everywhere(Sys& sys, Journal& journal, const Topology& topology,
                                           const Json& parameters,
                                           const std::function<BpfObject()>& make) {
    const XdpMode mode = mode_of(parameters);
    std::vector<BpfObject> programs;
    std::vector<ReadVerdicts> counters;
    Json modes = Json::object();
    for (const Path& path : topology.paths) {
        programs.push_back(make());
        attach(sys, journal, path.receiver, programs.back(), mode);
        counters.push_back(counter_of(sys, path.receiver, programs.back(), mode));
        modes[path.receiver.name] = attached_mode(sys, path.receiver);
    }
    auto xdp = std::make_unique<Xdp>(std::move(programs), std::move(counters));
    xdp->facts["xdp_attached"] = std::move(modes);
    return xdp;
}

std::string describe_xdp(Sys&, Journal& journal, const Topology& topology, const Json& parameters) {
    const std::string program = parameters.value("program", "?");
    record_everywhere(journal, topology, program, parameters);
    return fmt::format("attach the XDP program {} ({}) to {}", program,
                       parameters.value("mode", "native"), receiver_names(topology));
}

std::unique_ptr<Applied> apply_xdp(Sys& sys, Journal& journal, const Topology& topology,
                                   const Json& parameters) {
    return attach_everywhere(sys, journal, topology, parameters, [&] {
        return load_bpf(parameters.at("program"), parameters.value("config", Json::object()));
    });
}

}  // namespace rxlab
