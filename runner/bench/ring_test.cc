// SPDX-License-Identifier: GPL-2.0
// What every variant promises, against a model that knows only positions; what naive does wrong, by
// name.
#include "../../kmod/ring/variants/table.h"
#include "bench/two_ends.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <deque>
#include <random>
#include <string>
#include <vector>

namespace rxlab::bench {
namespace {

constexpr u8 kGuardByte = 0xA5;

bool keeps_a_slot(const rxlab_ring_variant& variant) {
    return std::string(variant.name).starts_with("circ");
}
bool cuts_in_two(const rxlab_ring_variant& variant) {
    return &variant == &rxlab_ring_circ_two_part;
}

// A ring, its ends, and what is under way in it.
class Ring : public TwoEnds {
public:
    Ring(const rxlab_ring_variant& variant, u64 size, u32 batch = 1, u64 start = 0)
        : TwoEnds(size, batch, start), variant_(variant), size_(size) {
        std::memset(data.get() + size, kGuardByte, RXLAB_RING_GUARD(size));
    }

    bool send(u32 length, u32 count = 1) {
        auto* record = variant_.reserve(&tx, u64{rxlab_record_bytes(length)} * count);
        if (!record) return false;
        for (u32 i = 0; i < count; i++) {
            EXPECT_TRUE(lies_inside(record, length));
            std::memset(record + 1, static_cast<int>(sent_ * 7 + 1), length);
            rxlab_record_seal(record, length, sent_++);
            lengths_.push_back(length);
            record = behind(record);
        }
        variant_.commit(&tx);
        return true;
    }

    // Whether there was a record; that it is the next one and whole is expected.
    bool receive() {
        const auto* record = variant_.peek(&rx);
        if (!record) return false;
        EXPECT_FALSE(lengths_.empty()) << "a record that nobody sent";
        if (lengths_.empty()) return false;
        EXPECT_EQ(record->length, lengths_.front());
        EXPECT_EQ(record->sequence, received_);
        EXPECT_EQ(record->check, rxlab_record_check(record + 1, record->length, record->sequence));
        EXPECT_EQ(record, variant_.peek(&rx)) << "peek takes nothing";
        lengths_.pop_front();
        received_++;
        variant_.release(&rx);
        return true;
    }

    // Up to `most` in one piece; how many there were.
    u32 receive_several(u32 most) {
        const auto* record = variant_.peek(&rx);
        if (!record) return 0;
        const u32 count = rxlab_ring_peek_more(&rx, most);
        EXPECT_TRUE(count >= 1 && count <= most && count <= lengths_.size());
        for (u32 i = 0; i < count && !lengths_.empty(); i++) {
            EXPECT_EQ(record->length, lengths_.front());
            EXPECT_EQ(record->sequence, received_++);
            EXPECT_EQ(record->check,
                      rxlab_record_check(record + 1, record->length, record->sequence));
            lengths_.pop_front();
            record = behind(record);
        }
        EXPECT_EQ(count, 1 + following(rx.position, most))
            << "all that is there, and lies in one piece";
        variant_.release(&rx);
        return count;
    }

    void flush() {
        variant_.flush(&tx);
        variant_.flush(&rx);
    }

    // Room as an observer sees it who knows what the consumer told.
    bool fits(u32 length, u32 count = 1) const {
        const u64 bytes = u64{rxlab_record_bytes(length)} * count,
                  to_end = rxlab_ring_to_end(&tx, tx.position);
        const u64 needed = bytes <= to_end || cuts_in_two(variant_) ? bytes : to_end + bytes;
        const u64 kept = keeps_a_slot(variant_) ? RXLAB_RECORD_ALIGN : 0;
        return bytes <= RXLAB_RING_MOST(size_) && tx.position + needed - tail <= size_ - kept;
    }

