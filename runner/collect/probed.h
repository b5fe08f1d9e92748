// SPDX-License-Identifier: GPL-2.0
// What the probes' maps hold (bpf/probes.h), as values and curves. Pure: whoever fills the same
// structs from another source, such as a trace, gets the same figures.
#pragma once
#include "bpf/probes.h"
#include "collect/collector.h"

#include <array>

namespace rxlab {

/// By vector number; the kernel's enum in linux/interrupt.h.
constexpr std::array<const char*, SOFTIRQ_VECTORS> kSoftirqVectors = {
    "hi", "timer", "net_tx", "net_rx", "block", "irq_poll", "tasklet", "sched", "hrtimer", "rcu"};

/// By vector, then by CPU.
using SoftirqTimes = std::array<std::vector<softirq_times>, SOFTIRQ_VECTORS>;

/// Values and curves softirq.VECTOR...; table softirq.cpus: what each CPU spent in each vector.
void report_softirqs(const SoftirqTimes& times, const Window& window, Values& values, Json& curves);

/// Values irq...; tables irq.cpus: what each CPU spent in handlers, and irq.lines: which CPU served
/// which number.
void report_irqs(const std::vector<irq_times>& cpus, const Window& window, Values& values,
                 Json& curves);

/// Values napi...; table napi.cpus: what each CPU polled.
void report_napi(const std::vector<napi_polls>& cpus, const Window& window, Values& values,
                 Json& curves);

}  // namespace rxlab
