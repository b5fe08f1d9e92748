// SPDX-License-Identifier: GPL-2.0
/*
 * stream.c - traffic: a producer and a consumer thread, and everything between them counted.
 *
 * Every record sent is received, or dropped by the wire, or given up by a new epoch; whatever else
 * happens to one is a fault and has a counter of its own.
 */
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/kernel_stat.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/tick.h>

#include "dma_ring.h"

/* looks by itself at least so often: a lost notification costs time, never a record */
#define WAIT (HZ / 100 ?: 1)

struct stream {
	struct dma_ring_device *device;
	struct dma_ring *ring;     /* of the device */
	const struct rxlab_ring_variant *variant;
	struct dma_ring_run *run;
	struct dma_ring_counters *counters;
	bool stop, produced;
	/* the consumer asks the producer to stand still, while it begins a new epoch */
	bool recover, parked;
	u64 producer_timeouts;   /* the consumer counts its own */
	u64 begin_ns, end_ns, begin_idle_ns, end_idle_ns;
	u64 last;                /* sequence of the last good record + 1 */
	struct completion producer_done, consumer_done;
};

/*
 * SplitMix64 (Steele, Lea, Flood 2014): lengths and contents follow from the seed and the record's
 * number.
 */
static u64 dma_ring_mix(u64 z)
{
	z += 0x9E3779B97F4A7C15ull;
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
	z = (z ^ z >> 27) * 0x94D049BB133111EBull;
	return z ^ z >> 31;
}

static u32 dma_ring_length_of(const struct dma_ring_run *run, u64 number)
{
	const u32 range = run->payload_max - run->payload_min + 1;

	return run->payload_min + (range > 1 ? (u32)(dma_ring_mix(run->seed ^ number) % range) : 0);
}

/*
 * Words that depend on seed, record and place, so that stale or misplaced bytes never look right.
 */
static void dma_ring_fill(u64 *words, u32 length, u64 number, u64 seed)
{
	const u64 base = dma_ring_mix(seed + number);
	u32 i;

	for (i = 0; i < (length + 7) / 8; i++)
		words[i] = base + i * 0x9E3779B97F4A7C15ull;
}

static bool dma_ring_filled(const u64 *words, u32 length, u64 number, u64 seed)
{
	const u64 base = dma_ring_mix(seed + number);
	u32 i;

	for (i = 0; i < length / 8; i++)
		if (words[i] != base + i * 0x9E3779B97F4A7C15ull)
			return false;
	return true;
}

/* Summed over CPUs, known to a microsecond. */
static u64 dma_ring_idle_ns(void)
{
	u64 sum = 0;
	int cpu;

	for_each_online_cpu(cpu) {
		const u64 us = get_cpu_idle_time_us(cpu, NULL);

		if (us != (u64)-1)
			sum += us * NSEC_PER_USEC;
	}
	return sum;
}

/* ---- producer ---- */

static bool dma_ring_standing(struct stream *stream)
{
	return READ_ONCE(stream->recover) || READ_ONCE(stream->stop);
}

/* The consumer begins a new epoch: the rings are its own until it is done. */
static void dma_ring_park(struct stream *stream)
{
	/* after the last use of the transmit ring; pairs with dma_ring_recover()'s acquire */
	smp_store_release(&stream->parked, true);
	wake_up(&stream->device->wait);
	wait_event(stream->device->wait,
		   !smp_load_acquire(&stream->recover) || READ_ONCE(stream->stop));
	WRITE_ONCE(stream->parked, false);
	wake_up(&stream->device->wait);
}

/* The ring is full: until a quarter of it is free, so that not every record is waited for. */
static void dma_ring_wait_for_space(struct stream *stream)
{
	struct dma_ring *ring = stream->ring;
	struct rxlab_ring_side *tx = &ring->tx.side;

	stream->counters->producer_waits++;
	if (ring->config.notify == DMA_RING_POLL) {
		cond_resched();
		return;
	}
	WRITE_ONCE(stream->device->space, false);
	ring->ops->arm_tx(ring->wire, min(tx->published, tx->cached + tx->size / 4));
	if (!wait_event_timeout(stream->device->wait,
				READ_ONCE(stream->device->space) || dma_ring_standing(stream),
				WAIT))
		stream->producer_timeouts++;
}

