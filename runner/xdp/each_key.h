// SPDX-License-Identifier: GPL-2.0
#pragma once
#include <bpf/bpf.h>

namespace rxlab {

/// visit(key) for each key of a map, as the kernel lists them.
template <class Key, class Visit>
void each_key(int map, Visit visit) {
    Key key{}, next{};
    for (bool first = true; !::bpf_map_get_next_key(map, first ? nullptr : &key, &next);
         first = false)
        visit(key = next);
}

}  // namespace rxlab
