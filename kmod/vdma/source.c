// SPDX-License-Identifier: GPL-2.0
/*
 * source.c - frames that come out of the wire itself, at a rate that nothing at this end has an
 * influence on.
 *
 * An open loop: what is due is offered, and what finds no room is dropped and counted, as on a
 * network. The engine's thread stands for the other end; one that was late offers what became due
 * meanwhile, at most BURST before others have their turn.
 */
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "vdma.h"

#define BURST 64
#define MOST_PER_SECOND 100000000ull
/* what is due within it is offered together: a thread that woke for each would be mostly waking */
#define MOMENT (10 * NSEC_PER_USEC)

static u32 vdma_source_length_at(const u8 *frames, size_t at)
{
	u32 length;

	memcpy(&length, frames + at, sizeof(length));
	return length;
}

static bool vdma_source_sound(const struct vdma_wire *wire, const u8 *frames, size_t bytes)
{
	const u64 most = min_t(size_t, wire->config.fifo_bytes, READ_ONCE(wire->rx_ring)) / 2;
	u8 header[VDMA_MOST_HEADER] __aligned(8);
	size_t at = 0;

	while (bytes - at > sizeof(u32)) {
		const u32 length = vdma_source_length_at(frames, at);

		at += sizeof(u32);
		if (!length || length > bytes - at ||
		    wire->config.framing->begin(header, length, 0) > most)
			return false;
		at += length;
	}
	return at && at == bytes;
}

int vdma_source_set(struct dma_wire *dma_wire, const void *frames, size_t bytes, u64 per_second,
		    u64 count)
{
	struct vdma_wire *wire = to_vdma_wire(dma_wire);
	u8 *list = NULL, *before;
	unsigned long flags;

	if (!wire->rx || !READ_ONCE(wire->rx_ring))
		return -ENOLINK;
	if (wire->config.mode != VDMA_WIRE_LOSSY || per_second > MOST_PER_SECOND ||
	    (per_second && !vdma_source_sound(wire, frames, bytes)))
		return -EINVAL;
	if (per_second) {
		list = kvmalloc(bytes, GFP_KERNEL);
		if (!list)
			return -ENOMEM;
		memcpy(list, frames, bytes);
	}
	raw_spin_lock_irqsave(&wire->rx->lock, flags);
	before = wire->source;
	wire->source = list;
	wire->source_bytes = bytes;
	wire->source_rate = per_second;
	wire->source_count = count;
	wire->source_at = wire->source_offered = 0;
	wire->source_since = ktime_get_ns();
	raw_spin_unlock_irqrestore(&wire->rx->lock, flags);
	kvfree(before);
	vdma_kick(wire->vdma);
	return 0;
}

static void vdma_source_offer_next(struct vdma_wire *wire, u64 now)
{
	const u32 length = vdma_source_length_at(wire->source, wire->source_at);

	vdma_wire_offer(wire, wire->source + wire->source_at + sizeof(u32), length, now);
	wire->source_offered++;
	wire->source_at += sizeof(u32) + length;
	if (wire->source_at == wire->source_bytes)
		wire->source_at = 0;
}

/* ns from its beginning at which so many frames are due. */
static u64 vdma_source_due_at(const struct vdma_wire *wire, u64 frames)
{
	return mul_u64_u64_div_u64(frames, NSEC_PER_SEC, wire->source_rate);
}

/* Offers what is due. The receive channel's lock is held. */
void vdma_source_run(struct vdma_wire *wire, u64 *patience)
{
	const u64 now = ktime_get_ns(), passed = now - wire->source_since;
	u64 due = mul_u64_u64_div_u64(passed, wire->source_rate, NSEC_PER_SEC), next;
	unsigned int i;

	if (wire->source_count)
		due = min(due, wire->source_count);
	/* Not between the pieces of a record that is being sent. */
	for (i = 0; i < BURST && wire->source_offered < due && !wire->record_left &&
	     !wire->header_have; i++)
		vdma_source_offer_next(wire, now);
	if (wire->source_offered == wire->source_count && wire->source_count)
		return; /* all were offered */
	next = vdma_source_due_at(wire, wire->source_offered + 1);
	*patience = min(*patience, max_t(u64, next > passed ? next - passed : 0, MOMENT));
}
