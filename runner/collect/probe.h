// SPDX-License-Identifier: GPL-2.0
// A BPF probe: loaded once per process, attached for a window, its map zeroed before.
#pragma once
#include "sys/bpf.h"

namespace rxlab {

class Probe {
public:
    Probe(const BpfObject& object, const char* map) : object_(object), map_(object.map(map)) {}
    void attach() {
        map_.clear();
        links_ = object_.attach_raw_tracepoints();
    }
    void detach() {
        for (BpfFd& link : links_)
            link = BpfFd();
    }
    const BpfMap& map() const { return map_; }

private:
    const BpfObject& object_;
    BpfMap map_;
    std::vector<BpfFd> links_;
};

} // namespace rxlab
