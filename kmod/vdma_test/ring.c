// SPDX-License-Identifier: GPL-2.0
/*
 * ring.c - cyclic transfers: what moves, when, and who is told of it; what a wire paces and what it
 * drops; what is refused.
 */
#include <linux/irq.h>

#include <rxlab/record.h>

#include "vdma_test.h"

/* An interrupt may come between two looks: of those that have come, were all counted there, too? */
static bool comes_to(const atomic_t *part, const atomic_t *all)
{
	int looks;

	for (looks = 0; looks < 100 && atomic_read(part) != atomic_read(all); looks++)
		msleep(10);
	return looks < 100;
}

static bool test_stream(struct link *link)
{
	const u64 end = (u64)mib << 20;

	link->config.watermark_bytes = PERIOD;
	link->config.idle_usecs = 100;
	MUST(open_link(link));
	while (link->consumed < end) {
		produce(link, end - link->published);
		wait_event_timeout(link->wait, ops->rx_position(link->wire) != link->consumed,
				   HZ / 10);
		if (!consume(link))
			return false;
	}
	EXPECT(link->consumed == end);
	EXPECT(interrupts_of(link) > 0 && causes_of(link) & VDMA_WATERMARK);
	EXPECT(threaded ? !atomic_read(&link->in_hardirq)
			: comes_to(&link->in_hardirq, &link->interrupts),
	       "%d of %d", atomic_read(&link->in_hardirq), interrupts_of(link));
	EXPECT(atomic_read(&link->callbacks) > 0 &&
	       comes_to(&link->in_softirq, &link->callbacks));
	EXPECT(atomic_read(&link->results) > 0, "no callback_result");
	return true;
}

static bool test_paused(struct link *link)
{
	MUST(open_link(link));
	EXPECT(!dmaengine_pause(link->tx) && !dmaengine_pause(link->rx));
	produce(link, RING);
	msleep(50);
	EXPECT(link->published == RING, "the producer filled %llu", link->published);
	EXPECT(!ops->tx_position(link->wire) && !ops->rx_position(link->wire),
	       "bytes moved though the engine is paused");
	EXPECT(dma_async_is_tx_complete(link->tx, link->tx_cookie, NULL, NULL) == DMA_PAUSED);
	EXPECT(!dmaengine_resume(link->tx) && !dmaengine_resume(link->rx));
	EXPECT(wait_for(link, ops->rx_position, RING - PERIOD, 2000), "rx %llu",
	       ops->rx_position(link->wire));
	return consume(link) && wait_for(link, ops->rx_position, RING, 2000) && consume(link);
}

/* Amounts that are no whole bursts, over several turns of the ring. */
static bool test_odd_amounts(struct link *link)
{
	u64 amount = 8;

	MUST(open_link(link));
	while (link->consumed < 4 * RING) {
		amount = amount * 5 % 4001 / 8 * 8 + 8;
		produce(link, amount);
		EXPECT(wait_for(link, ops->rx_position, link->published, 2000), "%llu of %llu",
		       ops->rx_position(link->wire), link->published);
		if (!consume(link))
			return false;
	}
	return true;
}

/*
 * With one CPU, the engine cannot run while the producer does: whatever moved would have moved in
 * its call chain.
 */
static bool test_call_chain(struct link *link)
{
	u64 moved;

	MUST(open_link(link));
	if (num_online_cpus() > 1)
		return true;
	preempt_disable();
	produce(link, PERIOD);
	mdelay(2);
	moved = ops->tx_position(link->wire) + ops->rx_position(link->wire);
	preempt_enable();
	EXPECT(!moved, "%llu bytes moved", moved);
	EXPECT(wait_for(link, ops->rx_position, PERIOD, 2000));
	return consume(link);
}