    // A record that is cut in two may be in the guard, but nothing behind the longest.
    bool guard_intact() const {
        const u64 used = cuts_in_two(variant_) ? RXLAB_RING_MOST(size_) : 0;
        for (u64 i = size_ + used; i < size_ + RXLAB_RING_GUARD(size_); i++)
            if (data.get()[i] != kGuardByte) return false;
        return true;
    }
    u64 faults() const {
        u64 sum = 0;
        for (int fault = 0; fault < RXLAB_FAULTS; fault++)
            sum += tx.faults[fault] + rx.faults[fault];
        return sum;
    }
    std::size_t under_way() const { return lengths_.size(); }

private:
    template <class R>
    static R* behind(R* record) {
        return reinterpret_cast<R*>(
            reinterpret_cast<std::conditional_t<std::is_const_v<R>, const u8*, u8*>>(record) +
            rxlab_record_bytes(record->length));
    }
    // Records known of that follow the one at `position` before the ring's end or a skip mark, most
    // - 1 at most.
    u32 following(u64 position, u32 most) const {
        const u64 end = position + rxlab_ring_to_end(&rx, position);
        u32 count = 0;
        for (position += rxlab_record_bytes(rxlab_ring_at(&rx, position)->length);
             position < rx.cached && position < end && count + 1 < most; count++) {
            const u32 length = rxlab_ring_at(&rx, position)->length;
            if (length == RXLAB_RECORD_SKIP) break;
            position += rxlab_record_bytes(length);
            if (position > end) break;  // cut in two
        }
        return count;
    }
    bool lies_inside(const rxlab_record* record, u32 length) const {
        const auto offset = reinterpret_cast<const u8*>(record) - data.get();
        const u64 space = size_ + (cuts_in_two(variant_) ? RXLAB_RING_MOST(size_) : 0);
        return offset % RXLAB_RECORD_ALIGN == 0 &&
               static_cast<u64>(offset) + rxlab_record_bytes(length) <= space;
    }

