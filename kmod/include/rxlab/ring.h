/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ring.h - the ring core: one producer, one consumer, records of record.h in N bytes, N a power of
 * two.
 *
 * Compiled in the kernel and in user space (C11, C++20). Records are produced and consumed in
 * place: reserve a span, write the record into it, commit; peek at the next record, read it where
 * it lies, release. So a record has to be contiguous. Where the rest of the ring is too short for
 * it, the producer leaves a skip mark there and begins again at the ring's start. Nothing is ever
 * copied twice, at the price of the bytes skipped: half a record on average per turn of the ring.
 * The other textbook way, copying in two parts, keeps those bytes; it is the variant circ_two_part,
 * which puts the second part together in the guard and copies that alone.
 *
 * Positions are bytes since the beginning, 64 bits, never wrapped; an offset is the position modulo
 * N. Each end knows its own position, and asks for the other's: in user space that is a variable of
 * the other thread; in the kernel the other end is a DMA engine, and the answer comes from its wire
 * or its residue (struct rxlab_ring_port).
 *
 * Barriers, each with its partner; with them every byte read was written before, on any machine:
 *   A  producer: record bytes, then publish(position)          store-release
 *      consumer: load of that position, then record bytes      load-acquire    pairs with A
 *   B  consumer: last read of a record, then publish(position) store-release
 *      producer: load of that position, then reuse the span    load-acquire    pairs with B
 * B is needed wherever a span is reused without the ring having been seen empty, so by all variants
 * that are right. Nothing orders a full barrier: neither end decides anything from "I wrote mine,
 * then saw yours". A CPU that wants to sleep until the other end moves has to add one, as vdma's
 * wire does. Toward a device the same two releases are dma_wmb() and what follows it, and the
 * acquires what dma_rmb() follows; where memory is not coherent the port also hands the span over
 * with dma_sync_single_for_device() before A and _for_cpu() after it.
 */
#ifndef RXLAB_RING_H
#define RXLAB_RING_H

#include "portable.h"
#include "record.h"

/* What is wrong with the naive variant, each by its name; others never count any. */
enum rxlab_ring_fault {
	RXLAB_FAULT_WRAP,        /* a record written beyond the ring's end, into the guard */
	RXLAB_FAULT_OVERWRITE,   /* bytes overwritten that nobody had read */
	RXLAB_FAULT_FULL_EMPTY,  /* a full ring that looked empty */
	/* a header read of which not all had arrived, or that no record can have */
	RXLAB_FAULT_TORN,
	RXLAB_FAULTS
};

struct rxlab_ring_side;

/* The other end of a ring, where it is not memory: in the kernel. */
struct rxlab_ring_port {
	/* the other end's position; an acquire */
	u64 (*peer)(struct rxlab_ring_side *side);
	/* tells the other end of ours; a release */
	void (*publish)(struct rxlab_ring_side *side, u64 position);
};

/**
 * struct rxlab_ring_side - one end of a ring
 * @data:         the ring, and behind it a guard of RXLAB_RING_GUARD(size) bytes, in which a record
 *                may go on that begins before the ring's end
 * @size:         N, a power of two
 * @position:     bytes produced (or consumed) so far
 * @published:    of which the other end was told
 * @cached:       the other end's position when it was last asked for
 * @end:          position behind the record that was reserved or peeked at
 * @batch:        variant batched: records per publication
 * @pending:      records committed or released since the last publication
 * @publications: times the other end was told
 * @peer_loads:   times the other end was asked
 * @skipped:      bytes left behind skip marks
 * @faults:       of the naive variant
 * @mine:         user space: where this end publishes its position
 * @theirs:       user space: where the other one does
 * @port:         kernel: the other end
 */
struct rxlab_ring_side {
	u8 *data;
	u64 size;
	u64 position, published, cached, end;
	u32 batch, pending;
	u64 publications, peer_loads, skipped;
	u64 faults[RXLAB_FAULTS];
#ifdef __KERNEL__
	const struct rxlab_ring_port *port;
#else
	u64 *mine;
	const u64 *theirs;
#endif
} RXLAB_FAR_APART;