/* Full never looks like empty: a period stays free however much there is to receive. */
static bool test_credit(struct link *link)
{
	struct vdma_wire_stats stats;
	u64 sent = 0;

	MUST(open_link(link));
	for (; sent < 3; sent++) {
		produce(link, RING);
		msleep(20);
	}
	EXPECT(ops->rx_position(link->wire) == RING - PERIOD, "rx %llu",
	       ops->rx_position(link->wire));
	ops->get_stats(link->wire, &stats);
	EXPECT(stats.rx_stalled == 1, "%llu", stats.rx_stalled);
	EXPECT(consume(link) && wait_for(link, ops->rx_position, RING, 2000) && consume(link));
	while (link->consumed < link->published) {
		msleep(20);
		if (!consume(link))
			return false;
	}
	msleep(20);
	ops->get_stats(link->wire, &stats);
	EXPECT(stats.tx_starved >= 1);
	return true;
}

/*
 * Room that is given at any moment while the engine finds that there is none: it goes on without
 * being told anything else. The moment is swept, for what it has to hit is a few instructions long:
 * for a second, on a CPU that is not the engine's (vm/test-vdma.sh, moments).
 */
static bool test_room_at_any_moment(struct link *link)
{
	const unsigned long end = jiffies + HZ;
	struct vdma_wire_stats stats;
	const u32 burst = 128 * 8;
	u64 want = RING - PERIOD;
	unsigned int round, spin;

	link->maxburst = 128;
	MUST(open_link(link));
	if (num_online_cpus() < 2)
		return true;
	produce(link, RING);
	EXPECT(wait_for(link, ops->rx_position, want, 2000));
	for (round = 0; time_before(jiffies, end); round++) {
		while (link->published - want < 4 * burst) {
			produce(link, RING / 2);
			cond_resched();
		}
		want += burst;
		link->consumed += burst;
		ops->consumed(link->wire, link->consumed);
		/* As soon as it has come, the engine looks for room once more. */
		for (spin = 0; spin < 1000000 && ops->rx_position(link->wire) != want; spin++)
			barrier();
		EXPECT(wait_for(link, ops->rx_position, want, 2000), "round %u: rx %llu, not %llu",
		       round, ops->rx_position(link->wire), want);
		for (spin = 0; spin < round % 1000; spin++)
			barrier();
		cond_resched();
	}
	ops->get_stats(link->wire, &stats);
	EXPECT(stats.rx_stalled > 10, "%llu of %u", stats.rx_stalled, round);
	return true;
}

static bool test_residue(struct link *link)
{
	const u32 burst = 64 * 8;
	u64 position = 0, laps = 0;
	int looks = 0;

	link->maxburst = 64;
	link->config.bytes_per_second = 4 << 20;
	MUST(open_link(link));
	while (position < RING && looks++ < 20000) {
		struct dma_tx_state state;
		u64 now;

		/* A piece at a time, for a look that comes late must not miss a whole lap. */
		if (position == link->published)
			produce(link, RING / 16);
		dmaengine_tx_status(link->tx, link->tx_cookie, &state);
		now = RING - state.residue + laps;
		EXPECT(state.residue && state.residue <= RING, "%u", state.residue);
		EXPECT(now % burst == 0, "%llu is within a burst", now);
		if (now < position)
			now += laps = RING;
		EXPECT(now >= position, "%llu after %llu", now, position);
		position = now;
		consume(link);
		usleep_range(20, 40);
	}
	EXPECT(position == RING, "%llu", position);
	EXPECT(looks > 3, "%d", looks);
	return true;
}

/* Who else uses the machine may make anything late, but nothing early. */
static bool in_time(u64 took, unsigned int least_ms, unsigned int most_ms)
{
	EXPECT(took > least_ms * NSEC_PER_MSEC && (!exact || took < most_ms * NSEC_PER_MSEC),
	       "%llu ns, not %u to %u ms", took, least_ms, most_ms);
	return true;
}

static bool test_rate(struct link *link)
{
	const u64 bytes = 400000;
	u64 start, took;

	link->config.bytes_per_second = 4000000;
	MUST(open_link(link));
	start = ktime_get_ns();
	while (link->consumed < bytes) {
		produce(link, bytes - link->published);
		usleep_range(200, 300);
		if (!consume(link))
			return false;
	}
	took = ktime_get_ns() - start;
	return in_time(took, 95, 150); /* it takes 100 */
}

