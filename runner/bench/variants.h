// SPDX-License-Identifier: GPL-2.0
// The variants' own sources, in this translation unit: the compiler sees through their tables, so
// that no call is indirect. (The unit tests call them through the tables, compiled as C, as the
// kernel does.)
#pragma once

#include "../../kmod/ring/variants/table.h"

#include "ring_variant_sources.h"  // made by CMake: an #include of each variants/*.c
