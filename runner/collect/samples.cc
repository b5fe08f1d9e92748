// SPDX-License-Identifier: GPL-2.0
#include "collect/samples.h"

#include <linux/perf_event.h>
#include <cstring>

namespace rxlab {
namespace {

/// What is left of a record; what is not there reads as 0.
class RecordWords {
public:
    explicit RecordWords(std::span<const std::byte> bytes) : bytes_(bytes) {}
    uint64_t next() {
        uint64_t word = 0;
        if (bytes_.size() < sizeof word) return 0;
        std::memcpy(&word, bytes_.data(), sizeof word);
        bytes_ = bytes_.subspan(sizeof word);
        return word;
    }
    size_t left() const { return bytes_.size() / sizeof(uint64_t); }

private:
    std::span<const std::byte> bytes_;
};

/// Between the addresses are words that say whose they are.
bool is_address(uint64_t word) {
    return word < static_cast<uint64_t>(PERF_CONTEXT_MAX);
}

Sample read_sample(RecordWords words) {
    const uint64_t task = words.next();
    Sample sample{static_cast<uint32_t>(task), static_cast<uint32_t>(task >> 32), {}};
    for (uint64_t count = words.next(); count && words.left(); count--)
        if (const uint64_t word = words.next(); is_address(word)) sample.frames.push_back(word);
    return sample;
}

}  // namespace

std::vector<Sample> read_samples(std::span<const std::byte> records) {
    std::vector<Sample> samples;
    perf_event_header header;
    while (records.size() >= sizeof header) {
        std::memcpy(&header, records.data(), sizeof header);
        if (header.size < sizeof header || header.size > records.size()) break;
        if (header.type == PERF_RECORD_SAMPLE)
            samples.push_back(
                read_sample(RecordWords(records.first(header.size).subspan(sizeof header))));
        records = records.subspan(header.size);
    }
    return samples;
}

}  // namespace rxlab
