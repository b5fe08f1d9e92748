// SPDX-License-Identifier: GPL-2.0
/*
 * freerun - free-running positions, which use all N bytes: full is N apart, empty is equal. Each
 * step asks the other end.
 */
#include "table.h"

static struct rxlab_record *dma_ring_freerun_reserve(struct rxlab_ring_side *tx, u64 bytes)
{
	if (tx->position + rxlab_ring_needed(tx, bytes) - rxlab_ring_peer(tx) > tx->size)
		return NULL;
	return rxlab_ring_span(tx, bytes);
}

static void dma_ring_freerun_step(struct rxlab_ring_side *side)
{
	side->position = side->end;
	rxlab_ring_publish(side);
}

static const struct rxlab_record *dma_ring_freerun_peek(struct rxlab_ring_side *rx)
{
	return rxlab_ring_next(rx, rxlab_ring_peer(rx));
}

const struct rxlab_ring_variant rxlab_ring_freerun = {
	.name = "freerun",
	.summary = "free-running positions, all N bytes used",
	.reserve = dma_ring_freerun_reserve,
	.commit = dma_ring_freerun_step,
	.peek = dma_ring_freerun_peek,
	.release = dma_ring_freerun_step,
	.flush = rxlab_ring_flush,
};
