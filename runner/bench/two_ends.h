// SPDX-License-Identifier: GPL-2.0
// Both ends of one ring in user space: its memory, its two published positions, far apart, and
// nothing shared but those.
#pragma once

#include <rxlab/ring.h>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace rxlab::bench {

struct Freer {
    void operator()(u8* memory) const { std::free(memory); }
};
using Memory = std::unique_ptr<u8, Freer>;

// Zeroed, on a page boundary, so that no measurement depends on where an allocation happened to
// fall.
inline Memory pages(std::size_t bytes) {
    bytes = (bytes + 4095) & ~std::size_t{4095};
    auto* memory = static_cast<u8*>(std::aligned_alloc(4096, bytes));
    if (!memory) throw std::bad_alloc();
    std::memset(memory, 0, bytes);
    return Memory(memory);
}

// The i-th of records of equal length, one behind the other.
inline rxlab_record* nth(u8* records, u32 bytes, u32 i) {
    return reinterpret_cast<rxlab_record*>(records + std::size_t{bytes} * i);
}

struct TwoEnds {
    // Size is a power of two; the two ends begin at `start`, as if so many bytes had passed.
    explicit TwoEnds(u64 size, u32 batch = 1, u64 start = 0)
        : data(pages(size + RXLAB_RING_GUARD(size))), head(start), tail(start) {
        for (auto* side : {&tx, &rx}) {
            rxlab_ring_init(side, data.get(), size, batch);
            side->position = side->published = side->cached = side->end = start;
        }
        tx.mine = &head;
        tx.theirs = &tail;
        rx.mine = &tail;
        rx.theirs = &head;
    }
    TwoEnds(const TwoEnds&) = delete;
    TwoEnds& operator=(const TwoEnds&) = delete;

    Memory data;
    alignas(128) u64 head;
    alignas(128) u64 tail;
    rxlab_ring_side tx, rx;  // each aligned by RXLAB_FAR_APART
};

}  // namespace rxlab::bench
