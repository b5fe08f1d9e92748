// SPDX-License-Identifier: GPL-2.0
// The work that everyone does: the same records, stamped with their sequence by the producer and
// checked by the consumer.
#pragma once

#include "bench/two_ends.h"

#include <bit>
#include <cstdint>

namespace rxlab::bench {

constexpr u32 record_bytes(u32 size) {
    return (static_cast<u32>(sizeof(rxlab_record)) + size + 7) & ~7u;
}

// Room for two batches, and for 16 records, in a power of two: the same bytes for every contender.
constexpr u64 ring_bytes(u32 size, u32 batch) {
    const u64 bytes = record_bytes(size), wanted = bytes * (2 * batch > 16 ? 2 * batch : 16);
    return std::bit_ceil(wanted > 65536 ? wanted : 65536);
}

// For peers that count records, in a power of two: the one nearest to those bytes. Rounding down
// would let them walk through half the memory wherever a record is a little more than a power of
// two.
constexpr u32 ring_slots(u32 size, u32 batch) {
    return static_cast<u32>(std::bit_floor(ring_bytes(size, batch) * 181 / 128 /
                                           record_bytes(size)));  // 181/128: root of two
}

// Both are compiled twice and chosen by the CPU, as glibc's memcpy is, which they are compared
// with. And as it does they align themselves: behind 16 bytes of header every other store of 32
// would touch two cache lines, and cost two stores.
using Vector __attribute__((vector_size(32), may_alias)) = u64;
constexpr std::size_t kVector = sizeof(Vector) / sizeof(u64), kTurn = 8 * kVector;
inline bool begins_a_line(const u64* word) {
    return reinterpret_cast<std::uintptr_t>(word) % 64 == 0;
}

__attribute__((target_clones("avx2", "default"), noinline)) static void fill_words(u64* word,
                                                                                   u64 value,
                                                                                   std::size_t n) {
    const Vector values = {value, value, value, value};
    for (; n && !begins_a_line(word); n--) *word++ = value;
    for (; n >= kTurn; n -= kTurn, word += kTurn)
#pragma GCC unroll 8
        for (std::size_t k = 0; k < 8; k++) reinterpret_cast<Vector*>(word)[k] = values;
    for (; n; n--) *word++ = value;
}
__attribute__((target_clones("avx2", "default"), noinline)) static u64 sum_words(const u64* word,
                                                                                 std::size_t n) {
    u64 sum = 0;
    Vector sums[4] =
        {};  // several sums at once, else each addition would wait for the one before it
    for (; n && !begins_a_line(word); n--) sum += *word++;
    for (; n >= kTurn; n -= kTurn, word += kTurn)
#pragma GCC unroll 8
        for (std::size_t k = 0; k < 8; k++) sums[k % 4] += reinterpret_cast<const Vector*>(word)[k];
    for (; n; n--) sum += *word++;
    const Vector all = sums[0] + sums[1] + sums[2] + sums[3];
    return sum + all[0] + all[1] + all[2] + all[3];
}

// In place, producing is storing every word of the payload, consuming is loading every word:
// together one pass of writing and one of reading, as a memcpy is. For small records the call would
// be what is measured.
template <u32 Size>
void write_in_place(rxlab_record* record, u32 sequence) {
    auto* word = reinterpret_cast<u64*>(record + 1);
    record->length = Size;
    record->sequence = sequence;
    if constexpr (Size >= 512)
        fill_words(word, sequence, Size / 8);
    else
        for (u32 i = 0; i < Size / 8; i++) word[i] = sequence;
}

template <u32 Size>
bool read_in_place(const rxlab_record* record, u32 sequence) {
    const auto* word = reinterpret_cast<const u64*>(record + 1);
    u64 sum = 0;
    if constexpr (Size >= 512)
        sum = sum_words(word, Size / 8);
    else
        for (u32 i = 0; i < Size / 8; i++) sum += word[i];
    return record->sequence == sequence && sum == u64{sequence} * (Size / 8);
}

}  // namespace rxlab::bench
