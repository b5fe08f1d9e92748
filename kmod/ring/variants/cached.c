// SPDX-License-Identifier: GPL-2.0
/*
 * cached - freerun, but the other end is asked only when what it said last is not enough: its cache
 * line stays with it.
 */
#include "table.h"

static struct rxlab_record *dma_ring_cached_reserve(struct rxlab_ring_side *tx, u64 bytes)
{
	const u64 end = tx->position + rxlab_ring_needed(tx, bytes);

	if (unlikely(end - tx->cached > tx->size) && end - rxlab_ring_peer(tx) > tx->size)
		return NULL;
	return rxlab_ring_span(tx, bytes);
}

static void dma_ring_cached_step(struct rxlab_ring_side *side)
{
	side->position = side->end;
	rxlab_ring_publish(side);
}

static const struct rxlab_record *dma_ring_cached_peek(struct rxlab_ring_side *rx)
{
	const struct rxlab_record *record = rxlab_ring_next(rx, rx->cached);

	return likely(record) ? record : rxlab_ring_next(rx, rxlab_ring_peer(rx));
}

const struct rxlab_ring_variant rxlab_ring_cached = {
	.name = "cached",
	.summary = "free-running, the other end's position cached",
	.reserve = dma_ring_cached_reserve,
	.commit = dma_ring_cached_step,
	.peek = dma_ring_cached_peek,
	.release = dma_ring_cached_step,
	.flush = rxlab_ring_flush,
};
