// SPDX-License-Identifier: GPL-2.0
/*
 * naive - the ring that is written first, with the faults it is written with. They are here to be
 * seen, not to harm: what it writes beyond the ring's end falls into the guard, and each fault is
 * detected, by positions kept for that alone, and counted by its name.
 *
 *   wrap        a record is written in one piece, wherever it begins: at the ring's end it goes on
 *               behind it
 *   full_empty  head == tail means empty, and nothing keeps a full ring from it
 *   overwrite   so the next record goes over those that nobody has read
 *   torn        a header is believed as soon as there is anything
 *
 * What cannot be counted: positions are told by an ordinary store, so that a compiler, or a CPU
 * that is not x86, may tell of bytes it has not written. ThreadSanitizer sees that (runner/bench);
 * here publish() is a release as everywhere.
 */
#include "table.h"

static struct rxlab_record *dma_ring_naive_reserve(struct rxlab_ring_side *tx, u64 bytes)
{
	const u64 head = rxlab_ring_offset(tx, tx->position);
	const u64 tail = rxlab_ring_offset(tx, rxlab_ring_peer(tx));
	/* all of it when head == tail: the fault */
	const u64 free = tx->size - ((head - tail) & (tx->size - 1));
	const u64 unread = tx->position - tx->cached;

	/* longer ones would not fit the guard */
	if (bytes > free || bytes > RXLAB_RING_MOST(tx->size))
		return NULL;
	if (head == tail && unread)
		tx->faults[RXLAB_FAULT_FULL_EMPTY]++;
	if (unread + bytes > tx->size)
		tx->faults[RXLAB_FAULT_OVERWRITE]++;
	if (head + bytes > tx->size)
		tx->faults[RXLAB_FAULT_WRAP]++;
	tx->end = tx->position + bytes;
	return rxlab_ring_at(tx, tx->position);
}

static void dma_ring_naive_step(struct rxlab_ring_side *side)
{
	side->position = side->end;
	rxlab_ring_publish(side);
}

static const struct rxlab_record *dma_ring_naive_peek(struct rxlab_ring_side *rx)
{
	const struct rxlab_record *record = rxlab_ring_at(rx, rx->position);
	u64 bytes;

	if (rxlab_ring_offset(rx, rx->position) == rxlab_ring_offset(rx, rxlab_ring_peer(rx)))
		return NULL;
	bytes = rxlab_record_bytes(record->length);
	if (bytes <= RXLAB_RING_MOST(rx->size)) {
		if (rx->cached - rx->position < bytes)
			rx->faults[RXLAB_FAULT_TORN]++;
		rx->end = rx->position + bytes;
		return record;
	}
	/*
	 * What it would believe and read: bytes beyond the guard. Here it stumbles on by the least
	 * there is.
	 */
	rx->faults[RXLAB_FAULT_TORN]++;
	rx->end = rx->position + RXLAB_RECORD_ALIGN;
	dma_ring_naive_step(rx);
	return NULL;
}

const struct rxlab_ring_variant rxlab_ring_naive = {
	.name = "naive",
	.summary = "the textbook form with its faults",
	.reserve = dma_ring_naive_reserve,
	.commit = dma_ring_naive_step,
	.peek = dma_ring_naive_peek,
	.release = dma_ring_naive_step,
	.flush = rxlab_ring_flush,
};
