// SPDX-License-Identifier: GPL-2.0
// How long a CPU may take to leave an idle state: the least that any program asks of the kernel by
// keeping the file open (Documentation/power/pm_qos_interface.rst).
#include "base/error.h"
#include "base/trimmed.h"
#include "knobs/kinds.h"
#include "knobs/persistent.h"

#include <fmt/format.h>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace rxlab {
namespace {

constexpr const char *kObject = "cpu_dma_latency", *kFile = "/dev/cpu_dma_latency";
constexpr int32_t kNobodyAsks = 2'000'000'000;  // us: PM_QOS_CPU_LATENCY_DEFAULT_VALUE

/// Our request, for as long as this is kept.
std::function<void(const std::string&)>& request() {
    static std::function<void(const std::string&)> kept;
    return kept;
}

/// Of all whole numbers of microseconds that the kernel takes; -1: it is none.
int32_t microseconds(const std::string& value) {
    int32_t us = -1;
    const char* end = value.data() + value.size();
    const auto [last, error] = std::from_chars(value.data(), end, us);
    return error == std::errc{} && last == end && us <= kNobodyAsks ? us : -1;
}

}  // namespace

void validate_pm_qos(const std::string& object) {
    if (object != kObject)
        throw Error(Status::usage, fmt::format("knob pm_qos:{}: no such request", object),
                    fmt::format("pm_qos:{} is the only one", kObject));
}

/// The kernel says it as a number of the machine's own; a plan that may not ask has a text.
std::string read_pm_qos(Sys& sys, const std::string&) {
    const std::string said = sys.read_file(kFile);
    int32_t us = 0;
    if (said.size() != sizeof us) return trimmed(said);
    std::memcpy(&us, said.data(), sizeof us);
    return std::to_string(us);
}

void check_pm_qos(Sys&, const std::string& object, const std::string& value) {
    if (microseconds(value) < 0)
        throw Error(Status::usage,
                    fmt::format("knob pm_qos:{}: '{}' is no number of microseconds from 0 to {}",
                                object, value, kNobodyAsks));
}

/// A request of more than others ask for changes nothing, so none is kept then; nor is one when
/// what was before is written back.
void write_pm_qos(Sys& sys, const std::string& object, const std::string& value) {
    request() = nullptr;
    const int32_t us = microseconds(value);
    if (microseconds(read_pm_qos(sys, object)) <= us) return;
    request() = sys.writer(kFile);
    request()(fmt::format("{:08x}", us));
}

Persistent persistent_pm_qos(const std::string&, const std::string&) {
    return {.why_not =
                "it holds only while a program keeps /dev/cpu_dma_latency open; what stays is "
                "sysfs:/sys/devices/system/cpu/cpu0/power/pm_qos_resume_latency_us, of each CPU"};
}

}  // namespace rxlab
