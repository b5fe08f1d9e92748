// SPDX-License-Identifier: GPL-2.0
#include "setup/kinds.h"
#include "setup/schema_parts.h"

#include "bpf/names.h"
#include "sys/bpf.h"

namespace rxlab {

const char kBpfProgSchema[] =
    R"({
  "type": "object",
  "required": ["program"],
  "properties": {
    "program": {"enum": [)" RXLAB_BPF_NAMES
    R"(], "description": "a program of bpf/, loaded and attached to nothing"},
    )" RXLAB_BPF_CONFIG R"(
  }
})";

namespace {

/// The kernel unloads the program with the last descriptor, so there is nothing to journal.
class Loaded : public Applied {
public:
    explicit Loaded(BpfObject program) : program_(std::move(program)) {}

private:
    BpfObject program_;
};

}  // namespace

std::unique_ptr<Applied> apply_bpf_prog(Sys&, Journal&, const Topology&, const Json& parameters) {
    return std::make_unique<Loaded>(
        load_bpf(parameters.at("program"), parameters.value("config", Json::object())));
}

}  // namespace rxlab
