// SPDX-License-Identifier: GPL-2.0
// The interrupts of a network device, and who handles one (/sys/kernel/irq).
#pragma once
#include "sys/interface.h"
#include "sys/sys.h"

namespace rxlab {

/// Those that handle an interrupt: several share a line.
std::vector<std::string> irq_actions(Sys& sys, const std::string& irq);

/// Of the interface's device: its messages, or its line; those that somebody handles. A virtio
/// device's are its parent's. None: it has no device, or its namespace is not there (yet).
std::vector<std::string> device_irqs(Sys& sys, const Interface& interface);

}  // namespace rxlab