static void dma_ring_produce_one(struct stream *stream, u64 number)
{
	const u32 length = dma_ring_length_of(stream->run, number);
	struct rxlab_ring_side *tx = &stream->ring->tx.side;
	struct rxlab_record *record;

	for (;;) {
		if (dma_ring_standing(stream)) {
			if (READ_ONCE(stream->stop))
				return;
			dma_ring_park(stream);
			continue;
		}
		record = stream->variant->reserve(tx, rxlab_record_bytes(length));
		if (record)
			break;
		dma_ring_wait_for_space(stream);
	}
	dma_ring_fill((u64 *)(record + 1), length, number, stream->run->seed);
	rxlab_record_seal(record, length, (u32)number);
	stream->counters->sent++;
	stream->variant->commit(tx);
}

static int dma_ring_producer(void *data)
{
	struct stream *stream = data;
	u64 number;

	for (number = 0; number < stream->run->records && !READ_ONCE(stream->stop); number++) {
		dma_ring_produce_one(stream, number);
		if (number % 64 == 63)
			cond_resched();
	}
	if (!dma_ring_standing(stream))
		stream->variant->flush(&stream->ring->tx.side);
	/* after the last count; pairs with dma_ring_everything_came() */
	smp_store_release(&stream->produced, true);
	while (READ_ONCE(stream->recover) && !READ_ONCE(stream->stop))
		dma_ring_park(stream);
	complete(&stream->producer_done);
	/* after the completion, which is what dma_ring_recover() waits for */
	wake_up(&stream->device->wait);
	return 0;
}

/* ---- consumer ---- */

static void dma_ring_consume_one(struct stream *stream, const struct rxlab_record *record)
{
	struct dma_ring_counters *counters = stream->counters;
	/*
	 * Read once: the naive ring is overwritten while it is read, and what was a length no
	 * longer is one.
	 */
	const u32 length = READ_ONCE(record->length), sequence = READ_ONCE(record->sequence);
	const u64 number = rxlab_record_number(stream->last, sequence);
	const bool sane = rxlab_record_bytes(length) <= RXLAB_RING_MOST(stream->ring->rx.side.size);

	if (!sane || record->check != rxlab_record_check(record + 1, length, sequence) ||
	    !dma_ring_filled((const u64 *)(record + 1), length, number, stream->run->seed)) {
		counters->wrong++;
	} else if (number < stream->last) {
		counters->out_of_order++; /* a record again, or one that was overtaken */
	} else {
		stream->last = number + 1;
		counters->received++;
		counters->payload_bytes += length;
	}
	stream->variant->release(&stream->ring->rx.side);
}

static u64 dma_ring_dropped(struct stream *stream)
{
	struct vdma_wire_stats stats;

	stream->ring->ops->get_stats(stream->ring->wire, &stats);
	return stats.dropped_records - stream->counters->wire_dropped_records;
}

static bool dma_ring_everything_came(struct stream *stream)
{
	const struct dma_ring_counters *counters = stream->counters;

	/* before the counts are read; pairs with the producer's release */
	if (!smp_load_acquire(&stream->produced))
		return false;
	return counters->received + counters->gap_records + dma_ring_dropped(stream) >=
	       counters->sent;
}

/* Nothing is here: waits to be told. false when nothing told of anything. */
static bool dma_ring_wait_for_records(struct stream *stream)
{
	struct dma_ring *ring = stream->ring;
	u64 handled_ns;

	stream->counters->consumer_waits++;
	if (ring->config.notify == DMA_RING_POLL) {
		cond_resched();
		return true;
	}
	/* The producer's last record, or a drop by the wire, may be all that this waits for. */
	if (ring->config.notify != DMA_RING_PERIOD &&
	    ring->ops->unmask(ring->wire, ring->rx.side.cached))
		return true;
	if (!wait_event_timeout(stream->device->wait,
				READ_ONCE(stream->device->arrived) || READ_ONCE(ring->error) ||
					READ_ONCE(stream->stop),
				WAIT)) {
		stream->counters->timeouts++;
		return false;
	}
	WRITE_ONCE(stream->device->arrived, false);
	/* taken at once: the handler may run again at any time */
	handled_ns = xchg(&stream->device->handled_ns, 0);
	if (handled_ns)
		histogram_add(&stream->device->to_consumer, ktime_get_ns() - handled_ns);
	return true;
}

