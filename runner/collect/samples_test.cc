// SPDX-License-Identifier: GPL-2.0
#include "collect/samples.h"

#include <gmock/gmock.h>
#include <linux/perf_event.h>
#include <cstring>

namespace rxlab {
namespace {

using testing::ElementsAre;

constexpr uint64_t kKernelFollows = static_cast<uint64_t>(PERF_CONTEXT_KERNEL);

struct Ring {
    std::vector<std::byte> bytes;

    void add(uint32_t type, const std::vector<uint64_t>& words) {
        const perf_event_header header{type, 0,
                                       static_cast<uint16_t>(sizeof header + 8 * words.size())};
        const size_t at = bytes.size();
        bytes.resize(at + header.size);
        std::memcpy(&bytes[at], &header, sizeof header);
        std::memcpy(&bytes[at + sizeof header], words.data(), 8 * words.size());
    }
};

uint64_t task(uint64_t process, uint64_t thread) {
    return process | thread << 32;
}

}  // namespace

TEST(Samples, are_read_with_their_task_and_without_the_words_between_addresses) {
    Ring ring;
    ring.add(PERF_RECORD_SAMPLE, {task(7, 8), 3, kKernelFollows, 0xffffffff81000010, 0x20});
    ring.add(PERF_RECORD_SAMPLE, {task(9, 9), 1, 0x30});
    const std::vector<Sample> samples = read_samples(ring.bytes);
    ASSERT_EQ(samples.size(), 2u);
    EXPECT_EQ(samples[0].process, 7u);
    EXPECT_EQ(samples[0].thread, 8u);
    EXPECT_THAT(samples[0].frames, ElementsAre(0xffffffff81000010, 0x20));
    EXPECT_THAT(samples[1].frames, ElementsAre(0x30));
}

TEST(Samples, other_records_are_passed_over) {
    Ring ring;
    ring.add(PERF_RECORD_THROTTLE, {1, 2, 3});
    ring.add(PERF_RECORD_SAMPLE, {task(1, 1), 1, 0x10});
    ring.add(PERF_RECORD_LOST, {1, 2});
    EXPECT_EQ(read_samples(ring.bytes).size(), 1u);
}

TEST(Samples, a_record_that_is_cut_short_is_the_end) {
    Ring ring;
    ring.add(PERF_RECORD_SAMPLE, {task(1, 1), 1, 0x10});
    ring.add(PERF_RECORD_SAMPLE, {task(1, 1), 1, 0x20});
    ring.bytes.resize(ring.bytes.size() - 1);
    EXPECT_EQ(read_samples(ring.bytes).size(), 1u);
    EXPECT_TRUE(read_samples({}).empty());
}

TEST(Samples, a_chain_that_says_it_is_longer_than_its_record_ends_with_it) {
    Ring ring;
    ring.add(PERF_RECORD_SAMPLE, {task(1, 1), 1000, 0x10, 0x20});
    EXPECT_THAT(read_samples(ring.bytes).at(0).frames, ElementsAre(0x10, 0x20));
}

}  // namespace rxlab
