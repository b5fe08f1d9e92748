// SPDX-License-Identifier: GPL-2.0
#include "session/kernel_log.h"

#include "base/error.h"
#include "base/splats.h"

#include <cinttypes>
#include <cstdio>
#include <functional>
#include <sstream>

namespace rxlab {
namespace {

constexpr const char* kKmsg = "/dev/kmsg";

struct Record {
    unsigned priority = 0;
    uint64_t sequence = 0;
    std::string text;
};

/// Lines that begin with a space continue a record with keys and values.
void for_each_record(const std::string& records, const std::function<void(const Record&)>& visit) {
    std::istringstream lines(records);
    for (std::string line; std::getline(lines, line);) {
        Record record;
        const size_t text = line.find(';');
        if (text == std::string::npos ||
            std::sscanf(line.c_str(), "%u,%" SCNu64 ",", &record.priority, &record.sequence) != 2)
            continue;
        record.text = line.substr(text + 1);
        visit(record);
    }
}

}  // namespace

std::vector<std::string> kernel_messages(const std::string& records, uint64_t after) {
    std::vector<std::string> messages;
    for_each_record(records, [&](const Record& record) {
        const bool from_kernel =
            record.priority >> 3 == 0;  // the facility; user space cannot use 0
        if (from_kernel && record.sequence > after) messages.push_back(record.text);
    });
    return messages;
}

uint64_t last_sequence(const std::string& records) {
    uint64_t last = 0;
    for_each_record(records, [&](const Record& record) { last = record.sequence; });
    return last;
}

std::vector<std::string> find_splats(const std::vector<std::string>& messages) {
    std::vector<std::string> splats;
    for (const std::string& message : messages)
        if (is_splat(message)) splats.push_back(message);
    return splats;
}

KernelLog::KernelLog(Sys& sys) : sys_(sys) {
    try {
        start_ = last_sequence(sys_.read_file(kKmsg));
    } catch (const Error&) {
        readable_ = false;
    }
}

std::vector<std::string> KernelLog::splats() const {
    if (!readable_) return {};
    return find_splats(kernel_messages(sys_.read_file(kKmsg), start_));
}

}  // namespace rxlab
