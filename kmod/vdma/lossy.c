// SPDX-License-Identifier: GPL-2.0
/*
 * lossy.c - a wire that drops what its receiver has no room for, always whole records, and the
 * frames that it offers by itself. What a record is, its framing says (vdma_wire.h). All of this
 * runs in the engine, which is one thread.
 */
#include "vdma.h"

/*
 * Is there room for a record of so many bytes? Records lie in one piece in the receive ring too, as
 * a NIC puts frames: what enters the FIFO lands at that offset of it.
 */
static bool vdma_lossy_admit(struct vdma_wire *wire, u64 bytes)
{
	/* 0: nobody receives yet, so there is no room for anything */
	const u64 ring = READ_ONCE(wire->rx_ring);
	u64 skip = 0;

	if (ring && wire->fifo_in % ring + bytes > ring)
		skip = ring - wire->fifo_in % ring;
	if (!ring || vdma_fifo_free(wire) < skip + bytes) {
		/* Whoever counts what has come decides by it whether to wait for more. */
		WRITE_ONCE(wire->stats.dropped_records, wire->stats.dropped_records + 1);
		wire->stats.dropped_bytes += bytes;
		return false;
	}
	if (skip) {
		const struct vdma_framing *framing = wire->config.framing;

		vdma_fifo_put(wire, framing->skip, framing->look);
		/* whatever lies there: nobody reads what is skipped */
		wire->fifo_in += skip - framing->look;
	}
	return true;
}

bool vdma_wire_offer(struct vdma_wire *wire, const void *frame, u32 length, u64 now)
{
	const struct vdma_framing *framing = wire->config.framing;
	u8 header[VDMA_MOST_HEADER] __aligned(8);
	const u64 bytes = framing->begin(header, length, now);

	wire->stats.source_records++;
	if (!vdma_lossy_admit(wire, bytes))
		return false;
	vdma_fifo_put(wire, header, framing->header);
	vdma_fifo_put(wire, frame, length);
	wire->fifo_in += bytes - framing->header - length;
	return true;
}

/* The rest of the transmit ring's turn is skipped; it is no record and does not travel. */
static size_t vdma_lossy_skip(struct vdma_wire *wire, size_t look)
{
	const u64 ring = wire->tx->active->len, beyond = (wire->parsed += look) % ring;

	wire->record_left = beyond ? ring - beyond : 0;
	wire->dropping = true;
	return look;
}

/* The header is whole: is there room for its record? Returns the bytes that are dealt with. */
static size_t vdma_lossy_begin(struct vdma_wire *wire)
{
	const struct vdma_framing *framing = wire->config.framing;
	const u64 bytes = framing->bytes_of(wire->header);

	if (!bytes)
		return vdma_lossy_skip(wire, framing->look);
	wire->parsed += framing->header;
	if (bytes > min_not_zero((u64)wire->config.fifo_bytes, (u64)READ_ONCE(wire->rx_ring)) / 2) {
		wire->stats.bad_headers++;
		wire->stats.dropped_bytes += framing->header;
		wire->unparsable = true;
		return framing->header;
	}
	wire->record_left = bytes - framing->header;
	wire->dropping = !vdma_lossy_admit(wire, bytes);
	if (!wire->dropping)
		vdma_fifo_put(wire, wire->header, framing->header);
	return framing->header;
}

/* A header comes in pieces; what is to be skipped may end after the first. */
static size_t vdma_lossy_gather(struct vdma_wire *wire, const u8 *bytes, size_t count)
{
	const struct vdma_framing *framing = wire->config.framing;
	const u32 have = wire->header_have, look = framing->look;
	const size_t part = min_t(size_t, count, (have < look ? look : framing->header) - have);

	memcpy(wire->header + have, bytes, part);
	wire->header_have += part;
	if (wire->header_have == framing->header ||
	    (wire->header_have == look && !framing->bytes_of(wire->header))) {
		wire->header_have = 0;
		vdma_lossy_begin(wire);
	}
	return part;
}

static size_t vdma_lossy_carry(struct vdma_wire *wire, const u8 *bytes, size_t count)
{
	const size_t part = min_t(u64, count, wire->record_left);

	wire->record_left -= part;
	wire->parsed += part;
	if (!wire->dropping)
		vdma_fifo_put(wire, bytes, part);
	return part;
}

/* Lossy: follows the records, so that it is always a whole one that is dropped. */
void vdma_lossy_put(struct vdma_wire *wire, const u8 *bytes, size_t count)
{
	while (count && !wire->unparsable) {
		size_t part;

		if (wire->record_left) {
			part = vdma_lossy_carry(wire, bytes, count);
		} else if (!wire->header_have && count >= sizeof(wire->header)) {
			memcpy(wire->header, bytes, sizeof(wire->header));
			part = vdma_lossy_begin(wire);
		} else {
			part = vdma_lossy_gather(wire, bytes, count);
		}
		bytes += part;
		count -= part;
	}
	if (wire->unparsable)
		wire->stats.dropped_bytes += count;
}
