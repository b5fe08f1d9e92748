// SPDX-License-Identifier: GPL-2.0
#include "setup/kinds.h"
#include "setup/schema_parts.h"
#include "setup/xdp.h"

#include <fmt/format.h>
#include <filesystem>

namespace rxlab {

const char kXdpObjectSchema[] = R"({
  "type": "object",
  "required": ["object"],
  "properties": {
    "object": {"type": "string", "pattern": "^/[^\\x00-\\x1f]+$", "maxLength": 4096,
        "description": "path of an object file that clang made for BPF"},
    "program": {"type": "string", "minLength": 1, "maxLength": 200,
        "description": "the function in it; without it, its only XDP program"},
    )" RXLAB_XDP_MODE R"(,
    )" RXLAB_BPF_CONFIG R"(
  }
})";

namespace {

/// Below this folder a guest has it where this machine has it.
constexpr const char* kFolder = "/objects";

std::string path_of(Sys& sys, const Json& parameters) {
    const std::string path = parameters.at("object"), brought = kFolder + path;
    return sys.exists(brought) ? brought : path;
}

std::string name_of(const Json& parameters) {
    const std::string file =
        std::filesystem::path(parameters.value("object", "?")).filename().string();
    const std::string program = parameters.value("program", "");
    return program.empty() ? file : fmt::format("{} of {}", program, file);
}

}  // namespace

std::vector<GuestFile> files_of_xdp_object(const Json& parameters) {
    const std::string path = parameters.at("object");
    return {{path, kFolder + path, false}};
}

std::string describe_xdp_object(Sys&, Journal& journal, const Topology& topology,
                                const Json& parameters) {
    record_everywhere(journal, topology, name_of(parameters), parameters);
    return fmt::format("attach the XDP program {} ({}) to {}", name_of(parameters),
                       parameters.value("mode", "native"), receiver_names(topology));
}

std::unique_ptr<Applied> apply_xdp_object(Sys& sys, Journal& journal, const Topology& topology,
                                          const Json& parameters) {
    const std::string path = path_of(sys, parameters);
    return attach_everywhere(sys, journal, topology, parameters, [&] {
        BpfObject object = BpfObject::open_xdp(path, parameters.value("program", ""));
        object.configure(parameters.value("config", Json::object()));
        object.load();
        return object;
    });
}

}  // namespace rxlab
