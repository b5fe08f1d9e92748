// SPDX-License-Identifier: GPL-2.0
// Call-graph samples of the kernel as perf events leave them in their ring. Pure.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace rxlab {

struct Sample {
    uint32_t process = 0, thread = 0;
    std::vector<uint64_t> frames;  ///< addresses, the innermost first
};

/// The records (linux/perf_event.h) of an event whose sample_type is PERF_SAMPLE_TID |
/// PERF_SAMPLE_CALLCHAIN, in the order they were written. Records of other kinds are passed over;
/// one that is cut short is the end.
std::vector<Sample> read_samples(std::span<const std::byte> records);

}  // namespace rxlab