/*
 * The longest record a ring takes, header and padding included: with the skip it may cause it still
 * fits an empty ring.
 */
#define RXLAB_RING_MOST(size) ((size) / 4)
/* Takes the part of the longest record that goes on behind the end, and a copy in blocks of 64. */
#define RXLAB_RING_GUARD(size) (RXLAB_RING_MOST(size) + 64)

/**
 * struct rxlab_ring_variant - one way to run a ring; a row of rxlab_ring_variants
 * @name:    what it is called
 * @summary: one line for people
 * @reserve: @bytes (of rxlab_record_bytes()) to write a record to, or NULL while there is no room,
 *           and always when they are more than RXLAB_RING_MOST(). The record's header comes first.
 *           Without a commit it may be called again.
 * @commit:  the record is written
 * @peek:    the next record, whole, or NULL while there is none
 * @release: the record of the last peek may be overwritten
 * @flush:   tells the other end of everything that was committed or released
 *
 * Several records of one length at once: reserve that many times @bytes (rxlab_ring_together() says
 * how many may lie together), write them one behind the other, commit once. Several at the other
 * end: rxlab_ring_peek_more() after a peek, and one release.
 */
struct rxlab_ring_variant {
	const char *name, *summary;
	struct rxlab_record *(*reserve)(struct rxlab_ring_side *tx, u64 bytes);
	void (*commit)(struct rxlab_ring_side *tx);
	const struct rxlab_record *(*peek)(struct rxlab_ring_side *rx);
	void (*release)(struct rxlab_ring_side *rx);
	void (*flush)(struct rxlab_ring_side *side);
};

/* ---- what variants are made of ---- */

static inline u64 rxlab_ring_peer(struct rxlab_ring_side *side)
{
	side->peer_loads++;
#ifdef __KERNEL__
	side->cached = side->port->peer(side);
#else
	side->cached = smp_load_acquire(side->theirs); /* A or B, whichever end this is */
#endif
	return side->cached;
}

static inline void rxlab_ring_publish(struct rxlab_ring_side *side)
{
	side->publications++;
	side->pending = 0;
	side->published = side->position;
#ifdef __KERNEL__
	side->port->publish(side, side->position);
#else
	smp_store_release(side->mine, side->position); /* A or B, whichever end this is */
#endif
}

static inline u64 rxlab_ring_offset(const struct rxlab_ring_side *side, u64 position)
{
	return position & (side->size - 1);
}

static inline struct rxlab_record *rxlab_ring_at(const struct rxlab_ring_side *side, u64 position)
{
	return (struct rxlab_record *)(side->data + rxlab_ring_offset(side, position));
}

/* Bytes from here to the ring's end. */
static inline u64 rxlab_ring_to_end(const struct rxlab_ring_side *side, u64 position)
{
	return side->size - rxlab_ring_offset(side, position);
}

/*
 * What a record of @bytes takes of the ring here: itself, and what has to be skipped before it.
 * More than there will ever be when it is longer than any record may be, since the other end would
 * call that torn.
 */
static inline u64 rxlab_ring_needed(const struct rxlab_ring_side *tx, u64 bytes)
{
	const u64 to_end = rxlab_ring_to_end(tx, tx->position);

	if (unlikely(bytes > RXLAB_RING_MOST(tx->size)))
		return tx->size + 1;
	return bytes <= to_end ? bytes : to_end + bytes;
}

/* There is room: the span, after a skip mark where one is needed. */
static inline struct rxlab_record *rxlab_ring_span(struct rxlab_ring_side *tx, u64 bytes)
{
	const u64 to_end = rxlab_ring_to_end(tx, tx->position);

	if (unlikely(bytes > to_end)) {
		rxlab_ring_at(tx, tx->position)->length = RXLAB_RECORD_SKIP;
		tx->skipped += to_end;
		tx->position += to_end;
	}
	tx->end = tx->position + bytes;
	return rxlab_ring_at(tx, tx->position);
}

