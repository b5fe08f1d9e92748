// SPDX-License-Identifier: GPL-2.0
/*
 * circ_two_part - circ without skip marks: a record that does not fit before the ring's end goes on
 * at its start, in two parts, as the textbook copies it. Records are written and read in one piece
 * here, so the guard behind the ring stands for its start meanwhile: the producer's second part is
 * copied from there, the consumer's to there. All bytes are used, at the price of that copy.
 *
 * In user space both ends have the same guard. They are never there at once: the next record that
 * wraps takes the ring's last slot, which is the one before's until that was released.
 */
#include <linux/circ_buf.h>

#include "table.h"

/* Bytes of a record from the position to the end that lie behind the ring's end. */
static u64 dma_ring_two_part_second(const struct rxlab_ring_side *side)
{
	const u64 bytes = side->end - side->position;
	const u64 to_end = rxlab_ring_to_end(side, side->position);

	return bytes > to_end ? bytes - to_end : 0;
}

static struct rxlab_record *dma_ring_two_part_reserve(struct rxlab_ring_side *tx, u64 bytes)
{
	const u64 head = rxlab_ring_offset(tx, tx->position);
	const u64 tail = rxlab_ring_offset(tx, rxlab_ring_peer(tx));

	if (bytes > RXLAB_RING_MOST(tx->size) || bytes > CIRC_SPACE(head, tail, tx->size))
		return NULL;
	tx->end = tx->position + bytes;
	return rxlab_ring_at(tx, tx->position);
}

static void dma_ring_two_part_step(struct rxlab_ring_side *side)
{
	side->position = side->end;
	rxlab_ring_publish(side);
}

static void dma_ring_two_part_commit(struct rxlab_ring_side *tx)
{
	const u64 second = dma_ring_two_part_second(tx);

	if (unlikely(second))
		memcpy(tx->data, tx->data + tx->size, second);
	dma_ring_two_part_step(tx);
}

/* A wire that drops records lays them in one piece, so there are skip marks here. */
static const struct rxlab_record *dma_ring_two_part_peek(struct rxlab_ring_side *rx)
{
	const u64 tail = rxlab_ring_offset(rx, rx->position);
	const u64 head = rxlab_ring_offset(rx, rxlab_ring_peer(rx));
	const struct rxlab_record *record =
		rxlab_ring_next(rx, rx->position + CIRC_CNT(head, tail, rx->size));
	const u64 second = record ? dma_ring_two_part_second(rx) : 0;

	if (unlikely(second))
		memcpy(rx->data + rx->size, rx->data, second);
	return record;
}

const struct rxlab_ring_variant rxlab_ring_circ_two_part = {
	.name = "circ_two_part",
	.summary = "circ, a record at the ring's end in two parts",
	.reserve = dma_ring_two_part_reserve,
	.commit = dma_ring_two_part_commit,
	.peek = dma_ring_two_part_peek,
	.release = dma_ring_two_part_step,
	.flush = rxlab_ring_flush,
};
