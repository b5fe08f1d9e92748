// SPDX-License-Identifier: GPL-2.0
// Which collector a metric comes from.
#pragma once
#include <string>

namespace rxlab {

/// Is the metric one of a collector's, as experiments name it? "victim.wakeup.p99" is "victim"'s,
/// "bpftrace.drops.n" is "bpftrace:drops"'s, and "wakeup.irq.p99" is that of "wakeups": a metric's
/// first word is the collector's name, or how that begins.
bool gives(const std::string& collector, const std::string& metric);

}  // namespace rxlab
