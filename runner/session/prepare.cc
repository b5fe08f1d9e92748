// SPDX-License-Identifier: GPL-2.0
#include "session/prepare.h"

#include "base/error.h"
#include "base/trimmed.h"
#include "collect/collector.h"
#include "session/assembly.h"
#include "session/session.h"

#include <sstream>

namespace rxlab {
namespace {

/// In a trial loading one would cost time, and where the module lies in memory would depend on the
/// arm.
const char* const kModules[] = {"veth",       "dummy",   "pktgen",  "nf_tables", "sch_ingress",
                                "cls_flower", "cls_u32", "cls_bpf", "act_gact"};

std::string read_kernel_base(Sys& sys) {
    // _text is among the first symbols; all of them are ten megabytes.
    std::istringstream symbols(sys.run({"head", "-c", "262144", "/proc/kallsyms"}).out);
    for (std::string line; std::getline(symbols, line);)
        if (line.ends_with(" _text"))
            return line.starts_with("00000000")
                       ? ""
                       : line.substr(0, line.find(' '));  // hidden from an ordinary user
    return "";
}

}  // namespace

std::string kernel_base(Sys& sys) {
    static std::string base;
    if (base.empty()) base = read_kernel_base(sys);
    return base;
}

std::string kernel_release(Sys& sys) {
    const char* file = "/proc/sys/kernel/osrelease";
    return sys.exists(file) ? trimmed_end(sys.read_file(file)) : "";
}

std::vector<std::string> modules_to_load(Sys& sys) {
    const std::string list = "/lib/modules/" + kernel_release(sys) + "/modules.dep";
    if (!sys.exists(list)) return {};
    const std::string modules = sys.read_file(list);
    std::vector<std::string> names;
    for (const std::string name : kModules)
        if (modules.find("/" + name + ".ko") != std::string::npos &&
            !sys.exists("/sys/module/" + name))
            names.push_back(name);
    return names;
}

void prepare(Sys& sys) {
    for (const std::string& name : modules_to_load(sys)) sys.run({"modprobe", "-q", name});
    kernel_base(sys);
    for (size_t i = 0; i < kTrafficCount; i++)
        if (kTraffics[i].before_topology) kTraffics[i].before_topology(sys);
    for (size_t i = 0; i < kCollectorCount; i++) {
        try {
            if (kCollectors[i].prepare) kCollectors[i].prepare(sys);
        } catch (const Error&) {  // a trial that uses this collector will say it
        }
    }
}

bool changes_nothing(const Trial& trial) {
    return traffic_kind(trial).program && trial.topology.value("kind", "") == "none" &&
           trial.setup.empty() && trial.knobs.empty();
}

void require_traffic(Sys& sys, const Trial& trial) {
    const TrafficKind& kind = traffic_kind(trial);
    if (kind.require) kind.require(sys, trial.traffic);
}

}  // namespace rxlab
