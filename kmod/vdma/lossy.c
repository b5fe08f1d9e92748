// SPDX-License-Identifier: GPL-2.0
/*
 * lossy.c - a wire that drops what its receiver has no room for, always whole records, and the
 * frames that it offers by itself. All of this runs in the engine, which is one thread.
 */
#include <rxlab/record.h>

#include "vdma.h"

/* little-endian: the first four bytes are the length */
static const u64 skip_mark = RXLAB_RECORD_SKIP;

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
		wire->stats.dropped_records++;
		wire->stats.dropped_bytes += bytes;
		return false;
	}
	if (skip) {
		vdma_fifo_put(wire, (const u8 *)&skip_mark, sizeof(skip_mark));
		/* whatever lies there: nobody reads what is skipped */
		wire->fifo_in += skip - sizeof(skip_mark);
	}
	return true;
}

bool vdma_wire_offer(struct vdma_wire *wire, const void *frame, u32 length, u64 now)
{
	const struct rxlab_record record = {
		.length = length,
		.sequence = VDMA_SOURCE_SEQUENCE,
		.check = now,
	};
	const u64 bytes = rxlab_record_bytes(length);

	wire->stats.source_records++;
	if (!vdma_lossy_admit(wire, bytes))
		return false;
	vdma_fifo_put(wire, (const u8 *)&record, sizeof(record));
	vdma_fifo_put(wire, frame, length);
	wire->fifo_in += bytes - sizeof(record) - length;
	return true;
}

/* The header is whole: is there room for the record it begins? */
static void vdma_lossy_begin_record(struct vdma_wire *wire)
{
	const struct rxlab_record *record = (const struct rxlab_record *)wire->header;
	const u64 bytes = rxlab_record_bytes(record->length);

	wire->header_have = 0;
	if (bytes > min_not_zero((u64)wire->config.fifo_bytes, (u64)READ_ONCE(wire->rx_ring)) / 2) {
		wire->stats.bad_headers++;
		wire->stats.dropped_bytes += sizeof(*record);
		wire->unparsable = true;
		return;
	}
	wire->record_left = bytes - sizeof(*record);
	wire->dropping = !vdma_lossy_admit(wire, bytes);
	if (!wire->dropping)
		vdma_fifo_put(wire, wire->header, sizeof(*record));
}

/* The rest of the transmit ring's turn is skipped; it is no record and does not travel. */
static void vdma_lossy_begin_skip(struct vdma_wire *wire)
{
	const u64 ring = wire->tx->active->len, beyond = wire->parsed % ring;

	if (((const struct rxlab_record *)wire->header)->length != RXLAB_RECORD_SKIP)
		return;
	wire->record_left = beyond ? ring - beyond : 0;
	wire->dropping = true;
	wire->header_have = 0;
}

/* Lossy: follows the records, so that it is always a whole one that is dropped. */
void vdma_lossy_put(struct vdma_wire *wire, const u8 *bytes, size_t count)
{
	while (count && !wire->unparsable) {
		size_t part;

		if (!wire->record_left) {
			/* In halves: a skip mark may be no longer than one. */
			part = min(count, sizeof(wire->header) / 2 -
						  wire->header_have % (sizeof(wire->header) / 2));
			memcpy(wire->header + wire->header_have, bytes, part);
			wire->header_have += part;
			wire->parsed += part;
			if (wire->header_have == sizeof(wire->header) / 2)
				vdma_lossy_begin_skip(wire);
			else if (wire->header_have == sizeof(wire->header))
				vdma_lossy_begin_record(wire);
		} else {
			part = min_t(u64, count, wire->record_left);
			if (!wire->dropping)
				vdma_fifo_put(wire, bytes, part);
			wire->record_left -= part;
			wire->parsed += part;
		}
		bytes += part;
		count -= part;
	}
	if (wire->unparsable)
		wire->stats.dropped_bytes += count;
}
