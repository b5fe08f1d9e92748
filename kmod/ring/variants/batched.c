// SPDX-License-Identifier: GPL-2.0
/*
 * batched - cached, and the other end is told once per batch of records: one release, one doorbell,
 * one cache line moved for all of them. What is not told yet is flushed before either end waits,
 * else both would wait for each other.
 */
#include "table.h"

static struct rxlab_record *dma_ring_batched_reserve(struct rxlab_ring_side *tx, u64 bytes)
{
	const u64 end = tx->position + rxlab_ring_needed(tx, bytes);

	if (unlikely(end - tx->cached > tx->size) && end - rxlab_ring_peer(tx) > tx->size) {
		rxlab_ring_flush(tx);
		return NULL;
	}
	return rxlab_ring_span(tx, bytes);
}

static void dma_ring_batched_step(struct rxlab_ring_side *side)
{
	side->position = side->end;
	if (++side->pending >= side->batch)
		rxlab_ring_publish(side);
}

static const struct rxlab_record *dma_ring_batched_peek(struct rxlab_ring_side *rx)
{
	const struct rxlab_record *record = rxlab_ring_next(rx, rx->cached);

	if (likely(record))
		return record;
	record = rxlab_ring_next(rx, rxlab_ring_peer(rx));
	if (!record)
		rxlab_ring_flush(rx);
	return record;
}

const struct rxlab_ring_variant rxlab_ring_batched = {
	.name = "batched",
	.summary = "cached, the other end told once per batch",
	.reserve = dma_ring_batched_reserve,
	.commit = dma_ring_batched_step,
	.peek = dma_ring_batched_peek,
	.release = dma_ring_batched_step,
	.flush = rxlab_ring_flush,
};