/* What the sides count is theirs; they begin anew with every epoch. */
static void dma_ring_collect(struct stream *stream)
{
	struct dma_ring_counters *counters = stream->counters;
	const struct rxlab_ring_side *tx = &stream->ring->tx.side, *rx = &stream->ring->rx.side;

	counters->producer_publications += tx->publications;
	counters->producer_peer_loads += tx->peer_loads;
	counters->consumer_publications += rx->publications;
	counters->consumer_peer_loads += rx->peer_loads;
	counters->skipped_bytes += tx->skipped;
	counters->fault_wrap += tx->faults[RXLAB_FAULT_WRAP];
	counters->fault_overwrite += tx->faults[RXLAB_FAULT_OVERWRITE];
	counters->fault_full_empty += tx->faults[RXLAB_FAULT_FULL_EMPTY];
	counters->fault_torn += rx->faults[RXLAB_FAULT_TORN];
}

/*
 * After a transfer error: what has arrived was read; the rest of what was sent is given up, and
 * counted.
 */
static int dma_ring_recover(struct stream *stream)
{
	struct dma_ring *ring = stream->ring;
	int err;

	/*
	 * It may still be on its way from where it stood for the epoch before, and stands only when
	 * it has seen that it is asked to anew.
	 */
	wait_event(stream->device->wait,
		   !READ_ONCE(stream->parked) || completion_done(&stream->producer_done));
	WRITE_ONCE(stream->recover, true);
	wake_up(&stream->device->wait);
	/* pairs with dma_ring_park() */
	wait_event(stream->device->wait,
		   smp_load_acquire(&stream->parked) || completion_done(&stream->producer_done));
	dma_ring_collect(stream);
	stream->counters->gap_records =
		stream->counters->sent - stream->counters->received - dma_ring_dropped(stream);
	err = dma_ring_restart(ring, ring->rx.side.position);
	/* after the rings were made anew; pairs with dma_ring_park() */
	smp_store_release(&stream->recover, false);
	wake_up(&stream->device->wait);
	return err;
}

static int dma_ring_consumer(void *data)
{
	struct stream *stream = data;
	struct dma_ring *ring = stream->ring;
	struct dma_ring_counters *counters = stream->counters;
	unsigned long moved = jiffies;
	u64 seen = 0;

	while (!READ_ONCE(stream->stop) && !dma_ring_everything_came(stream)) {
		const struct rxlab_record *record = stream->variant->peek(&ring->rx.side);

		if (record) {
			dma_ring_consume_one(stream, record);
			if (counters->received % 64 == 63)
				cond_resched();
			continue;
		}
		if (READ_ONCE(ring->error) && dma_ring_recover(stream))
			break;
		/* Only whether anything has moved: the producer goes on counting. */
		if (seen != counters->received + rxlab_counter(counters->sent)) {
			seen = counters->received + rxlab_counter(counters->sent);
			moved = jiffies;
		}
		if (time_after(jiffies, moved + msecs_to_jiffies(stream->run->quiet_ms)))
			break;
		dma_ring_wait_for_records(stream);
	}
	stream->end_ns = ktime_get_ns();
	stream->end_idle_ns = dma_ring_idle_ns();
	complete(&stream->consumer_done);
	return 0;
}

/* ---- a run ---- */

irqreturn_t dma_ring_told(struct dma_ring *ring, unsigned int causes, u64 now)
{
	struct dma_ring_device *device = container_of(ring, struct dma_ring_device, ring);

	if (causes & ~VDMA_TX_SPACE) {
		WRITE_ONCE(device->handled_ns, now);
		WRITE_ONCE(device->arrived, true);
	}
	if (causes & VDMA_TX_SPACE)
		WRITE_ONCE(device->space, true);
	wake_up(&device->wait);
	return IRQ_HANDLED;
}

#define WIRE_COUNTERS(W) \
	W(interrupts) W(by_watermark) W(by_usecs) W(by_idle) W(by_watchdog) W(by_tx_space) \
	W(lost) W(late) W(duplicated) W(tx_bytes) W(rx_bytes) W(tx_bursts) W(rx_bursts) \
	W(tx_starved) W(rx_stalled) W(dropped_records) W(dropped_bytes) W(bad_headers) \
	W(gap_bytes) W(epochs) W(stalls) W(errors) W(engine_ns)

/* The wire's counters, or what they have grown by since they were taken. */
static void dma_ring_wire_counters(struct dma_ring *ring, struct dma_ring_counters *counters)
{
	struct vdma_wire_stats stats;

	ring->ops->get_stats(ring->wire, &stats);
#define GROWN(name) counters->wire_##name = stats.name - counters->wire_##name;
	WIRE_COUNTERS(GROWN)
#undef GROWN
}

