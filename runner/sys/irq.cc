// SPDX-License-Identifier: GPL-2.0
#include "sys/irq.h"

#include "base/trimmed.h"

#include <sstream>

namespace rxlab {
namespace {

std::vector<std::string> irqs_below(Sys& sys, const std::string& interface) {
    for (const char* device : {"/device", "/device/.."}) {
        const std::string folder = "/sys/class/net/" + interface + device;
        std::vector<std::string> irqs;
        if (sys.exists(folder + "/msi_irqs"))
            irqs = sys.list(folder + "/msi_irqs");
        else if (sys.exists(folder + "/irq"))
            irqs = {trimmed(sys.read_file(folder + "/irq"))};
        if (!irqs.empty()) return irqs;
    }
    return {};
}

}  // namespace

std::vector<std::string> irq_actions(Sys& sys, const std::string& irq) {
    const std::string path = "/sys/kernel/irq/" + irq + "/actions";
    std::vector<std::string> actions;
    std::istringstream text(sys.exists(path) ? trimmed(sys.read_file(path)) : "");
    for (std::string action; std::getline(text, action, ',');) actions.push_back(action);
    return actions;
}

std::vector<std::string> device_irqs(Sys& sys, const Interface& interface) {
    if (!interface.netns.empty() && !sys.exists("/run/netns/" + interface.netns)) return {};
    std::vector<std::string> irqs;
    sys.in_netns(interface.netns, [&] { irqs = irqs_below(sys, interface.name); });
    std::erase_if(irqs, [&](const std::string& irq) { return irq_actions(sys, irq).empty(); });
    return irqs;
}

}  // namespace rxlab
