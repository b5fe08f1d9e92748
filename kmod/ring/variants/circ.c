// SPDX-License-Identifier: GPL-2.0
/*
 * circ - as linux/circ_buf.h has it: offsets within the ring, which are equal when it is empty, so
 * that one slot stays free.
 */
#include <linux/circ_buf.h>

#include "table.h"

/*
 * The byte that CIRC_SPACE() keeps free is a slot of RXLAB_RECORD_ALIGN: all that a ring holds is a
 * multiple of it.
 */
static u64 dma_ring_circ_needed(const struct rxlab_ring_side *tx, u64 head, u64 tail, u64 bytes)
{
	if (unlikely(bytes > RXLAB_RING_MOST(tx->size)))
		return tx->size; /* more than there ever is */
	if (bytes <= (u64)CIRC_SPACE_TO_END(head, tail, tx->size))
		return bytes;
	return tx->size - head + bytes; /* behind a skip mark */
}

static struct rxlab_record *dma_ring_circ_reserve(struct rxlab_ring_side *tx, u64 bytes)
{
	const u64 head = rxlab_ring_offset(tx, tx->position);
	const u64 tail = rxlab_ring_offset(tx, rxlab_ring_peer(tx));

	if (dma_ring_circ_needed(tx, head, tail, bytes) > CIRC_SPACE(head, tail, tx->size))
		return NULL;
	return rxlab_ring_span(tx, bytes);
}

static void dma_ring_circ_step(struct rxlab_ring_side *side)
{
	side->position = side->end;
	rxlab_ring_publish(side);
}

static const struct rxlab_record *dma_ring_circ_peek(struct rxlab_ring_side *rx)
{
	const u64 tail = rxlab_ring_offset(rx, rx->position);
	const u64 head = rxlab_ring_offset(rx, rxlab_ring_peer(rx));

	return rxlab_ring_next(rx, rx->position + CIRC_CNT(head, tail, rx->size));
}

const struct rxlab_ring_variant rxlab_ring_circ = {
	.name = "circ",
	.summary = "offsets as in circ_buf.h, one slot free",
	.reserve = dma_ring_circ_reserve,
	.commit = dma_ring_circ_step,
	.peek = dma_ring_circ_peek,
	.release = dma_ring_circ_step,
	.flush = rxlab_ring_flush,
};
