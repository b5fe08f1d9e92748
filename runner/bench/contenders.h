// SPDX-License-Identifier: GPL-2.0
// Everyone in the race, ours and the peers, with the same four verbs, all inlined:
//   put(records, n)   copies up to n records in          take(records, n)   copies up to n records
//   out make(n, first)    produces up to n in place          use(n, first, bad) consumes up to n in
//   place
// each returns how many. make and use are there only where the API has them (kInPlace).
#pragma once

#include "bench/variants.h"
#include "bench/work.h"

#include <algorithm>

#ifdef RXLAB_BOOST
#include <boost/lockfree/spsc_queue.hpp>
#endif
#ifdef RXLAB_READERWRITERQUEUE
#include <readerwriterqueue/readerwriterqueue.h>
#endif
#ifdef RXLAB_RTE_RING
#include <rte_ring.h>
#include <rte_ring_peek_zc.h>
#endif

// The compiler knows which functions the table names, but finds them too often called to inline
// them by itself.
#define RXLAB_FLAT __attribute__((flatten))

namespace rxlab::bench {

// A variant of the ring core.
template <const rxlab_ring_variant& V, u32 Size>
class OurRing {
public:
    static constexpr bool kInPlace = true;
    explicit OurRing(u32 batch) : ends_(ring_bytes(Size, batch), batch) {}

    RXLAB_FLAT u32 put(u8* records, u32 n) {
        return produce(n, [&](u8* at, u32 from, u32 count) {
            std::memcpy(at, nth(records, kBytes, from), std::size_t{kBytes} * count);
        });
    }
    RXLAB_FLAT u32 make(u32 n, u32 first) {
        return produce(n, [&](u8* at, u32 from, u32 count) {
            for (u32 i = 0; i < count; i++)
                write_in_place<Size>(nth(at, kBytes, i), first + from + i);
        });
    }
    RXLAB_FLAT u32 take(u8* records, u32 n) {
        return consume(n, [&](u8* at, u32 from, u32 count) {
            std::memcpy(nth(records, kBytes, from), at, std::size_t{kBytes} * count);
        });
    }
    RXLAB_FLAT u32 use(u32 n, u32 first, u64& bad) {
        return consume(n, [&](u8* at, u32 from, u32 count) {
            for (u32 i = 0; i < count; i++)
                bad += !read_in_place<Size>(nth(at, kBytes, i), first + from + i);
        });
    }

private:
    static constexpr u32 kBytes = record_bytes(Size);

    // As many at once as lie together. The flush: batched tells at the end of a batch at the
    // latest, as the peers' calls for several records do.
    template <class F>
    u32 produce(u32 n, F fill) {
        u32 i = 0;
        while (i < n) {
            u32 count = rxlab_ring_together(&ends_.tx, kBytes, n - i);
            auto* at = V.reserve(&ends_.tx, u64{kBytes} * count);
            while (!at && (count /= 2)) at = V.reserve(&ends_.tx, u64{kBytes} * count);
            if (!at) break;
            fill(reinterpret_cast<u8*>(at), i, count);
            V.commit(&ends_.tx);
            i += count;
        }
        V.flush(&ends_.tx);
        return i;
    }
    template <class F>
    u32 consume(u32 n, F read) {
        u32 i = 0;
        while (i < n) {
            const auto* record = V.peek(&ends_.rx);
            if (!record) break;
            const u32 count = rxlab_ring_peek_more(&ends_.rx, n - i);
            read(reinterpret_cast<u8*>(const_cast<rxlab_record*>(record)), i, count);
            V.release(&ends_.rx);
            i += count;
        }
        V.flush(&ends_.rx);
        return i;
    }
    TwoEnds ends_;
};

// As linux/kfifo.h: bytes, free-running 32-bit in and out, copied in two parts at the wrap,
// published once per call.
template <u32 Size>
class Kfifo {
public:
    static constexpr bool kInPlace = false;
    explicit Kfifo(u32 batch)
        : size_(static_cast<u32>(ring_bytes(Size, batch))), data_(pages(size_)) {}

