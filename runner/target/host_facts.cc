// SPDX-License-Identifier: GPL-2.0
#include "target/host_facts.h"

#include "base/error.h"

namespace rxlab {
namespace {

struct Fact {
    const char* name;
    const char* path;
};

const Fact kFacts[] = {
    {"kernel", "/proc/sys/kernel/osrelease"},
    {"kernel_version", "/proc/sys/kernel/version"},
    {"cpus_online", "/sys/devices/system/cpu/online"},
    {"governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"},
    {"no_turbo", "/sys/devices/system/cpu/intel_pstate/no_turbo"},
    {"boost", "/sys/devices/system/cpu/cpufreq/boost"},
    {"smt_active", "/sys/devices/system/cpu/smt/active"},
};

constexpr const char* kVulnerabilities = "/sys/devices/system/cpu/vulnerabilities";

Json read_or_null(Sys& sys, const std::string& path) {
    try {
        if (!sys.exists(path)) return nullptr;
        std::string text = sys.read_file(path);
        text.erase(text.find_last_not_of('\n') + 1);
        return text;
    } catch (const Error&) {
        return nullptr;
    }
}

Json cpu_model(Sys& sys) {
    const Json info = read_or_null(sys, "/proc/cpuinfo");
    if (!info.is_string()) return nullptr;
    const std::string text = info;
    const size_t row = text.find("model name");
    const size_t start = row == std::string::npos ? row : text.find(": ", row);
    if (start == std::string::npos) return nullptr;
    return text.substr(start + 2, text.find('\n', start) - start - 2);
}

Json mitigations(Sys& sys) {
    Json all = Json::object();
    if (!sys.exists(kVulnerabilities)) return nullptr;
    for (const std::string& name : sys.list(kVulnerabilities))
        all[name] = read_or_null(sys, std::string(kVulnerabilities) + "/" + name);
    return all;
}

}  // namespace

Json host_facts(Sys& sys) {
    Json facts{{"cpu_model", cpu_model(sys)}, {"mitigations", mitigations(sys)}};
    for (const Fact& fact : kFacts) facts[fact.name] = read_or_null(sys, fact.path);
    return facts;
}

}  // namespace rxlab
