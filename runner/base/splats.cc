// SPDX-License-Identifier: GPL-2.0
#include "base/splats.h"

#include <algorithm>
#include <iterator>

namespace rxlab {

const Splat kSplats[] = {
    {"watchdog: BUG: soft lockup", "soft lockup"},
    {"hard LOCKUP", "hard lockup"},
    {"BUG: unable to handle", "oops"},
    {"Unable to handle kernel", "oops"},  // arm64
    {"Oops", "oops"},
    {"kernel BUG at", "oops"},
    {"general protection fault", "oops"},
    {"Out of memory and no killable processes", "out of memory"},
    {"Kernel panic - not syncing", "kernel panic"},
    {"WARNING: ", nullptr},
    {"BUG: ", nullptr},
    {"cut here", nullptr},
    {"Call Trace:", nullptr},
    {"detected stalls", nullptr},
    {"self-detected stall", nullptr},
    {"stall on CPU", nullptr},
    {"rcu: INFO: rcu_", nullptr},
    {"INFO: trying to register non-static key", nullptr},
    {"INFO: lockdep is turned off", nullptr},
    {"DEBUG_LOCKS_WARN_ON", nullptr},
    {"blocked for more than", nullptr},
    {"KASAN: ", nullptr},
    {"UBSAN: ", nullptr},
    {"KCSAN: ", nullptr},
    {"KFENCE: ", nullptr},
    {"DMA-API: ", nullptr},
    {"ODEBUG: ", nullptr},               // debugobjects
    {"suspected memory leak", nullptr},  // kmemleak
    {"leak detector disabled", nullptr},
    {"list_add corruption", nullptr},
    {"list_del corruption", nullptr},
    {"Redzone overwritten", nullptr},  // slub_debug begins with "BUG kmalloc-64 (Not tainted)"
    {"Poison overwritten", nullptr},
    {"Object already free", nullptr},
    {"Objects remaining in", nullptr},
    {"stalled pool shutdown", nullptr},  // a page pool whose pages do not come back
    {"ref_tracker: ", nullptr},
    {"NETDEV WATCHDOG: ", nullptr},
    {"bad page state", nullptr},
    {"Bad page state", nullptr},
    {"unregister_netdevice: waiting for", nullptr},
    {"nobody cared", nullptr},  // an interrupt without a handler
    {"refcount_t: ", nullptr},
    {"Out of memory: Killed", nullptr},
};
const size_t kSplatCount = std::size(kSplats);

bool is_splat(const std::string& line) {
    return std::any_of(std::begin(kSplats), std::end(kSplats), [&](const Splat& splat) {
        return line.find(splat.text) != std::string::npos;
    });
}

}  // namespace rxlab