    u32 put(u8* records, u32 n) {
        n = std::min(n, (size_ - (in_ - smp_load_acquire(&out_))) / kBytes);
        const u32 at = in_ & (size_ - 1), bytes = n * kBytes, first = std::min(bytes, size_ - at);
        std::memcpy(data_.get() + at, records, first);
        std::memcpy(data_.get(), records + first, bytes - first);
        smp_store_release(&in_, in_ + bytes);
        return n;
    }
    u32 take(u8* records, u32 n) {
        n = std::min(n, (smp_load_acquire(&in_) - out_) / kBytes);
        const u32 at = out_ & (size_ - 1), bytes = n * kBytes, first = std::min(bytes, size_ - at);
        std::memcpy(records, data_.get() + at, first);
        std::memcpy(records + first, data_.get(), bytes - first);
        smp_store_release(&out_, out_ + bytes);
        return n;
    }

private:
    static constexpr u32 kBytes = record_bytes(Size);
    u32 size_;
    Memory data_;
    alignas(128) u32 in_ = 0;
    alignas(128) u32 out_ = 0;
};

// As Documentation/core-api/circular-buffers.rst: slots, offsets, one slot free, published one by
// one.
template <u32 Size>
class CircBuf {
public:
    static constexpr bool kInPlace = false;
    explicit CircBuf(u32 batch)
        : slots_(ring_slots(Size, batch)), data_(pages(u64{slots_} * kBytes)) {}

    u32 put(u8* records, u32 n) {
        u32 i = 0;
        for (; i < n && ((smp_load_acquire(&tail_) - head_ - 1) & (slots_ - 1)); i++) {
            std::memcpy(nth(data_.get(), kBytes, head_), nth(records, kBytes, i), kBytes);
            smp_store_release(&head_, (head_ + 1) & (slots_ - 1));
        }
        return i;
    }
    u32 take(u8* records, u32 n) {
        u32 i = 0;
        for (; i < n && ((smp_load_acquire(&head_) - tail_) & (slots_ - 1)); i++) {
            std::memcpy(nth(records, kBytes, i), nth(data_.get(), kBytes, tail_), kBytes);
            smp_store_release(&tail_, (tail_ + 1) & (slots_ - 1));
        }
        return i;
    }

private:
    static constexpr u32 kBytes = record_bytes(Size);
    u32 slots_;
    Memory data_;
    alignas(128) u32 head_ = 0;
    alignas(128) u32 tail_ = 0;
};

template <u32 Size>
struct Slot {
    alignas(8) u8 bytes[record_bytes(Size)];
};

#ifdef RXLAB_BOOST
template <u32 Size>
class Boost {
public:
    static constexpr bool kInPlace =
        false;  // consume_one reads in place, but nothing produces there
    explicit Boost(u32 batch) : queue_(ring_slots(Size, batch)) {}
    u32 put(u8* records, u32 n) {
        return static_cast<u32>(queue_.push(reinterpret_cast<Slot<Size>*>(records), n));
    }
    u32 take(u8* records, u32 n) {
        return static_cast<u32>(queue_.pop(reinterpret_cast<Slot<Size>*>(records), n));
    }

private:
    boost::lockfree::spsc_queue<Slot<Size>> queue_;
};
#endif

#ifdef RXLAB_READERWRITERQUEUE
template <u32 Size>
class ReaderWriter {
public:
    static constexpr bool kInPlace = false;  // peek() reads in place, but nothing produces there
    explicit ReaderWriter(u32 batch)
        : queue_(ring_slots(Size, batch) - 1) {}  // its memory is the power of two above
    u32 put(u8* records, u32 n) {
        u32 i = 0;
        while (i < n && queue_.try_enqueue(reinterpret_cast<Slot<Size>*>(records)[i])) i++;
        return i;
    }
    u32 take(u8* records, u32 n) {
        u32 i = 0;
        while (i < n && queue_.try_dequeue(reinterpret_cast<Slot<Size>*>(records)[i])) i++;
        return i;
    }

private:
    moodycamel::ReaderWriterQueue<Slot<Size>> queue_;
};
#endif

#ifdef RXLAB_RTE_RING
// DPDK's, single producer and single consumer, elements of a record's size; memory of our own, so
// no EAL has to run.
template <u32 Size>
class RteRing {
public:
    static constexpr bool kInPlace = false;
    explicit RteRing(u32 batch) {
        const u32 slots = ring_slots(Size, batch);
        memory_ = pages(static_cast<std::size_t>(rte_ring_get_memsize_elem(kBytes, slots)));
        ring_ = reinterpret_cast<rte_ring*>(memory_.get());
        if (rte_ring_init(ring_, "bench", slots, RING_F_SP_ENQ | RING_F_SC_DEQ))
            throw std::bad_alloc();
    }
    u32 put(u8* records, u32 n) {
        return rte_ring_sp_enqueue_burst_elem(ring_, records, kBytes, n, nullptr);
    }
    u32 take(u8* records, u32 n) {
        return rte_ring_sc_dequeue_burst_elem(ring_, records, kBytes, n, nullptr);
    }

protected:
    static constexpr u32 kBytes = record_bytes(Size);
    Memory memory_;
    rte_ring* ring_;
};

// Its zero-copy API; with copies it has memcpy where the element API copies word by word.
template <u32 Size>
class RteRingZc : public RteRing<Size> {
    using RteRing<Size>::kBytes;
    using RteRing<Size>::ring_;

public:
    static constexpr bool kInPlace = true;
    using RteRing<Size>::RteRing;

