// SPDX-License-Identifier: GPL-2.0
#include "collect/kernel_name.h"

#include "bpf/kernel_name.h"
#include "sys/bpf.h"

#include <cstring>

namespace rxlab {
namespace {

const BpfObject& namer() {
    static const BpfObject loaded = load_bpf("kernel_name");
    return loaded;
}

}  // namespace

void prepare_kernel_names() {
    namer();
}

/// An address that has no name is printed as a number.
std::string kernel_function(uint64_t address) {
    kernel_name asked{.address = address, .name = {}};
    run_bpf(namer().program(), &asked, sizeof asked);
    const std::string name(asked.name, strnlen(asked.name, sizeof asked.name));
    return name.starts_with("0x") ? "[unknown]" : name.substr(0, name.find(' '));
}

}  // namespace rxlab
