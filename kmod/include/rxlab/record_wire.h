/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record_wire.h - records (record.h) as a wire's framing has them. In the kernel alone; included by
 * whoever makes a wire that drops records or offers them by itself.
 */
#ifndef RXLAB_RECORD_WIRE_H
#define RXLAB_RECORD_WIRE_H

#include <rxlab/record.h>
#include <rxlab/vdma_wire.h>

static inline u64 rxlab_framed_bytes(const void *start)
{
	const u32 length = ((const struct rxlab_record *)start)->length;

	return length == RXLAB_RECORD_SKIP ? 0 : rxlab_record_bytes(length);
}

static inline u64 rxlab_framed_header(void *header, u32 length, u64 now)
{
	*(struct rxlab_record *)header = (struct rxlab_record){
		.length = length,
		.sequence = RXLAB_SOURCE_SEQUENCE,
		.check = now,
	};
	return rxlab_record_bytes(length);
}

/* little-endian: the first four bytes are the length */
static const u64 rxlab_skip_mark = RXLAB_RECORD_SKIP;

static const struct vdma_framing rxlab_record_framing = {
	.look = sizeof(rxlab_skip_mark),
	.header = sizeof(struct rxlab_record),
	.skip = &rxlab_skip_mark,
	.bytes_of = rxlab_framed_bytes,
	.begin = rxlab_framed_header,
};

#endif
