// SPDX-License-Identifier: GPL-2.0
// What the plugin must know of an x86-64 instruction, from its bytes. Pure.
#pragma once
#include <cstddef>
#include <cstdint>

namespace rxlab {

/// How a block goes on.
enum class Ends { otherwise, with_call, with_return };
Ends ending_of(const uint8_t* bytes, size_t size);

/// IN and INS read a port, OUT and OUTS write one.
enum class PortAccess { none, input, output };
PortAccess port_access_of(const uint8_t* bytes, size_t size);

/// What a port's accesses have for a device's name.
inline constexpr char kPort[] = "port";

}  // namespace rxlab