/* A line so slow that a burst takes most of a second. */
static bool test_slow_rate(struct link *link)
{
	u64 start;

	link->maxburst = 128;
	link->config.bytes_per_second = 2000;
	MUST(open_link(link));
	start = ktime_get_ns();
	produce(link, 2048);
	EXPECT(wait_for(link, ops->rx_position, 2048, 3000), "%llu after 3 s",
	       ops->rx_position(link->wire));
	start = ktime_get_ns() - start;
	return in_time(start, 1000, 1200) && consume(link); /* it takes 1024 */
}

/* A line that its receiver held up does not catch up by running above its rate. */
static bool test_rate_after_wait(struct link *link)
{
	u64 start, took;

	link->config.bytes_per_second = 400000;
	MUST(open_link(link));
	produce(link, RING);
	EXPECT(wait_for(link, ops->rx_position, RING - PERIOD, 2000));
	produce(link, RING);
	msleep(300);
	start = ktime_get_ns();
	while (link->consumed < 2 * RING - PERIOD) {
		MUST(consume(link));
		usleep_range(200, 300);
	}
	took = ktime_get_ns() - start;
	/*
	 * 64 KiB are 164 ms of this line; 8 KiB of them wait in its FIFO, and 10 ms it may have
	 * saved.
	 */
	return in_time(took, 120, 250);
}

static bool told_on(struct link *link, int cpu)
{
	const int before = interrupts_of(link);

	produce(link, 64);
	EXPECT(wait_event_timeout(link->wait, interrupts_of(link) != before, HZ),
	       "no interrupt");
	EXPECT(READ_ONCE(link->cpu) == cpu, "on CPU %d, not %d", READ_ONCE(link->cpu), cpu);
	return consume(link);
}

/* The interrupt runs where it was asked for: at first, and after its affinity was changed. */
static bool test_affinity(struct link *link)
{
	unsigned int cpu;

	link->config.irq_cpu = cpumask_last(cpu_online_mask);
	link->config.watermark_bytes = 64;
	MUST(open_link(link));
	MUST(told_on(link, link->config.irq_cpu));
	for_each_online_cpu(cpu) {
		EXPECT(!irq_set_affinity(ops->irq(link->wire), cpumask_of(cpu)));
		MUST(told_on(link, cpu));
	}
	return true;
}

/*
 * Prepared and never submitted: terminating the channel frees them. A leak shows as slab in the
 * script's cycles.
 */
static bool test_unsubmitted(struct link *link)
{
	int i;

	MUST(open_link(link));
	for (i = 0; i < 64; i++)
		EXPECT(dmaengine_prep_dma_memcpy(link->tx, link->rx_addr, link->tx_addr, 64, 0));
	return true;
}

/* A channel that begins anew at offset 0 on a wire that does not would send bytes again. */
static bool test_restart(struct link *link)
{
	MUST(open_link(link));
	produce(link, PERIOD);
	EXPECT(wait_for(link, ops->rx_position, PERIOD, 2000));
	stop(link);
	EXPECT(!dmaengine_prep_dma_cyclic(link->tx, link->tx_addr, RING, PERIOD, DMA_MEM_TO_DEV, 0),
	       "without a new epoch");
	MUST(consume(link));
	EXPECT(!ops->new_epoch(link->wire, link->published, link->consumed), "a gap of nothing");
	link->published = link->consumed = 0;
	MUST(start(link));
	produce(link, PERIOD);
	EXPECT(wait_for(link, ops->rx_position, PERIOD, 2000));
	return consume(link);
}

static bool test_terminate(struct link *link)
{
	struct vdma_wire_stats before, after;
	int i;

	MUST(open_link(link));
	for (i = 0; i < 20; i++) {
		u64 given_up, gap;

		produce(link, RING);
		usleep_range(10, 20 + i * 50);
		stop(link);
		ops->get_stats(link->wire, &before);
		usleep_range(200, 300);
		ops->get_stats(link->wire, &after);
		EXPECT(before.rx_bytes == after.rx_bytes && before.tx_bytes == after.tx_bytes,
		       "bytes moved after terminate");
		consume(link);
		given_up = link->published - link->consumed;
		gap = ops->new_epoch(link->wire, link->published, link->consumed);
		EXPECT(gap == given_up, "%llu, not %llu", gap, given_up);
		link->published = link->consumed = 0;
		MUST(start(link));
	}
	ops->get_stats(link->wire, &after);
	EXPECT(after.epochs == 20);
	produce(link, PERIOD);
	EXPECT(wait_for(link, ops->rx_position, PERIOD, 2000));
	return consume(link);
}

