// SPDX-License-Identifier: GPL-2.0
#include "base/cpu_list.h"
#include "base/error.h"
#include "base/names.h"
#include "knobs/kinds.h"
#include "knobs/persistent.h"
#include "knobs/place.h"
#include "sys/irq.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <vector>

namespace rxlab {
namespace {

/// Of the interrupts that are requested from now on.
constexpr const char* kDefault = "default";
constexpr const char* kDefaultFile = "/proc/irq/default_smp_affinity";  // a mask

std::string affinity_file(const std::string& irq) {
    return "/proc/irq/" + irq + "/smp_affinity_list";
}

// ---- by name

/// What drivers call the interrupt of one queue, after the name of the interface or of the device.
const struct {
    const char* queue;
    std::vector<std::string> endings;
} kQueues[] = {
    {"-rx-", {"-rx-", "-rxtx-", "-TxRx-", "-input."}},
    {"-tx-", {"-tx-", "-rxtx-", "-TxRx-", "-output."}},
};

struct Queue {
    std::string interface;             ///< empty: the name says no interface
    std::vector<std::string> endings;  ///< of the action's name; empty: the only interrupt there is
};

/// "eth0-rx-3" -> eth0 and "-rx-3", "-rxtx-3" ...; "eth0" -> eth0.
Queue queue_of(const std::string& name) {
    for (const auto& row : kQueues) {
        const size_t at = name.rfind(row.queue);
        if (at == std::string::npos || !at) continue;
        const std::string number = name.substr(at + std::string(row.queue).size());
        if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos) continue;
        Queue queue{name.substr(0, at), {}};
        for (const std::string& ending : row.endings) queue.endings.push_back(ending + number);
        return queue;
    }
    return {name, {}};
}

std::vector<std::string> irqs_of_action(Sys& sys, const std::string& name) {
    std::vector<std::string> irqs;
    for (const std::string& irq : sys.list("/sys/kernel/irq")) {
        const auto actions = irq_actions(sys, irq);
        if (std::find(actions.begin(), actions.end(), name) != actions.end()) irqs.push_back(irq);
    }
    return irqs;
}

bool serves(Sys& sys, const std::string& irq, const Queue& queue) {
    for (const std::string& action : irq_actions(sys, irq))
        for (const std::string& ending : queue.endings)
            if (action.ends_with(ending)) return true;
    return queue.endings.empty();
}

std::vector<std::string> irqs_named(Sys& sys, const Placed& place) {
    if (auto irqs = irqs_of_action(sys, place.object); !irqs.empty()) return irqs;
    const Queue queue = queue_of(place.object);
    if (!is_interface_name(queue.interface)) return {};
    std::vector<std::string> irqs = device_irqs(sys, {place.netns, queue.interface});
    std::erase_if(irqs, [&](const std::string& irq) { return !serves(sys, irq, queue); });
    return irqs;
}

std::string irq_named(Sys& sys, const std::string& object) {
    const std::vector<std::string> irqs = irqs_named(sys, placed(object));
    if (irqs.size() == 1) return irqs.front();
    throw Error(Status::usage,
                fmt::format("knob irq:{}: {} interrupts have this name", object,
                            irqs.empty() ? "no" : std::to_string(irqs.size())),
                irqs.empty() ? "see /proc/interrupts; a device has them while its link is up"
                             : "name a queue, e.g. eth0-rx-0, or use irq_affinity:NUMBER");
}

}  // namespace

void validate_irq_affinity(const std::string& object) {
    if (object == kDefault) return;
    if (object.empty() || object.size() > 6 ||
        object.find_first_not_of("0123456789") != std::string::npos)
        throw Error(Status::usage,
                    fmt::format("knob irq_affinity:{}: expected an interrupt's number", object),
                    "see /proc/interrupts; 'default' is of those requested later");
}

std::string read_irq_affinity(Sys& sys, const std::string& object) {
    if (object == kDefault) return as_list(cpu_mask(read_in(sys, "", kDefaultFile)));
    return read_in(sys, "", affinity_file(object));
}

void write_irq_affinity(Sys& sys, const std::string& object, const std::string& value) {
    if (object == kDefault) return write_in(sys, "", kDefaultFile, as_mask(cpu_list(value)));
    write_in(sys, "", affinity_file(object), value);
}

void check_irq_affinity(Sys& sys, const std::string& object, const std::string& value) {
    require_online(sys, "irq_affinity:" + object, value);
}

void validate_irq(const std::string& object) {
    validate_characters("irq", object, "._-@:");
}

std::string read_irq(Sys& sys, const std::string& object) {
    return read_irq_affinity(sys, irq_named(sys, object));
}

void write_irq(Sys& sys, const std::string& object, const std::string& value) {
    write_irq_affinity(sys, irq_named(sys, object), value);
}

void check_irq(Sys& sys, const std::string& object, const std::string& value) {
    require_online(sys, "irq:" + object, value);
}

Persistent persistent_irq_affinity(const std::string& object, const std::string& value) {
    if (object == kDefault) return persistent_sysfs(kDefaultFile, as_mask(cpu_list(value)));
    return {.why_not =
                "an interrupt's number may be another one after the next start; name it as "
                "irq:eth0-rx-0"};
}

/// The commands look the number up, as irqs_named() does.
Persistent persistent_irq(const std::string& object, const std::string& value) {
    const Queue queue = queue_of(object);
    std::string among = "/sys/kernel/irq/*/actions", actions = "(^|,)" + object + "(,|$)";
    if (!queue.endings.empty()) {
        const std::string device = fmt::format("/sys/class/net/{}/device", queue.interface);
        among = fmt::format(
            "$(ls {0}/msi_irqs {0}/../msi_irqs 2>/dev/null | sed "
            "'s|.*|/sys/kernel/irq/&/actions|')",
            device);
        actions = fmt::format("({})(,|$)", fmt::join(queue.endings, "|"));
    }
    const std::string command = fmt::format(
        "for i in $(grep -lE -e '{}' {} 2>/dev/null | cut -d/ -f5); do echo {} > "
        "/proc/irq/$i/smp_affinity_list; done",
        actions, among, value);
    return {.form = Persistent::Form::command,
            .interface = is_interface_name(queue.interface) ? queue.interface : "",
            .needs_up = true,
            .line = command,
            .command = command};
}

}  // namespace rxlab