    u32 put(u8* records, u32 n) {
        return produce(n, [&](u8* at, u32 from, u32 count) {
            std::memcpy(at, nth(records, kBytes, from), std::size_t{kBytes} * count);
        });
    }
    u32 take(u8* records, u32 n) {
        return consume(n, [&](u8* at, u32 from, u32 count) {
            std::memcpy(nth(records, kBytes, from), at, std::size_t{kBytes} * count);
        });
    }
    u32 make(u32 n, u32 first) {
        return produce(n, [&](u8* at, u32 from, u32 count) {
            for (u32 i = 0; i < count; i++)
                write_in_place<Size>(nth(at, kBytes, i), first + from + i);
        });
    }
    u32 use(u32 n, u32 first, u64& bad) {
        return consume(n, [&](u8* at, u32 from, u32 count) {
            for (u32 i = 0; i < count; i++)
                bad += !read_in_place<Size>(nth(at, kBytes, i), first + from + i);
        });
    }

private:
    template <class F>
    static void both_parts(const rte_ring_zc_data& part, u32 n, F work) {
        work(static_cast<u8*>(part.ptr1), 0, part.n1);
        if (n > part.n1) work(static_cast<u8*>(part.ptr2), part.n1, n - part.n1);
    }
    template <class F>
    u32 produce(u32 n, F fill) {
        rte_ring_zc_data part;
        n = rte_ring_enqueue_zc_burst_elem_start(ring_, kBytes, n, &part, nullptr);
        if (!n) return 0;
        both_parts(part, n, fill);
        rte_ring_enqueue_zc_elem_finish(ring_, n);
        return n;
    }
    template <class F>
    u32 consume(u32 n, F read) {
        rte_ring_zc_data part;
        n = rte_ring_dequeue_zc_burst_elem_start(ring_, kBytes, n, &part, nullptr);
        if (!n) return 0;
        both_parts(part, n, read);
        rte_ring_dequeue_zc_elem_finish(ring_, n);
        return n;
    }
};
#endif

}  // namespace rxlab::bench
