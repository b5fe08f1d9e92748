// SPDX-License-Identifier: GPL-2.0
// Writes configuration values into the image of a BPF object's .rodata, found and checked by BTF.
#pragma once
#include "base/json.h"

#include <cstdint>
#include <span>
#include <string>

struct btf;

namespace rxlab {

/// @throws Error(Status::usage): no variable of that name (with the ones there are), not a number,
/// out of range.
void set_bpf_config(const std::string& object, const btf* types, std::span<uint8_t> rodata,
                    const Json& config);

}  // namespace rxlab