/* Sixteen periods are in one chunk: they cannot all have a callback of their own. */
static bool test_merged(struct link *link)
{
	int callbacks;

	link->period = 256;
	MUST(open_link(link));
	produce(link, RING / 2);
	EXPECT(wait_for(link, ops->rx_position, RING / 2, 2000));
	msleep(20);
	callbacks = atomic_read(&link->callbacks);
	EXPECT(callbacks > 0 && callbacks < RING / 2 / 256, "%d callbacks", callbacks);
	return consume(link);
}

/* Every way to be told, alone. */
static bool told_by(struct link *link, unsigned int cause, u64 bytes)
{
	int before;

	MUST(open_link(link));
	before = interrupts_of(link);
	produce(link, bytes);
	EXPECT(wait_event_timeout(link->wait, interrupts_of(link) != before, HZ),
	       "no interrupt");
	EXPECT(causes_of(link) == cause, "causes %x", causes_of(link));
	EXPECT(READ_ONCE(link->latency_ns) < NSEC_PER_SEC);
	return consume(link);
}

static bool test_watermark(struct link *link)
{
	link->config.watermark_bytes = 1024;
	MUST(told_by(link, VDMA_WATERMARK, 1024));
	produce(link, 512);
	msleep(20);
	EXPECT(interrupts_of(link) == 1, "told below the watermark");
	return true;
}

static bool test_usecs(struct link *link)
{
	link->config.usecs = 2000;
	return told_by(link, VDMA_USECS, 64);
}

static bool test_idle(struct link *link)
{
	link->config.watermark_bytes = 4096;
	link->config.idle_usecs = 500;
	return told_by(link, VDMA_IDLE, 64);
}

static bool test_tx_space(struct link *link)
{
	MUST(open_link(link));
	ops->arm_tx(link->wire, 8192);
	produce(link, 4096);
	msleep(20);
	EXPECT(!interrupts_of(link));
	produce(link, 4096);
	EXPECT(wait_event_timeout(link->wait, causes_of(link) == VDMA_TX_SPACE, HZ), "causes %x",
	       causes_of(link));
	atomic_set(&link->causes, 0);
	ops->arm_tx(link->wire, 100);
	EXPECT(wait_event_timeout(link->wait, causes_of(link) == VDMA_TX_SPACE, HZ),
	       "a position already passed");
	return consume(link);
}

static bool test_mask(struct link *link)
{
	link->config.watermark_bytes = 64;
	MUST(open_link(link));
	ops->mask(link->wire);
	produce(link, 4096);
	EXPECT(wait_for(link, ops->rx_position, 4096, 2000));
	msleep(20);
	EXPECT(!interrupts_of(link), "told though masked");
	EXPECT(ops->unmask(link->wire, link->consumed), "there is more, and unmask did not say so");
	if (!consume(link))
		return false;
	EXPECT(!ops->unmask(link->wire, link->consumed));
	produce(link, 64);
	EXPECT(wait_event_timeout(link->wait, interrupts_of(link) == 1, HZ));
	MUST(consume(link));
	/* A client that polls stays undisturbed, whatever goes wrong. */
	ops->mask(link->wire);
	stop(link);
	ops->new_epoch(link->wire, link->published, link->consumed);
	link->published = link->consumed = 0;
	MUST(start(link));
	produce(link, 4096);
	EXPECT(wait_for(link, ops->rx_position, 4096, 2000));
	msleep(20);
	EXPECT(interrupts_of(link) == 1, "a new epoch unmasks");
	return consume(link);
}

#define LONGEST 400

