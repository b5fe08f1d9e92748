// SPDX-License-Identifier: GPL-2.0
#include "target/console.h"

#include <algorithm>
#include <sstream>

namespace rxlab {
namespace {

struct Sign {
    const char* text;   ///< in a line of the kernel log
    const char* fault;  ///< what it is called; null: a warning the kernel survives
};

// Most telling first: an oops or a lockup ends in a panic too (oops=panic, softlockup_panic).
const Sign kSigns[] = {
    {"watchdog: BUG: soft lockup", "soft lockup"},
    {"BUG: unable to handle", "oops"},
    {"Oops: ", "oops"},
    {"kernel BUG at", "oops"},
    {"general protection fault", "oops"},
    {"Out of memory and no killable processes", "out of memory"},
    {"Kernel panic - not syncing", "kernel panic"},
    {"WARNING: ", nullptr},
    {"BUG: ", nullptr},
    {"[ cut here ]", nullptr},
    {"rcu: INFO: rcu_", nullptr},
    {"blocked for more than", nullptr},
    {"UBSAN: ", nullptr},
    {"Out of memory: Killed", nullptr},
};

std::vector<std::string> lines_of(const std::string& console) {
    std::vector<std::string> lines;
    std::istringstream in(console);
    for (std::string line; std::getline(in, line);) {
        line.erase(std::remove(line.begin(), line.end(), '\r'), line.end());
        if (line.find_first_not_of(' ') != std::string::npos) lines.push_back(line);
    }
    return lines;
}

std::string without_time(const std::string& line) {  // "[   12.345678] text"
    const size_t end = line.find("] ");
    return line[0] == '[' && end != std::string::npos ? line.substr(end + 2) : line;
}

}  // namespace

std::string fault_in(const std::string& console) {
    const std::vector<std::string> lines = lines_of(console);
    for (const Sign& sign : kSigns)
        for (const std::string& line : lines)
            if (sign.fault && line.find(sign.text) != std::string::npos)
                return std::string(sign.fault) + ": " + without_time(line);
    return {};
}

std::vector<std::string> splats_in(const std::string& console) {
    std::vector<std::string> splats;
    for (const std::string& line : lines_of(console))
        if (std::any_of(std::begin(kSigns), std::end(kSigns), [&](const Sign& sign) {
                return line.find(sign.text) != std::string::npos;
            }))
            splats.push_back(without_time(line));
    return splats;
}

std::string tail(const std::string& console, size_t lines) {
    const std::vector<std::string> all = lines_of(console);
    std::string out;
    for (size_t i = all.size() > lines ? all.size() - lines : 0; i < all.size(); ++i)
        out += "\n    | " + all[i];
    return out;
}

}  // namespace rxlab
