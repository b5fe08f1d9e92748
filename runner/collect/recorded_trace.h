// SPDX-License-Identifier: GPL-2.0
// A trace that perf recorded, as values and curves: by the functions that tell what the probes saw.
#pragma once
#include "collect/perf_script.h"

namespace rxlab {

/// As the collectors softirq, irq, napi, drops and perf_record report; what no event of was
/// recorded is not there. @returns what is missing: a collector's name, and the events that it
/// needs.
std::vector<std::pair<std::string, std::string>> report_recorded_trace(const RecordedTrace& trace,
                                                                       Values& values,
                                                                       Json& curves);

}  // namespace rxlab
