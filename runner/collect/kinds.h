// SPDX-License-Identifier: GPL-2.0
// Makers of the collectors, one per file; table.cc gives them their names.
#pragma once
#include "collect/collector.h"

namespace rxlab {

std::unique_ptr<Collector> make_xdp_counters(Sys& sys, const Interfaces& receivers);
std::unique_ptr<Collector> make_softirq(Sys& sys, const Interfaces& receivers);
std::unique_ptr<Collector> make_irq(Sys& sys, const Interfaces& receivers);
std::unique_ptr<Collector> make_idle(Sys& sys, const Interfaces& receivers);
std::unique_ptr<Collector> make_proc_softirqs(Sys& sys, const Interfaces& receivers);
std::unique_ptr<Collector> make_proc_interrupts(Sys& sys, const Interfaces& receivers);
std::unique_ptr<Collector> make_softnet(Sys& sys, const Interfaces& receivers);
std::unique_ptr<Collector> make_interface(Sys& sys, const Interfaces& receivers);
std::unique_ptr<Collector> make_dma_engine(Sys& sys, const Interfaces& receivers);
std::unique_ptr<Collector> make_victim(Sys& sys, const Interfaces& receivers);
std::unique_ptr<Collector> make_napi(Sys& sys, const Interfaces& receivers);
std::unique_ptr<Collector> make_perf_stat(Sys& sys, const Interfaces& receivers);
std::unique_ptr<Collector> make_perf_record(Sys& sys, const Interfaces& receivers);

std::unique_ptr<Collector> make_bpftrace(Sys& sys, const std::string& script);
std::unique_ptr<Collector> make_perf_trace(Sys& sys, const std::string& traced);
std::vector<std::string> bpftrace_scripts();
std::vector<std::string> perf_traced();

void prepare_softirq(Sys& sys);
void prepare_irq(Sys& sys);
void prepare_idle(Sys& sys);
void prepare_napi(Sys& sys);

}  // namespace rxlab
