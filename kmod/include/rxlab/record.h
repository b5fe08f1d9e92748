/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record.h - what travels through a ring: a header, the payload, padding to 8 bytes.
 *
 * Compiled in the kernel and in user space (C11, C++20). The byte order is the machine's own: both
 * ends are this machine.
 */
#ifndef RXLAB_RECORD_H
#define RXLAB_RECORD_H

#ifdef __KERNEL__
#include <linux/string.h>
#include <linux/types.h>
#else
#include <linux/types.h>
#include <string.h>
#endif

/**
 * struct rxlab_record - header of a record
 * @length:   bytes of payload behind the header
 * @sequence: counts the records of one producer, from 0, and wraps
 * @check:    rxlab_record_check() of the payload and @sequence
 */
struct rxlab_record {
	__u32 length;
	__u32 sequence;
	__u64 check;
};

#define RXLAB_RECORD_ALIGN 8u

/*
 * In a header's length: no record; the rest of the ring's turn is to be skipped. Eight bytes are
 * enough to say so.
 */
#define RXLAB_RECORD_SKIP 0xFFFFFFFFu

/*
 * Sequence of the frames that a wire offers by itself; their check is the time of their arrival,
 * ktime_get_ns().
 */
#define RXLAB_SOURCE_SEQUENCE 0xFFFFFFFFu

/**
 * rxlab_record_bytes - what a record takes in a ring
 * @length: bytes of payload
 *
 * Return: bytes of header, payload and padding; a multiple of RXLAB_RECORD_ALIGN.
 */
static inline __u64 rxlab_record_bytes(__u32 length)
{
	return ((__u64)sizeof(struct rxlab_record) + length + RXLAB_RECORD_ALIGN - 1) &
	       ~(__u64)(RXLAB_RECORD_ALIGN - 1);
}

/*
 * One step: exclusive or, multiply by an odd constant (2^64 / golden ratio), rotate. Each step is a
 * bijection of the sum.
 */
static inline __u64 rxlab_check_step(__u64 sum, __u64 word)
{
	sum = (sum ^ word) * 0x9E3779B97F4A7C15ull;
	return sum << 29 | sum >> 35;
}

/**
 * rxlab_record_check - checksum of a record
 * @payload:  @length bytes, at any address
 * @length:   bytes of payload
 * @sequence: the record's sequence number
 *
 * Not cryptographic: it has to be cheap beside the copy, and to see what rings do wrong: stale
 * bytes, bytes of another record, a record cut at the ring's end. Every step is a bijection, so one
 * wrong 8-byte word always changes the sum, and words in another order do so but for 1 in 2^64.
 *
 * Return: 64 bits, never 0, so that memory never written is no record.
 */
static inline __u64 rxlab_record_check(const void *payload, __u32 length, __u32 sequence)
{
	const unsigned char *at = (const unsigned char *)payload;
	__u64 sum = rxlab_check_step((__u64)sequence << 32 | length, 0), word;
	__u32 left = length;

	for (; left >= 8; left -= 8, at += 8) {
		memcpy(&word, at, 8);
		sum = rxlab_check_step(sum, word);
	}
	if (left) {
		word = 0;
		memcpy(&word, at, left);
		sum = rxlab_check_step(sum, word);
	}
	return sum ? sum : 1;
}

/**
 * rxlab_record_number - a record's place in its producer's stream, of which the header has 32 bits
 * @next:     place of the record that is due
 * @sequence: what the header says
 *
 * Return: the place nearest to @next that has this sequence: right while no more than 2^31 records
 * are missing at once, or come late.
 */
static inline __u64 rxlab_record_number(__u64 next, __u32 sequence)
{
	return next + (__u64)(__s64)(__s32)(sequence - (__u32)next);
}

#endif
