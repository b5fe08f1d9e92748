// SPDX-License-Identifier: GPL-2.0
// What the kernel complained about since a moment.
#pragma once
#include "sys/sys.h"

namespace rxlab {

/// The messages of /dev/kmsg records ("6,339,5140900,-;text") that are the kernel's own and newer
/// than `after`.
std::vector<std::string> kernel_messages(const std::string& records, uint64_t after);
/// Sequence number of the last record, 0 when there is none.
uint64_t last_sequence(const std::string& records);

/// Lines that report a fault: warnings, BUGs, oopses, lockups, stalls, hung tasks, sanitizers.
std::vector<std::string> find_splats(const std::vector<std::string>& messages);

/// From its construction on. Where /dev/kmsg cannot be read nothing is found, and readable() says
/// so.
class KernelLog {
public:
    explicit KernelLog(Sys& sys);
    bool readable() const { return readable_; }
    std::vector<std::string> splats() const;

private:
    Sys& sys_;
    bool readable_ = true;
    uint64_t start_ = 0;
};

}  // namespace rxlab