/*
 * The next record of those before @head, skipping what is marked; NULL when it has not wholly
 * arrived. A length no record can have (only the naive variant's faults make one) is told as torn
 * and ends the stream.
 */
static inline const struct rxlab_record *rxlab_ring_next(struct rxlab_ring_side *rx, u64 head)
{
	const struct rxlab_record *record;
	u64 bytes;

	for (;;) {
		const u64 there = head - rx->position;

		if (there < RXLAB_RECORD_ALIGN)
			return NULL;
		record = rxlab_ring_at(rx, rx->position);
		if (likely(record->length != RXLAB_RECORD_SKIP)) {
			if (there < sizeof(*record))
				return NULL;
			bytes = rxlab_record_bytes(record->length);
			break;
		}
		bytes = rxlab_ring_to_end(rx, rx->position);
		if (there < bytes)
			return NULL;
		rx->skipped += bytes;
		rx->position += bytes;
	}
	if (unlikely(bytes > RXLAB_RING_MOST(rx->size))) {
		rx->faults[RXLAB_FAULT_TORN]++;
		return NULL;
	}
	if (head - rx->position < bytes)
		return NULL;
	rx->end = rx->position + bytes;
	return record;
}

/*
 * Of @most records of @bytes each, how many one reservation takes: in one piece, no longer than any
 * may be. At least one.
 */
static inline u32 rxlab_ring_together(const struct rxlab_ring_side *tx, u64 bytes, u32 most)
{
	const u64 to_end = rxlab_ring_to_end(tx, tx->position), longest = RXLAB_RING_MOST(tx->size);
	const u64 piece = to_end >= bytes && to_end < longest ? to_end : longest;
	const u64 count = piece / bytes;

	return count >= most ? most : count ? (u32)count : 1;
}

/*
 * After a peek: takes in the records right behind that one which were known to be there, whole, at
 * the last look, @most in all, and returns how many there are. The release is then of all of them.
 * They lie in one piece, each at the end of the one before. Behind a record that goes on beyond the
 * ring's end (naive, circ_two_part) there is none.
 */
static inline u32 rxlab_ring_peek_more(struct rxlab_ring_side *rx, u32 most)
{
	const u64 known = rx->cached - rx->position, to_end = rxlab_ring_to_end(rx, rx->position);
	const u64 limit = rx->position + (known < to_end ? known : to_end);
	u32 length = rxlab_ring_at(rx, rx->position)->length, count;
	u64 bytes = rxlab_record_bytes(length), end = rx->end;

	for (count = 1; count < most; count++) {
		const __s64 there = (__s64)(limit - end);
		const struct rxlab_record *record = rxlab_ring_at(rx, end);

		if (there < (__s64)sizeof(*record))
			break;
		/*
		 * Most are as long as the one before: a guess that lets this one's place be known
		 * before that one's header is.
		 */
		if (unlikely(record->length != length)) {
			length = record->length;
			bytes = rxlab_record_bytes(length);
		}
		/* not whole, or a skip mark */
		if (there < (__s64)bytes || bytes > RXLAB_RING_MOST(rx->size))
			break;
		end += bytes;
	}
	rx->end = end;
	return count;
}

static inline void rxlab_ring_flush(struct rxlab_ring_side *side)
{
	if (side->published != side->position)
		rxlab_ring_publish(side);
}

/* ---- for those who use a ring ---- */

/* One end of a new ring; in the kernel set @port, in user space @mine and @theirs. */
static inline void rxlab_ring_init(struct rxlab_ring_side *side, void *data, u64 size, u32 batch)
{
	memset(side, 0, sizeof(*side));
	side->data = (u8 *)data;
	side->size = size;
	side->batch = batch;
}

/* Writes the header of a record whose payload lies behind it. */
static inline void rxlab_record_seal(struct rxlab_record *record, u32 length, u32 sequence)
{
	record->length = length;
	record->sequence = sequence;
	record->check = rxlab_record_check(record + 1, length, sequence);
}

#endif
