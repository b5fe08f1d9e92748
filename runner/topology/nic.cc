// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "topology/kinds.h"
#include "topology/namespaces.h"
#include "topology/nic_models.h"
#include "topology/sinks.h"

#include <fmt/format.h>

namespace rxlab {

#define RXLAB_QUOTED(name, ...) "\"" name "\""
#define RXLAB_NEXT(name, ...) ", " RXLAB_QUOTED(name)

const char kNicSchema[] = R"({
  "type": "object",
  "required": ["model"],
  "properties": {
    "model": {"enum": [)" RXLAB_NIC_MODELS(RXLAB_QUOTED, RXLAB_NEXT) R"(],
        "description": "of both ends; rxlab list devices says what each is"}
  }
})";

namespace {

constexpr uint64_t kNsPerSecond = 1'000'000'000;
constexpr const char* kWhyNoLink =
    "look at what its driver says: rxlab shell --device nic:MODEL -- dmesg";

/// The interface that a driver made of a PCI device: itself has it, or a virtio device on it.
std::string interface_at(Sys& sys, int slot, const NicModel& model) {
    const std::string device = fmt::format("/sys/bus/pci/devices/0000:00:{:02x}.0", slot);
    for (const std::string& child : sys.list(device)) {
        const std::string folder =
            device + (child.starts_with("virtio") ? "/" + child + "/net" : "/net");
        if (!sys.exists(folder)) continue;
        for (const std::string& name : sys.list(folder)) return name;
    }
    throw Error(Status::usage,
                fmt::format("no interface of driver {} at {}: topology nic needs a guest that was "
                            "booted for it",
                            model.driver, device),
                "--target vm; on a machine of your own --interface GEN:DUT takes two ports");
}

}  // namespace

MachineNeeds nic_needs(const Json& parameters) {
    const NicModel& model = nic_model(parameters.value("model", ""));
    return {model.board, {nic_device(model)}, model.native_xdp};
}

Topology make_nic(Sys& sys, Journal& journal, const Json& parameters) {
    const NicModel& model = nic_model(parameters.value("model", ""));
    Topology topology;
    topology.paths.push_back(make_path(0, interface_at(sys, kNicSlots[0], model),
                                       interface_at(sys, kNicSlots[1], model)));
    const Path& path = topology.paths.front();
    make_namespaces(sys, journal);  // undone: the devices go back to where they were
    run_or_throw(sys, {"ip", "-batch", "-"}, moved_ends(path));
    run_or_throw(sys, {"ip", "-batch", "-"}, generator_address(path), kGenerator);
    run_or_throw(sys, {"ip", "-batch", "-"}, receiver_address(path), kReceiver);
    topology.settle_ns = model.settle_s * kNsPerSecond;
    await_settled(sys, path, topology.settle_ns, kWhyNoLink);
    topology.fresh_skbs = true;
    topology.sinks = protocol_sinks(sys, kReceiver);
    for (Sink& sink : nic_sinks(sys, path, {model.no_buffer, model.xdp_in_dropped}))
        topology.sinks.push_back(std::move(sink));
    return topology;
}

}  // namespace rxlab
