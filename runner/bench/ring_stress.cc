// SPDX-License-Identifier: GPL-2.0
// Two threads, tiny rings, yields at random, built with -fsanitize=thread. ThreadSanitizer judges
// by the order the program asks for, not by what this CPU happens to do, so it sees a missing
// release on x86 too.
//
// RXLAB_PLANT takes the release away from every publication: the run that has to be caught, so that
// this test can fail.
#include <rxlab/portable.h>
#ifdef RXLAB_PLANT
#undef smp_store_release
#define smp_store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)
#endif

#include "bench/two_ends.h"
#include "bench/variants.h"

#include <algorithm>
#include <cstdio>
#include <random>
#include <thread>

namespace {

using namespace rxlab::bench;

constexpr u32 kRecords = 20000;

struct Dice {
    std::mt19937 random;
    explicit Dice(u32 seed) : random(seed) {}
    void maybe_yield() {
        if (random() % 256 == 0) std::this_thread::yield();
    }
};

// Waits for the other end: on a machine with much else to do every yield is somebody else's time
// slice, so not every time.
void wait(u32& turns) {
    if (++turns % 256 == 0) std::this_thread::yield();
}

template <const rxlab_ring_variant& V>
void produce(TwoEnds& ring, u32 longest, u32 seed) {
    Dice dice(seed);
    u32 turns = 0;
    for (u32 i = 0; i < kRecords; i++) {
        const u32 length = dice.random() % (longest + 1),
                  bytes = static_cast<u32>(rxlab_record_bytes(length));
        u32 count = rxlab_ring_together(&ring.tx, bytes,
                                        std::min<u32>(1 + dice.random() % 3, kRecords - i));
        rxlab_record* record;
        while (!(record = V.reserve(&ring.tx, u64{bytes} * count))) {
            wait(turns);
            count = 1;
        }
        dice.maybe_yield();
        for (u32 k = 0; k < count; k++) {
            auto* each = nth(reinterpret_cast<u8*>(record), bytes, k);
            std::memset(each + 1, static_cast<int>(i + k), length);
            rxlab_record_seal(each, length, i + k);
        }
        V.commit(&ring.tx);
        i += count - 1;
        dice.maybe_yield();
    }
    V.flush(&ring.tx);
}

template <const rxlab_ring_variant& V>
u32 consume(TwoEnds& ring, u32 seed) {
    Dice dice(seed);
    u32 wrong = 0, turns = 0;
    for (u32 i = 0; i < kRecords; i++) {
        const rxlab_record* record;
        while (!(record = V.peek(&ring.rx))) wait(turns);
        dice.maybe_yield();
        const u32 count = rxlab_ring_peek_more(&ring.rx, 1 + static_cast<u32>(dice.random() % 3));
        for (u32 k = 0; k < count; k++) {
            wrong +=
                record->sequence != i + k ||
                record->check != rxlab_record_check(record + 1, record->length, record->sequence);
            record = reinterpret_cast<const rxlab_record*>(reinterpret_cast<const u8*>(record) +
                                                           rxlab_record_bytes(record->length));
        }
        V.release(&ring.rx);
        i += count - 1;
    }
    return wrong;
}

template <const rxlab_ring_variant& V>
u32 stress() {
    u32 wrong = 0, seed = 1;
    for (const u64 size : {u64{128}, u64{256}, u64{1024}}) {
        TwoEnds ring(size, 1 + seed % 5);
        std::thread producer([&] {
            produce<V>(ring, static_cast<u32>(RXLAB_RING_MOST(size) - sizeof(rxlab_record)), seed);
        });
        wrong += consume<V>(ring, seed + 100);
        producer.join();
        seed++;
    }
    std::printf("%s: %u records, wrong: %u\n", V.name, 3 * kRecords, wrong);
    return wrong;
}

}  // namespace

int main() {
    u32 wrong = 0;
#define STRESS(name) wrong += stress<rxlab_ring_##name>();
    RXLAB_RING_VARIANTS(STRESS)
    return wrong ? 1 : 0;
}
