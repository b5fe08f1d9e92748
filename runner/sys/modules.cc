// SPDX-License-Identifier: GPL-2.0
#include "sys/modules.h"

#include "base/trimmed.h"
#include "sys/choice.h"

#include <fmt/format.h>

namespace rxlab {
namespace {

constexpr const char* kLockdown = "/sys/kernel/security/lockdown";  // "none [integrity] ..."
constexpr const char* kEnforced = "/sys/module/module/parameters/sig_enforce";

std::string lockdown(Sys& sys) {
    return sys.exists(kLockdown) ? chosen_in(sys.read_file(kLockdown)) : "none";
}

}  // namespace

ModulesRefused modules_refused(Sys& sys) {
    const char* sign =
        "sign them with a key that 'mokutil --import' enrolled, turn Secure Boot off, or --target "
        "vm";
    if (!sys.exists("/proc/modules"))
        return {"the running kernel has no loadable modules", "--target vm"};
    if (const std::string level = lockdown(sys); level != "none")
        return {fmt::format("the kernel takes signed modules only (lockdown: {}, as with Secure "
                            "Boot)",
                            level),
                sign};
    if (sys.exists(kEnforced) && trimmed(sys.read_file(kEnforced)) == "Y")
        return {"the kernel takes signed modules only (module.sig_enforce)", sign};
    return {};
}

}  // namespace rxlab
