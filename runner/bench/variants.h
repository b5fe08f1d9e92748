// SPDX-License-Identifier: GPL-2.0
// The variants' own sources, in this translation unit: the compiler sees through their tables, so that no call is indirect.
// (The unit tests call them through the tables, compiled as C, as the kernel does.) One more variant is one more line.
#pragma once

#include "../../kmod/ring/variants/table.h"

#include "../../kmod/ring/variants/batched.c"
#include "../../kmod/ring/variants/cached.c"
#include "../../kmod/ring/variants/circ.c"
#include "../../kmod/ring/variants/freerun.c"
#include "../../kmod/ring/variants/naive.c"