    const rxlab_ring_variant& variant_;
    u64 size_;
    u32 sent_ = 0, received_ = 0;
    std::deque<u32> lengths_;
};

std::vector<const rxlab_ring_variant*> right_ones() {
    std::vector<const rxlab_ring_variant*> variants(rxlab_ring_variants,
                                                    rxlab_ring_variants + rxlab_ring_variant_count);
    std::erase(variants, &rxlab_ring_naive);
    return variants;
}

constexpr u32 longest(u64 size) {
    return static_cast<u32>(RXLAB_RING_MOST(size) - sizeof(rxlab_record));
}

class Variant : public ::testing::TestWithParam<const rxlab_ring_variant*> {};
INSTANTIATE_TEST_SUITE_P(Ring, Variant, ::testing::ValuesIn(right_ones()),
                         [](const auto& row) { return std::string(row.param->name); });

TEST_P(Variant, follows_the_model_through_any_sequence_of_steps) {
    for (u32 seed = 0; seed < 200; seed++) {
        std::mt19937 random(seed);
        const u64 size = u64{128} << seed % 5;
        Ring ring(*GetParam(), size, 1 + seed % 7);
        for (int step = 0; step < 1500; step++) {
            const u32 length = random() % (longest(size) + 1);
            switch (random() % 10) {
                case 0:  // reserved and not committed: nobody sees it, and the next reserve takes
                         // its place
                    if (GetParam()->reserve(&ring.tx, rxlab_record_bytes(length))) step++;
                    break;
                case 1:
                    ring.flush();
                    break;
                case 2:
                case 3:
                case 4: {
                    const bool fits = ring.fits(length);
                    ASSERT_EQ(ring.send(length), fits)
                        << "seed " << seed << " step " << step << " length " << length;
                    break;
                }
                case 5: {  // several short ones at once
                    const u32 each = random() % (longest(size) / 4 + 1),
                              count = rxlab_ring_together(&ring.tx, rxlab_record_bytes(each),
                                                          1 + random() % 6);
                    const bool fits = ring.fits(each, count);
                    ASSERT_EQ(ring.send(each, count), fits)
                        << "seed " << seed << " step " << step << ": " << count << " of " << each;
                    break;
                }
                case 6: {
                    const bool told = ring.head != ring.rx.position;
                    const u32 got = ring.receive_several(1 + random() % 6);
                    ASSERT_TRUE(told || !got) << "a record before it was told of";
                    break;
                }
                default: {
                    const bool told = ring.head != ring.rx.position;
                    const bool got = ring.receive();
                    ASSERT_TRUE(told || !got) << "a record before it was told of";
                }
            }
            ASSERT_FALSE(HasFailure()) << "seed " << seed << " step " << step;
        }
        ring.flush();
        while (ring.receive()) {
        }
        ASSERT_EQ(ring.under_way(), 0u) << "seed " << seed;
        ASSERT_TRUE(ring.guard_intact());
        ASSERT_EQ(ring.faults(), 0u);
    }
}

TEST_P(Variant, wraps_at_every_offset_with_every_length) {
    constexpr u64 kSize = 256;
    for (const u64 lap : {u64{0}, u64{1} << 32, u64{1} << 63})
        for (u64 offset = 0; offset < kSize; offset += RXLAB_RECORD_ALIGN)
            for (u32 length = 0; length <= longest(kSize); length++) {
                Ring ring(*GetParam(), kSize, 1, lap + offset);
                ASSERT_TRUE(ring.send(length)) << offset << ' ' << length;
                ASSERT_TRUE(ring.send(0)) << offset << ' ' << length;
                ASSERT_TRUE(ring.receive() && ring.receive()) << offset << ' ' << length;
                ASSERT_FALSE(ring.receive());
                ASSERT_TRUE(ring.guard_intact());
                ASSERT_FALSE(HasFailure()) << offset << ' ' << length;
            }
}

TEST_P(Variant, takes_together_what_lies_together) {
    constexpr u64 kSize = 512;
    for (u64 offset = 0; offset < kSize; offset += RXLAB_RECORD_ALIGN)
        for (u32 length = 0; length <= 48; length += 8) {
            Ring ring(*GetParam(), kSize, 1, offset);
            const u32 bytes = static_cast<u32>(rxlab_record_bytes(length)),
                      count = rxlab_ring_together(&ring.tx, bytes, 100);
            const u64 to_end = kSize - offset % kSize;
            ASSERT_EQ(count,
                      std::min(to_end >= bytes ? to_end : kSize, RXLAB_RING_MOST(kSize)) / bytes)
                << offset << ' ' << length;
            ASSERT_TRUE(ring.send(length, count)) << offset << ' ' << length;
            ASSERT_EQ(ring.tx.publications, 1u);
            // What is cut in two is alone: the others lie at the ring's start.
            const bool alone = cuts_in_two(*GetParam()) && to_end < bytes && count > 1;
            ASSERT_EQ(ring.receive_several(100), alone ? 1 : count) << offset << ' ' << length;
            if (alone) {
                ASSERT_EQ(ring.receive_several(100), count - 1) << offset;
            }
            ASSERT_EQ(ring.rx.publications, alone ? 2u : 1u);
            ASSERT_TRUE(ring.guard_intact());
        }
}

TEST_P(Variant, takes_no_more_than_has_arrived) {
    Ring ring(*GetParam(), 512);
    ASSERT_TRUE(ring.send(16, 4));
    const u64 all = ring.head;
    for (u64 arrived = 32; arrived < all; arrived += 8) {  // an engine stops anywhere in a record
        ring.head = arrived;
        ring.rx.cached = ring.rx.end = ring.rx.position;
        ASSERT_NE(GetParam()->peek(&ring.rx), nullptr);
        ASSERT_EQ(rxlab_ring_peek_more(&ring.rx, 100), arrived / 32) << arrived;
    }
}

TEST_P(Variant, full_is_never_empty) {
    constexpr u64 kSize = 512;
    Ring ring(*GetParam(), kSize);
    for (int turn = 0; turn < 40; turn++) {
        u64 bytes = 0;
        while (ring.send(16)) bytes += rxlab_record_bytes(16);
        // All N bytes, but for the slot circ keeps and so the record of 32 that does not fit any
        // more.
        ASSERT_EQ(bytes, keeps_a_slot(*GetParam()) ? kSize - 32 : kSize);
        ring.flush();
        u64 received = 0;
        while (ring.receive()) received += rxlab_record_bytes(16);
        ring.flush();
        ASSERT_EQ(received, bytes);
        ASSERT_FALSE(HasFailure());
    }
}

TEST_P(Variant, refuses_what_no_record_may_be) {
    constexpr u64 kSize = 1024;
    Ring ring(*GetParam(), kSize);
    EXPECT_NE(GetParam()->reserve(&ring.tx, RXLAB_RING_MOST(kSize)), nullptr);
    for (const u64 bytes : {RXLAB_RING_MOST(kSize) + 8, kSize, kSize + 8, u64{1} << 32, ~u64{7}})
        EXPECT_EQ(GetParam()->reserve(&ring.tx, bytes), nullptr) << bytes;
    EXPECT_EQ(ring.tx.position, 0u);
    EXPECT_FALSE(ring.receive());
}

TEST(Record, its_place_is_known_beyond_the_bits_of_its_header) {
    constexpr u64 kTurn = u64{1} << 32;
    EXPECT_EQ(rxlab_record_number(0, 0), 0u);
    EXPECT_EQ(rxlab_record_number(kTurn - 1, 0xFFFFFFFFu), kTurn - 1);
    EXPECT_EQ(rxlab_record_number(kTurn, 0), kTurn);
    EXPECT_EQ(rxlab_record_number(kTurn - 1, 2), kTurn + 2) << "three were lost over the turn";
    EXPECT_EQ(rxlab_record_number(kTurn + 1, 0xFFFFFFFFu), kTurn - 1) << "one comes again";
    EXPECT_EQ(rxlab_record_number(5 * kTurn + 9, 10), 5 * kTurn + 10);
}

TEST(RingVariants, each_tells_and_asks_as_its_name_says) {
    static constexpr u32 kRecords = 64, kBatch = 8;
    auto run = [](const rxlab_ring_variant& variant) {
        auto ring = std::make_unique<Ring>(variant, 64 * 1024, kBatch);
        for (u32 i = 0; i < kRecords; i++) EXPECT_TRUE(ring->send(16));
        for (u32 i = 0; i < kRecords; i++) EXPECT_TRUE(ring->receive());
        return ring;
    };
    const auto freerun = run(rxlab_ring_freerun), cached = run(rxlab_ring_cached),
               batched = run(rxlab_ring_batched);
    EXPECT_EQ(freerun->tx.publications, kRecords);
    EXPECT_EQ(freerun->tx.peer_loads, kRecords);
    EXPECT_EQ(cached->tx.publications, kRecords);
    EXPECT_EQ(cached->tx.peer_loads, 0u) << "an empty ring was known to have room";
    EXPECT_EQ(cached->rx.peer_loads, 1u);
    EXPECT_EQ(batched->tx.publications, kRecords / kBatch);
    EXPECT_EQ(batched->rx.publications, kRecords / kBatch);
}

TEST(RingVariants, circ_two_part_leaves_no_byte_at_the_end) {
    Ring ring(rxlab_ring_circ_two_part, 512), skips(rxlab_ring_circ, 512);
    for (auto* each : {&ring, &skips})
        for (int i = 0; i < 100; i++) ASSERT_TRUE(each->send(80) && each->receive());
    EXPECT_EQ(ring.tx.skipped + ring.rx.skipped, 0u);
    EXPECT_EQ(ring.tx.position, 100 * rxlab_record_bytes(80));
    EXPECT_GT(skips.tx.skipped, 0u);
}

// In the kernel each end has a guard of its own, which no engine moves.
TEST(RingVariants, circ_two_part_moves_nothing_by_the_guard) {
    Ring ring(rxlab_ring_circ_two_part, 512);
    for (int i = 0; i < 100; i++) {
        ASSERT_TRUE(ring.send(80));
        std::memset(ring.data.get() + 512, kGuardByte, RXLAB_RING_GUARD(512));
        ASSERT_TRUE(ring.receive());
    }
}

// As a wire lays them that drops records: in one piece.
TEST(RingVariants, circ_two_part_reads_what_skip_marks_part) {
    Ring sender(rxlab_ring_circ, 512);
    rxlab_ring_side rx = sender.rx;
    for (int i = 0; i < 100; i++) {
        ASSERT_TRUE(sender.send(80));
        const auto* record = rxlab_ring_circ_two_part.peek(&rx);
        ASSERT_NE(record, nullptr) << i;
        EXPECT_EQ(record->sequence, static_cast<u32>(i));
        EXPECT_EQ(record->check, rxlab_record_check(record + 1, record->length, record->sequence));
        rxlab_ring_circ_two_part.release(&rx);
    }
    EXPECT_GT(rx.skipped, 0u);
    EXPECT_TRUE(sender.guard_intact());
}

TEST(RingVariants, batched_tells_before_it_waits) {
    Ring ring(rxlab_ring_batched, 512, 1000);
    EXPECT_TRUE(ring.send(16));
    EXPECT_FALSE(ring.receive()) << "told of before the batch was full";
    while (ring.send(16)) {
    }
    EXPECT_TRUE(ring.receive())
        << "the producer waits and has told nothing: both would wait for ever";
    while (ring.receive()) {
    }
    EXPECT_EQ(ring.tail, ring.head) << "the consumer waits and has told nothing";
}

// naive: each fault has a name, and a record of its own making. Everything it does wrong stays
// inside ring and guard.
class Naive : public ::testing::Test {
protected:
    static constexpr u64 kSize = 256;
    bool send(u32 length) {
        auto* record = rxlab_ring_naive.reserve(&ends.tx, rxlab_record_bytes(length));
        if (!record) return false;
        std::memset(record + 1, 0xFF, length);
        rxlab_record_seal(record, length, 0);
        rxlab_ring_naive.commit(&ends.tx);
        return true;
    }
    bool receive() {
        if (!rxlab_ring_naive.peek(&ends.rx)) return false;
        rxlab_ring_naive.release(&ends.rx);
        return true;
    }
    TwoEnds ends{kSize};
};

TEST_F(Naive, shows_wrap) {
    ASSERT_TRUE(send(48) && send(48) && send(48) && receive() && receive() &&
                receive());  // 64 bytes left to the end
    ASSERT_TRUE(send(32));
    EXPECT_EQ(ends.tx.faults[RXLAB_FAULT_WRAP], 0u);
    ASSERT_TRUE(send(48));
    EXPECT_EQ(ends.tx.faults[RXLAB_FAULT_WRAP], 1u);
    EXPECT_EQ(ends.data.get()[kSize], 0xFF) << "its bytes lie behind the ring's end";
}

TEST_F(Naive, shows_full_empty_and_overwrite) {
    for (int i = 0; i < 4; i++) ASSERT_TRUE(send(48));
    EXPECT_FALSE(receive()) << "four records, and it says there is none";
    EXPECT_EQ(ends.tx.faults[RXLAB_FAULT_FULL_EMPTY] + ends.tx.faults[RXLAB_FAULT_OVERWRITE], 0u);
    ASSERT_TRUE(send(48));
    EXPECT_EQ(ends.tx.faults[RXLAB_FAULT_FULL_EMPTY], 1u);
    EXPECT_EQ(ends.tx.faults[RXLAB_FAULT_OVERWRITE], 1u);
}

TEST_F(Naive, shows_torn) {
    ASSERT_TRUE(send(48));
    ends.head = 8;  // half a header has arrived
    ASSERT_TRUE(receive());
    EXPECT_EQ(ends.rx.faults[RXLAB_FAULT_TORN], 1u);
}

TEST_F(Naive, stays_inside_its_guard_whatever_is_asked_of_it) {
    std::mt19937 random(1);
    const u64 all = kSize + RXLAB_RING_GUARD(kSize);
    auto canary = pages(all + 4096);
    std::memset(canary.get() + all, kGuardByte, 4096);
    ends.tx.data = ends.rx.data = canary.get();
    for (int step = 0; step < 200000; step++) {
        if (random() % 2)
            send(random() % (step % 10 ? 64 : 2 * kSize));
        else
            receive();
        if (random() % 16 == 0)
            ends.head =
                ends.tx.position - 8 * (random() % 4);  // an engine stops anywhere in a record
    }
    for (u64 i = all; i < all + 4096; i++) ASSERT_EQ(canary.get()[i], kGuardByte) << i;
    for (const int fault :
         {RXLAB_FAULT_WRAP, RXLAB_FAULT_FULL_EMPTY, RXLAB_FAULT_OVERWRITE, RXLAB_FAULT_TORN})
        EXPECT_GT(ends.tx.faults[fault] + ends.rx.faults[fault], 0u) << fault;
}

}  // namespace
}  // namespace rxlab::bench
