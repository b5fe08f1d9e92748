// SPDX-License-Identifier: GPL-2.0
// The compiled BPF objects and the bpftrace scripts inside the binary; CMakeLists.txt makes the
// tables from the files there are.
#pragma once
#include <cstddef>

namespace rxlab {

struct BpfBytes {
    const char* name; ///< x of x.bpf.c, or of x.bt
    const unsigned char *begin, *end;
    size_t size() const { return static_cast<size_t>(end - begin); }
};
extern const BpfBytes kBpfObjects[];
extern const size_t kBpfObjectCount;

/// The scripts x.bt, as text.
extern const BpfBytes kBpftraceScripts[];
extern const size_t kBpftraceScriptCount;

} // namespace rxlab