/* The wire's handler counts nothing in between: what comes then is handled afterwards. */
static void dma_ring_hold_handler(struct dma_ring *ring)
{
	if (ring->irq_requested)
		disable_irq(ring->ops->irq(ring->wire));
}

static void dma_ring_release_handler(struct dma_ring *ring)
{
	if (ring->irq_requested)
		enable_irq(ring->ops->irq(ring->wire));
}

/* The rings were started anew and nothing was published: so there are no callbacks either. */
static void dma_ring_count_anew(struct dma_ring_device *device)
{
	struct dma_ring *ring = &device->ring;

	dma_ring_hold_handler(ring);
	memset(&ring->to_handler, 0, sizeof(ring->to_handler));
	memset(&device->to_consumer, 0, sizeof(device->to_consumer));
	ring->interrupts = ring->spurious = ring->callbacks = device->handled_ns = 0;
	device->arrived = device->space = false;
	dma_ring_release_handler(ring);
}

/* The threads have ended, the engine may not have. */
static void dma_ring_handler_counters(struct dma_ring_device *device, struct dma_ring_run *run)
{
	struct dma_ring *ring = &device->ring;

	dma_ring_hold_handler(ring);
	run->counters.interrupts = ring->interrupts;
	run->counters.spurious = ring->spurious;
	run->counters.callbacks = rxlab_counter(ring->callbacks); /* a tasklet's */
	run->to_handler = ring->to_handler;
	dma_ring_release_handler(ring);
}

static struct task_struct *dma_ring_new_thread(int (*main)(void *), struct stream *stream,
					       unsigned int nth, const char *name)
{
	struct task_struct *thread = kthread_create(main, stream, "%s", name);

	/*
	 * Two CPUs are shared out the same way every time; which of them a thread is on would else
	 * differ from run to run.
	 */
	if (!IS_ERR(thread)) {
		kthread_bind(thread, cpumask_nth(nth % num_online_cpus(), cpu_online_mask));
		get_task_struct(thread);
	}
	return thread;
}

static int dma_ring_run_threads(struct stream *stream)
{
	struct task_struct *produce, *consume;
	int err = 0;

	consume = dma_ring_new_thread(dma_ring_consumer, stream, 1, "dma_ring/rx");
	if (IS_ERR(consume))
		return PTR_ERR(consume);
	produce = dma_ring_new_thread(dma_ring_producer, stream, 0, "dma_ring/tx");
	if (IS_ERR(produce)) {
		kthread_stop(consume); /* it has not run */
		put_task_struct(consume);
		return PTR_ERR(produce);
	}
	stream->begin_idle_ns = dma_ring_idle_ns();
	stream->begin_ns = ktime_get_ns();
	wake_up_process(consume);
	wake_up_process(produce);
	if (wait_for_completion_interruptible(&stream->consumer_done))
		err = -EINTR;
	WRITE_ONCE(stream->stop, true);
	wake_up(&stream->device->wait);
	kthread_stop(produce);
	kthread_stop(consume);
	put_task_struct(produce);
	put_task_struct(consume);
	return err;
}

int dma_ring_stream(struct dma_ring_device *device, struct dma_ring_run *run)
{
	struct dma_ring *ring = &device->ring;
	struct stream *stream = kzalloc(sizeof(*stream), GFP_KERNEL);
	int err;

	if (!stream)
		return -ENOMEM;
	stream->device = device;
	stream->ring = ring;
	stream->variant = ring->config.variant;
	stream->run = run;
	stream->counters = &run->counters;
	init_completion(&stream->producer_done);
	init_completion(&stream->consumer_done);
	memset(&run->counters, 0, sizeof(run->counters));
	/* Every run begins at position 0 with nothing in flight. */
	err = dma_ring_restart(ring, ring->rx.side.position);
	dma_ring_count_anew(device);
	dma_ring_wire_counters(ring, stream->counters);
	if (!err)
		err = dma_ring_run_threads(stream);
	run->counters.idle_ns = stream->end_idle_ns - stream->begin_idle_ns;
	run->counters.elapsed_ns = stream->end_ns - stream->begin_ns;
	dma_ring_collect(stream);
	dma_ring_wire_counters(ring, stream->counters);
	dma_ring_handler_counters(device, run);
	run->counters.periods = run->counters.wire_rx_bytes / ring->config.period_bytes;
	run->to_consumer = device->to_consumer;
	run->counters.timeouts += stream->producer_timeouts;
	kfree(stream);
	return err;
}
