// SPDX-License-Identifier: GPL-2.0
// The compiled BPF objects inside the binary; the table is made by CMakeLists.txt from the files there are.
#pragma once
#include <cstddef>

namespace rxlab {

struct BpfBytes {
    const char* name; ///< x of x.bpf.c
    const unsigned char *begin, *end;
    size_t size() const { return static_cast<size_t>(end - begin); }
};
extern const BpfBytes kBpfObjects[];
extern const size_t kBpfObjectCount;

} // namespace rxlab