/*
 * A record as a ring would send it: in one piece behind a skip mark, or else in two where the ring
 * ends.
 */
static void send_record(struct link *link, u32 sequence, bool in_one_piece)
{
	struct {
		struct rxlab_record header;
		u8 payload[LONGEST];
	} record = { .header = { .length = sequence * 37 % LONGEST, .sequence = sequence } };
	const u64 bytes = rxlab_record_bytes(record.header.length),
		  to_end = RING - link->published % RING;
	u64 i;

	if (in_one_piece && bytes > to_end) {
		((struct rxlab_record *)(link->tx_ring + link->published % RING))->length =
			RXLAB_RECORD_SKIP;
		link->published += to_end;
	}
	for (i = 0; i < record.header.length; i++)
		record.payload[i] = pattern(sequence + i);
	record.header.check = rxlab_record_check(record.payload, record.header.length, sequence);
	for (i = 0; i < bytes; i++)
		link->tx_ring[(link->published + i) % RING] = ((u8 *)&record)[i];
	link->published += bytes;
}

/* Fills what is free of the transmit ring with records. */
static void send_records(struct link *link, u32 *sent, bool in_one_piece)
{
	while (RING - (link->published - ops->tx_position(link->wire)) >=
	       2 * rxlab_record_bytes(LONGEST))
		send_record(link, (*sent)++, in_one_piece);
	ops->publish(link->wire, link->published);
	ops->doorbell(link->wire);
}

/*
 * Reads the records that have arrived whole; each is right, in one piece, and later than the one
 * before.
 */
static bool receive_records(struct link *link, u32 *received, s64 *last)
{
	const u64 end = ops->rx_position(link->wire);

	while (link->consumed + RXLAB_RECORD_ALIGN <= end) {
		const struct rxlab_record *record = (void *)(link->rx_ring + link->consumed % RING);
		const bool skip = record->length == RXLAB_RECORD_SKIP;
		const u64 to_end = RING - link->consumed % RING,
			  bytes = skip ? to_end : rxlab_record_bytes(record->length);

		EXPECT(skip || bytes <= to_end, "length %u in two pieces at %llu", record->length,
		       link->consumed);
		if (link->consumed + bytes > end)
			break; /* the rest is still to come */
		link->consumed += bytes;
		if (skip)
			continue;
		EXPECT(rxlab_record_check(record + 1, record->length, record->sequence) ==
			       record->check,
		       "record %u", record->sequence);
		EXPECT(record->sequence > *last, "record %u after %lld", record->sequence, *last);
		*last = record->sequence;
		(*received)++;
	}
	ops->consumed(link->wire, link->consumed);
	return true;
}

/* Whole records are dropped, and counted: what was sent was received or dropped. */
static bool test_lossy(struct link *link)
{
	struct vdma_wire_stats stats;
	u32 sent = 0, received = 0;
	s64 last = -1;
	int round;

	link->config.mode = VDMA_WIRE_LOSSY;
	link->config.fifo_bytes = 2048;
	MUST(open_link(link));
	for (round = 0; round < 16; round++) {
		/* More than receive ring and wire hold together, so some has to go. */
		send_records(link, &sent, round & 1);
		msleep(20);
		if (round % 4 != 3)
			continue; /* the receiver is slow */
		while (link->consumed != ops->rx_position(link->wire)) {
			MUST(receive_records(link, &received, &last));
			msleep(20);
		}
	}
	ops->get_stats(link->wire, &stats);
	EXPECT(!stats.bad_headers);
	EXPECT(stats.dropped_records, "nothing was dropped");
	EXPECT(sent == received + stats.dropped_records, "sent %u, received %u, dropped %llu", sent,
	       received, stats.dropped_records);
	return true;
}

/*
 * A receiver that is gone is one without room: the sender goes on, and every byte is dropped or
 * given up.
 */
