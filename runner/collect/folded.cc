// SPDX-License-Identifier: GPL-2.0
#include "collect/folded.h"

#include "base/trimmed.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

namespace rxlab {
namespace {

/// Where a CPU with nothing to do is when the sampling timer finds it.
constexpr std::array<std::string_view, 8> kIdle = {
    "pv_native_safe_halt", "native_safe_halt", "acpi_safe_halt", "default_idle",
    "mwait_idle",          "intel_idle",       "poll_idle",      "cpu_idle_poll"};

/// "  ffffffff81000130 entry_SYSCALL_64" -> the symbol.
std::string symbol(const std::string& line) {
    const std::string text = trimmed(line);
    const size_t space = text.find(' ');
    return space == std::string::npos ? "[unknown]" : text.substr(space + 1);
}

/// ';' separates frames.
std::string stack_entry(std::string name) {
    std::replace(name.begin(), name.end(), ';', ':');
    return name;
}

void add(const std::string& task, const std::vector<std::string>& frames, Folded& folded) {
    if (frames.empty() || std::find(kIdle.begin(), kIdle.end(), frames.front()) != kIdle.end())
        return;
    std::string stack = task;
    for (auto it = frames.rbegin(); it != frames.rend(); ++it) stack += ";" + *it;
    folded[stack]++;
}

}  // namespace

Folded fold(const std::string& script) {
    Folded folded;
    std::string task;
    std::vector<std::string> frames;
    std::istringstream lines(script);
    for (std::string line; std::getline(lines, line);) {
        if (trimmed(line).empty()) {
            add(task, frames, folded);
            frames.clear();
        } else if (line.front() == ' ' || line.front() == '\t')
            frames.push_back(stack_entry(symbol(line)));
        else
            task = stack_entry(trimmed(line));
    }
    add(task, frames, folded);
    return folded;
}

}  // namespace rxlab
