// SPDX-License-Identifier: GPL-2.0
/* cached - freerun, but the other end is asked only when what it said last is not enough: its cache line stays with it. */
#include "table.h"

static struct rxlab_record *cached_reserve(struct rxlab_ring_side *tx, u64 bytes)
{
	const u64 end = tx->position + rxlab_ring_needed(tx, bytes);

	if (unlikely(end - tx->cached > tx->size) && end - rxlab_ring_peer(tx) > tx->size)
		return NULL;
	return rxlab_ring_span(tx, bytes);
}

static void cached_step(struct rxlab_ring_side *side)
{
	side->position = side->end;
	rxlab_ring_publish(side);
}

static const struct rxlab_record *cached_peek(struct rxlab_ring_side *rx)
{
	const struct rxlab_record *record = rxlab_ring_next(rx, rx->cached);

	return likely(record) ? record : rxlab_ring_next(rx, rxlab_ring_peer(rx));
}

const struct rxlab_ring_variant rxlab_ring_cached = {
	"cached", "free-running, the other end's position cached", cached_reserve, cached_step, cached_peek, cached_step, rxlab_ring_flush,
};