static bool test_no_receiver(struct link *link)
{
	struct vdma_wire_stats stats;
	u64 gap, lost;
	u32 sent = 0;

	link->config.mode = VDMA_WIRE_LOSSY;
	link->config.fifo_bytes = 2048;
	MUST(open_link(link));
	dmaengine_terminate_sync(link->rx);
	send_records(link, &sent, true);
	EXPECT(wait_for(link, ops->tx_position, link->published, 2000), "tx %llu of %llu",
	       ops->tx_position(link->wire), link->published);
	stop(link);
	ops->get_stats(link->wire, &stats);
	EXPECT(stats.dropped_records && !stats.bad_headers);
	lost = link->published - stats.dropped_bytes;
	gap = ops->new_epoch(link->wire, link->published, 0);
	EXPECT(lost && gap == lost, "%llu, not %llu", gap, lost);
	return true;
}

/* ---- records of another form ---- */

/* Its header says how many bytes it has in all: eight of them, big-endian; all bits set: skip. */
static u64 other_bytes_of(const void *start)
{
	const u64 bytes = be64_to_cpup(start);

	return bytes == U64_MAX ? 0 : bytes;
}

static u64 other_begin(void *header, u32 length, u64 now)
{
	const u64 bytes = round_up(sizeof(bytes) + length, 8);

	*(__be64 *)header = cpu_to_be64(bytes);
	return bytes;
}

static const u64 other_skip = U64_MAX;
static const struct vdma_framing other_framing = {
	.look = sizeof(other_skip),
	.header = sizeof(other_skip),
	.skip = &other_skip,
	.bytes_of = other_bytes_of,
	.begin = other_begin,
};

#define OTHER 1000

static void send_others(struct link *link, u32 *sent)
{
	const __be64 header = cpu_to_be64(OTHER);
	u64 i;

	while (RING - (link->published - ops->tx_position(link->wire)) >= OTHER) {
		for (i = 0; i < OTHER; i++)
			link->tx_ring[(link->published + i) % RING] =
				i < sizeof(header) ? ((u8 *)&header)[i] : pattern(i);
		link->published += OTHER;
		(*sent)++;
	}
	ops->publish(link->wire, link->published);
	ops->doorbell(link->wire);
}

/* Reads the records that have arrived whole; each is as its header says, and in one piece. */
static bool receive_others(struct link *link, u32 *got)
{
	const u64 end = ops->rx_position(link->wire);

	while (link->consumed < end) {
		const u8 *record = link->rx_ring + link->consumed % RING;
		const u64 said = other_bytes_of(record), to_end = RING - link->consumed % RING;

		EXPECT(!said || (said == OTHER && said <= to_end), "%llu", said);
		if (link->consumed + (said ?: to_end) > end)
			break; /* the rest is still to come */
		EXPECT(!said || record[OTHER - 1] == pattern(OTHER - 1));
		link->consumed += said ?: to_end;
		*got += !!said;
	}
	ops->consumed(link->wire, link->consumed);
	return true;
}

/* What a record is, the wire only knows from its framing. */
static bool test_framing(struct link *link)
{
	struct vdma_wire_stats stats;
	u32 sent = 0, got = 0;

	link->config.mode = VDMA_WIRE_LOSSY;
	link->config.framing = &other_framing;
	MUST(open_link(link));
	while (sent < 3 * RING / OTHER) {
		send_others(link, &sent);
		msleep(20);
	}
	while (link->consumed != ops->rx_position(link->wire)) {
		MUST(receive_others(link, &got));
		msleep(20);
	}
	ops->get_stats(link->wire, &stats);
	EXPECT(got && stats.dropped_records && !stats.bad_headers);
	EXPECT(sent == got + stats.dropped_records, "sent %u, received %u, dropped %llu", sent, got,
	       stats.dropped_records);
	EXPECT(stats.dropped_bytes == stats.dropped_records * OTHER, "%llu", stats.dropped_bytes);
	return true;
}

/* What is prepared while a ring runs does not lay it out: records lie in the one that runs. */
static bool test_second_prep(struct link *link)
{
	u32 sent = 0, received = 0;
	s64 last = -1;
	int round;

	link->config.mode = VDMA_WIRE_LOSSY;
	MUST(open_link(link));
	EXPECT(dmaengine_prep_dma_cyclic(link->rx, link->rx_addr, RING / 2, PERIOD,
					 DMA_DEV_TO_MEM, 0));
	for (round = 0; round < 8; round++) {
		send_records(link, &sent, true);
		msleep(20);
		MUST(receive_records(link, &received, &last));
	}
	EXPECT(received > 4 * RING / rxlab_record_bytes(LONGEST), "%u records came", received);
	return true;
}

