// SPDX-License-Identifier: GPL-2.0
// The work that everyone does: the same records, stamped with their sequence by the producer and checked by the consumer.
#pragma once

#include "bench/two_ends.h"

#include <bit>
#include <cstdint>

namespace rxlab::bench {

constexpr u32 record_bytes(u32 size) { return (static_cast<u32>(sizeof(rxlab_record)) + size + 7) & ~7u; }

// Room for two batches, and for 16 records, in a power of two: the same bytes for every contender.
constexpr u64 ring_bytes(u32 size, u32 batch) {
    const u64 bytes = record_bytes(size), wanted = bytes * (2 * batch > 16 ? 2 * batch : 16);
    return std::bit_ceil(wanted > 65536 ? wanted : 65536);
}

// For peers that count records: as many as those bytes hold, a power of two.
constexpr u32 ring_slots(u32 size, u32 batch) { return static_cast<u32>(std::bit_floor(ring_bytes(size, batch) / record_bytes(size))); }

inline rxlab_record* nth(u8* records, u32 bytes, u32 i) { return reinterpret_cast<rxlab_record*>(records + std::size_t{bytes} * i); }

// In place, producing is storing every word of the payload, consuming is loading every word: together one pass of writing
// and one of reading, as a memcpy is.
template <u32 Size> void write_in_place(rxlab_record* record, u32 sequence) {
    auto* word = reinterpret_cast<u64*>(record + 1);
    record->length = Size;
    record->sequence = sequence;
    for (u32 i = 0; i < Size / 8; i++) word[i] = sequence;
}

template <u32 Size> bool read_in_place(const rxlab_record* record, u32 sequence) {
    const auto* word = reinterpret_cast<const u64*>(record + 1);
    u64 sum = 0;
    for (u32 i = 0; i < Size / 8; i++) sum += word[i];
    return record->sequence == sequence && sum == u64{sequence} * (Size / 8);
}

} // namespace rxlab::bench
