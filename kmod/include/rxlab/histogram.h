/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Log2 histogram with 2^3 sub-buckets per power of two: a value is known to 1/8 of itself, 0..15
 * exactly. Shared with the runner, which turns bucket numbers back into edges
 * (collect/histogram.h).
 */
#pragma once
#include <linux/types.h>

enum {
	HISTOGRAM_SUB_BITS = 3,
	/* Values of 0..2^32-1 (4.3 s); larger ones go to the last bucket. */
	HISTOGRAM_BUCKETS = (32 - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS,
};

struct histogram {
	__u64 max, sum;
	__u32 counts[HISTOGRAM_BUCKETS];
};

/*
 * If v is that large: `bits` halvings, each a power of two, that is eight buckets. The empty asm
 * keeps the compiler from making both outcomes and choosing, which takes twice the instructions.
 */
#define HISTOGRAM_HALVE(bits)                                   \
	if (v >= 1U << (HISTOGRAM_SUB_BITS + (bits))) {         \
		v >>= (bits);                                   \
		base += (bits) << HISTOGRAM_SUB_BITS;           \
		asm volatile("" : "+r"(v), "+r"(base));         \
	}

/*
 * Halves the value until HISTOGRAM_SUB_BITS bits are left below its leading one; by bisection,
 * since BPF has no instruction that counts leading zeros.
 */
static inline __u32 histogram_bucket(__u64 value)
{
	__u32 v = value > 0xffffffffULL ? 0xffffffffU : (__u32)value;
	__u32 base = 0;

	HISTOGRAM_HALVE(16)
	HISTOGRAM_HALVE(8)
	HISTOGRAM_HALVE(4)
	HISTOGRAM_HALVE(2)
	HISTOGRAM_HALVE(1)
	return base + v;
}

static inline void histogram_add(struct histogram *histogram, __u64 value)
{
	__u32 bucket = histogram_bucket(value);

	if (bucket < HISTOGRAM_BUCKETS)
		histogram->counts[bucket]++;
	histogram->sum += value;
	if (value > histogram->max)
		histogram->max = value;
}

/*
 * Adds the time since `start`, where 0 stands for none. Clocks of two CPUs may disagree: a negative
 * time is none.
 */
static inline void histogram_add_since(struct histogram *histogram, __u64 start, __u64 now)
{
	if (start && now >= start)
		histogram_add(histogram, now - start);
}