/* A segment may be as long as a transfer; the DMA API would else take 64 KiB for the most. */
static bool test_longest_segment(struct link *link)
{
	MUST(open_link(link));
	EXPECT(dma_get_max_seg_size(dmaengine_get_dma_device(link->tx)) == SZ_64M);
	return true;
}

static bool test_refusals(struct link *link)
{
	const struct vdma_wire_config good = { .fifo_bytes = 4096, .irq_cpu = -1 };
	struct vdma_wire_config bad;

	MUST(open_link(link));
	stop(link);
#define REFUSED(field, value) \
	bad = good; \
	bad.field = value; \
	EXPECT(PTR_ERR(ops->create(link->tx, &bad)) == -EINVAL)
	REFUSED(fifo_bytes, 3000);
	REFUSED(fifo_bytes, 128);
	REFUSED(mode, 7);
	REFUSED(mode, VDMA_WIRE_LOSSY); /* and no framing */
	REFUSED(usecs, 61000000);
	REFUSED(bytes_per_second, 10);
	REFUSED(irq_cpu, 4096);
#undef REFUSED
	EXPECT(!dmaengine_prep_dma_cyclic(link->tx, link->tx_addr, RING, 3000, DMA_MEM_TO_DEV, 0),
	       "period 3000");
	EXPECT(!dmaengine_prep_dma_cyclic(link->tx, link->tx_addr, RING, 32, DMA_MEM_TO_DEV, 0),
	       "period below the burst");
	EXPECT(!dmaengine_prep_dma_cyclic(link->tx, link->tx_addr, RING, 0, DMA_MEM_TO_DEV, 0),
	       "period 0");
	EXPECT(!dmaengine_prep_dma_cyclic(link->rx, link->rx_addr, RING, PERIOD, DMA_MEM_TO_DEV, 0),
	       "two channels at one end");
	EXPECT(!dmaengine_prep_dma_memcpy(link->tx, link->tx_addr, link->rx_addr, 0, 0),
	       "copy of nothing");
	EXPECT(!dmaengine_prep_dma_cyclic(link->tx, link->tx_addr, RING, PERIOD, DMA_DEV_TO_MEM, 0),
	       "one channel at both ends");
	return true;
}

/* A burst that the wire can never hold would never move. */
static bool test_small_fifo(struct link *link)
{
	link->config.fifo_bytes = 256;
	link->maxburst = 64;
	EXPECT(!open_link(link), "a burst of 512 bytes over a wire that holds 256");
	EXPECT(link->requested, "refused before it came to the burst");
	return true;
}

const struct vdma_test vdma_ring_tests[] = {
	{ "stream", test_stream },
	{ "odd_amounts", test_odd_amounts },
	{ "paused", test_paused },
	{ "call_chain", test_call_chain },
	{ "credit", test_credit },
	{ "room_at_any_moment", test_room_at_any_moment },
	{ "residue", test_residue },
	{ "rate", test_rate },
	{ "terminate", test_terminate },
	{ "slow_rate", test_slow_rate },
	{ "rate_after_wait", test_rate_after_wait },
	{ "affinity", test_affinity },
	{ "unsubmitted", test_unsubmitted },
	{ "restart", test_restart },
	{ "merged", test_merged },
	{ "watermark", test_watermark },
	{ "usecs", test_usecs },
	{ "idle", test_idle },
	{ "tx_space", test_tx_space },
	{ "mask", test_mask },
	{ "lossy", test_lossy },
	{ "no_receiver", test_no_receiver },
	{ "framing", test_framing },
	{ "second_prep", test_second_prep },
	{ "longest_segment", test_longest_segment },
	{ "refusals", test_refusals },
	{ "small_fifo", test_small_fifo },
	{}
};
