// SPDX-License-Identifier: GPL-2.0
// A BPF probe: loaded once per process, attached before the window (which leaves work behind), its
// map zeroed when the window begins and read when it ends. It is detached with the object: to
// detach interrupts every CPU.
#pragma once
#include "sys/bpf.h"

namespace rxlab {

class Probe {
public:
    Probe(const BpfObject& object, const char* map)
        : map_(object.map(map)), links_(object.attach_raw_tracepoints()) {}
    void zero() { map_.clear(); }
    const BpfMap& map() const { return map_; }

private:
    BpfMap map_;
    std::vector<Fd> links_;
};

}  // namespace rxlab
