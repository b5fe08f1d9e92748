// SPDX-License-Identifier: GPL-2.0
/*
 * wire.c - the peripheral between a transmit and a receive channel: bytes in, bytes out, and who is told when.
 *
 * Barriers. The client writes the ring, then @published by a store-release; the engine reads it by a load-acquire and then
 * the ring. The engine writes the ring, then @rx_moved by a store-release; the client reads it by a load-acquire and then
 * the ring. @consumed and @tx_moved give space back the same way, in the other direction. Two more pairs are of the form
 * "store mine, full barrier, load yours", so that at least one side sees the other: rx_waiting with consumed, tx_armed with
 * tx_moved.
 */
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <rxlab/record.h>

#include "vdma.h"

#define MAX_USECS (60u * USEC_PER_SEC)
#define MAX_RATE (8ull << 30) /* bytes/s; two seconds of it, times a second in ns, still fit 64 bits */

static ktime_t from_usecs(u32 usecs)
{
	return ns_to_ktime((u64)usecs * NSEC_PER_USEC);
}

/* Something is to be told: raises the interrupt, or lets it be lost, late or doubled. */
static void interrupt(struct vdma_wire *wire)
{
	struct vdma_dev *vdma = wire->vdma;

	/* From the first that was not answered; later ones do not put it off. */
	if (wire->config.watchdog_usecs && !hrtimer_is_queued(&wire->watchdog))
		hrtimer_start(&wire->watchdog, from_usecs(wire->config.watchdog_usecs), HRTIMER_MODE_REL_HARD);
	if (vdma_fault_hits(vdma, VDMA_FAULT_LOST)) {
		wire->stats.lost++;
		return;
	}
	if (vdma_fault_hits(vdma, VDMA_FAULT_LATE)) {
		wire->stats.late++;
		/* One that is late already is not put off by those behind it. */
		if (wire->due)
			return;
		wire->due = true;
		hrtimer_start(&wire->late, from_usecs(READ_ONCE(vdma->late_usecs)), HRTIMER_MODE_REL_HARD);
		return;
	}
	if (vdma_fault_hits(vdma, VDMA_FAULT_DUPLICATED)) {
		wire->stats.duplicated++;
		wire->again = true;
	}
	vdma_irq_raise(wire);
}

static void tell(struct vdma_wire *wire, unsigned int cause, u64 *counter)
{
	(*counter)++;
	if (!wire->causes)
		wire->raised_ns = ktime_get_ns();
	wire->causes |= cause;
	interrupt(wire);
}

static void tell_receiver(struct vdma_wire *wire, unsigned int cause, u64 *counter)
{
	wire->told = READ_ONCE(wire->rx_moved);
	tell(wire, cause, counter);
}

static enum hrtimer_restart usecs_passed(struct hrtimer *timer)
{
	struct vdma_wire *wire = container_of(timer, struct vdma_wire, usecs);
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	if (!wire->masked && READ_ONCE(wire->rx_moved) != wire->told)
		tell_receiver(wire, VDMA_USECS, &wire->stats.by_usecs);
	raw_spin_unlock_irqrestore(&wire->lock, flags);
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart line_was_idle(struct hrtimer *timer)
{
	struct vdma_wire *wire = container_of(timer, struct vdma_wire, idle);
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	if (!wire->masked && READ_ONCE(wire->rx_moved) != wire->told)
		tell_receiver(wire, VDMA_IDLE, &wire->stats.by_idle);
	raw_spin_unlock_irqrestore(&wire->lock, flags);
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart nobody_answered(struct hrtimer *timer)
{
	struct vdma_wire *wire = container_of(timer, struct vdma_wire, watchdog);
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	if (wire->causes)
		tell(wire, VDMA_WATCHDOG, &wire->stats.by_watchdog);
	raw_spin_unlock_irqrestore(&wire->lock, flags);
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart late_at_last(struct hrtimer *timer)
{
	struct vdma_wire *wire = container_of(timer, struct vdma_wire, late);
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	if (wire->due) {
		wire->due = false;
		vdma_irq_raise(wire);
	}
	raw_spin_unlock_irqrestore(&wire->lock, flags);
	return HRTIMER_NORESTART;
}

void vdma_wire_arrived(struct vdma_wire *wire)
{
	const struct vdma_wire_config *config = &wire->config;
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	if (!wire->masked) {
		if (config->watermark_bytes && wire->rx_moved - wire->told >= config->watermark_bytes) {
			hrtimer_try_to_cancel(&wire->usecs);
			tell_receiver(wire, VDMA_WATERMARK, &wire->stats.by_watermark);
		} else if (config->usecs && !hrtimer_is_queued(&wire->usecs)) {
			/* Not hrtimer_active(): one whose handler is just ending would never tell of these bytes. */
			hrtimer_start(&wire->usecs, from_usecs(config->usecs), HRTIMER_MODE_REL_HARD);
		}
		if (config->idle_usecs)
			hrtimer_start(&wire->idle, from_usecs(config->idle_usecs), HRTIMER_MODE_REL_HARD);
	}
	raw_spin_unlock_irqrestore(&wire->lock, flags);
}

void vdma_wire_departed(struct vdma_wire *wire)
{
	unsigned long flags;

	smp_mb(); /* tx_moved is stored before tx_armed is read; pairs with wire_arm_tx() */
	if (!READ_ONCE(wire->tx_armed))
		return;
	raw_spin_lock_irqsave(&wire->lock, flags);
	if (wire->tx_armed && wire->tx_moved >= wire->tx_wanted) {
		wire->tx_armed = false;
		tell(wire, VDMA_TX_SPACE, &wire->stats.by_tx_space);
	}
	raw_spin_unlock_irqrestore(&wire->lock, flags);
}

void vdma_wire_failed(struct vdma_wire *wire)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	tell(wire, VDMA_ERROR, &wire->stats.errors);
	raw_spin_unlock_irqrestore(&wire->lock, flags);
}

/* ---- the bytes; all of this runs in the engine, which is one thread ---- */

size_t vdma_wire_have(struct vdma_wire *wire)
{
	return wire->fifo_in - wire->fifo_out;
}

static size_t fifo_free(struct vdma_wire *wire)
{
	return wire->config.fifo_bytes - vdma_wire_have(wire);
}

size_t vdma_wire_room(struct vdma_wire *wire)
{
	return wire->config.mode == VDMA_WIRE_LOSSY ? VDMA_CHUNK : fifo_free(wire);
}

static void fifo_put(struct vdma_wire *wire, const u8 *bytes, size_t count)
{
	size_t at = wire->fifo_in & (wire->config.fifo_bytes - 1);
	size_t first = min(count, (size_t)wire->config.fifo_bytes - at);

	memcpy(wire->fifo + at, bytes, first);
	memcpy(wire->fifo, bytes + first, count - first);
	wire->fifo_in += count;
}

void vdma_wire_get(struct vdma_wire *wire, u8 *bytes, size_t count)
{
	size_t at = wire->fifo_out & (wire->config.fifo_bytes - 1);
	size_t first = min(count, (size_t)wire->config.fifo_bytes - at);

	memcpy(bytes, wire->fifo + at, first);
	memcpy(bytes + first, wire->fifo, count - first);
	wire->fifo_out += count;
}

static const u64 skip_mark = RXLAB_RECORD_SKIP; /* little-endian: the first four bytes are the length */

/*
 * Is there room for a record of so many bytes? Records lie in one piece in the receive ring too, as a NIC puts frames: what
 * enters the FIFO lands at that offset of it.
 */
static bool admit(struct vdma_wire *wire, u64 bytes)
{
	const u64 ring = READ_ONCE(wire->rx_ring); /* 0: nobody receives yet, so there is no room for anything */
	u64 skip = 0;

	if (ring && wire->fifo_in % ring + bytes > ring)
		skip = ring - wire->fifo_in % ring;
	if (!ring || fifo_free(wire) < skip + bytes) {
		wire->stats.dropped_records++;
		wire->stats.dropped_bytes += bytes;
		return false;
	}
	if (skip) {
		fifo_put(wire, (const u8 *)&skip_mark, sizeof(skip_mark));
		wire->fifo_in += skip - sizeof(skip_mark); /* whatever lies there: nobody reads what is skipped */
	}
	return true;
}

bool vdma_wire_offer(struct vdma_wire *wire, const void *frame, u32 length, u64 now)
{
	const struct rxlab_record record = { .length = length, .sequence = VDMA_SOURCE_SEQUENCE, .check = now };
	const u64 bytes = rxlab_record_bytes(length);

	wire->stats.source_records++;
	if (!admit(wire, bytes))
		return false;
	fifo_put(wire, (const u8 *)&record, sizeof(record));
	fifo_put(wire, frame, length);
	wire->fifo_in += bytes - sizeof(record) - length;
	return true;
}

/* The header is whole: is there room for the record it begins? */
static void begin_record(struct vdma_wire *wire)
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
	wire->dropping = !admit(wire, bytes);
	if (!wire->dropping)
		fifo_put(wire, wire->header, sizeof(*record));
}

/* The rest of the transmit ring's turn is skipped; it is no record and does not travel. */
static void begin_skip(struct vdma_wire *wire)
{
	const u64 ring = wire->tx->active->len, beyond = wire->parsed % ring;

	if (((const struct rxlab_record *)wire->header)->length != RXLAB_RECORD_SKIP)
		return;
	wire->record_left = beyond ? ring - beyond : 0;
	wire->dropping = true;
	wire->header_have = 0;
}

/* Lossy: follows the records, so that it is always a whole one that is dropped. */
static void put_lossy(struct vdma_wire *wire, const u8 *bytes, size_t count)
{
	while (count && !wire->unparsable) {
		size_t part;

		if (!wire->record_left) {
			/* In halves: a skip mark may be no longer than one. */
			part = min(count, sizeof(wire->header) / 2 - wire->header_have % (sizeof(wire->header) / 2));
			memcpy(wire->header + wire->header_have, bytes, part);
			wire->header_have += part;
			wire->parsed += part;
			if (wire->header_have == sizeof(wire->header) / 2)
				begin_skip(wire);
			else if (wire->header_have == sizeof(wire->header))
				begin_record(wire);
		} else {
			part = min_t(u64, count, wire->record_left);
			if (!wire->dropping)
				fifo_put(wire, bytes, part);
			wire->record_left -= part;
			wire->parsed += part;
		}
		bytes += part;
		count -= part;
	}
	if (wire->unparsable)
		wire->stats.dropped_bytes += count;
}

void vdma_wire_put(struct vdma_wire *wire, const u8 *bytes, size_t count)
{
	wire->rate_bytes += count;
	if (wire->config.mode == VDMA_WIRE_LOSSY)
		put_lossy(wire, bytes, count);
	else
		fifo_put(wire, bytes, count);
}

/* ---- the line's rate ---- */

/* A line that had nothing to send does not save up for later. */
void vdma_wire_forget_rate(struct vdma_wire *wire)
{
	wire->rate_since = 0;
}

u64 vdma_wire_budget(struct vdma_wire *wire, u64 now)
{
	const u64 rate = wire->config.bytes_per_second;
	u64 elapsed, allowed, unsent, most;

	if (!rate)
		return U64_MAX;
	if (!wire->rate_since) {
		wire->rate_since = now;
		wire->rate_bytes = 0;
	}
	elapsed = min_t(u64, now - wire->rate_since, 2 * NSEC_PER_SEC);
	allowed = div_u64(elapsed * rate, NSEC_PER_SEC);
	unsent = allowed - min(allowed, wire->rate_bytes);
	/* A line that had to wait does not catch up: 10 ms are for the engine's thread being late. */
	most = max_t(u64, VDMA_CHUNK, div_u64(rate, 100));
	if (elapsed >= NSEC_PER_SEC || unsent > most) {
		/* Counted anew, so that it never overflows; what is left to send of the time that passed goes along. */
		unsent = min(unsent, most);
		wire->rate_since = now - div64_u64(unsent * NSEC_PER_SEC, rate);
		wire->rate_bytes = 0;
	}
	return unsent;
}

u64 vdma_wire_moment(struct vdma_wire *wire)
{
	return div_u64(wire->config.bytes_per_second, USEC_PER_SEC / 50);
}

u64 vdma_wire_patience(struct vdma_wire *wire, u64 now, size_t count)
{
	const u64 rate = wire->config.bytes_per_second;
	u64 when = wire->rate_since + div64_u64((wire->rate_bytes + count) * NSEC_PER_SEC, rate) + 1;

	return when > now ? when - now : 0;
}

/* ---- the client's side ---- */

static int wire_irq(struct vdma_wire *wire)
{
	return wire->irq;
}

static void wire_publish(struct vdma_wire *wire, u64 position)
{
	smp_store_release(&wire->published, position); /* after the ring's bytes; pairs with the engine's load-acquire */
}

static void wire_doorbell(struct vdma_wire *wire)
{
	vdma_kick(wire->vdma);
}

static void wire_consumed(struct vdma_wire *wire, u64 position)
{
	smp_store_release(&wire->consumed, position); /* after the last read of the ring; pairs with the engine's load-acquire */
	smp_mb(); /* consumed is stored before rx_waiting is read; pairs with the engine, which stores rx_waiting first */
	if (READ_ONCE(wire->rx_waiting))
		vdma_kick(wire->vdma);
}

static u64 wire_tx_position(struct vdma_wire *wire)
{
	return smp_load_acquire(&wire->tx_moved); /* before the ring is written again; pairs with the engine's store-release */
}

static u64 wire_rx_position(struct vdma_wire *wire)
{
	return smp_load_acquire(&wire->rx_moved); /* before the ring is read; pairs with the engine's store-release */
}

static void wire_arm_tx(struct vdma_wire *wire, u64 position)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	wire->tx_wanted = position;
	WRITE_ONCE(wire->tx_armed, true);
	smp_mb(); /* tx_armed is stored before tx_moved is read; pairs with vdma_wire_departed() */
	if (READ_ONCE(wire->tx_moved) >= position) {
		WRITE_ONCE(wire->tx_armed, false);
		tell(wire, VDMA_TX_SPACE, &wire->stats.by_tx_space);
	}
	raw_spin_unlock_irqrestore(&wire->lock, flags);
}

static unsigned int wire_causes(struct vdma_wire *wire, u64 *raised_ns)
{
	unsigned long flags;
	unsigned int causes;

	raw_spin_lock_irqsave(&wire->lock, flags);
	causes = wire->causes;
	if (raised_ns)
		*raised_ns = wire->raised_ns;
	wire->causes = 0;
	hrtimer_try_to_cancel(&wire->watchdog); /* where it runs already, it will find no cause */
	raw_spin_unlock_irqrestore(&wire->lock, flags);
	return causes;
}

static void wire_mask(struct vdma_wire *wire)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	wire->masked = true;
	raw_spin_unlock_irqrestore(&wire->lock, flags);
}

static bool wire_unmask(struct vdma_wire *wire, u64 position)
{
	unsigned long flags;
	bool more;

	/* The engine stores rx_moved before it takes this lock: what comes after this look finds the wire unmasked. */
	raw_spin_lock_irqsave(&wire->lock, flags);
	wire->told = position;
	more = READ_ONCE(wire->rx_moved) != position;
	wire->masked = more;
	if (!more) {
		/* What they were started for has been seen. */
		hrtimer_try_to_cancel(&wire->usecs);
		hrtimer_try_to_cancel(&wire->idle);
	}
	raw_spin_unlock_irqrestore(&wire->lock, flags);
	return more;
}

static void wire_remind(struct vdma_wire *wire)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	tell_receiver(wire, VDMA_USECS, &wire->stats.by_usecs);
	raw_spin_unlock_irqrestore(&wire->lock, flags);
}

static int wire_policy(struct vdma_wire *wire, u32 watermark_bytes, u32 usecs)
{
	unsigned long flags;

	if (usecs > MAX_USECS)
		return -EINVAL;
	raw_spin_lock_irqsave(&wire->lock, flags);
	wire->config.watermark_bytes = watermark_bytes;
	wire->config.usecs = usecs;
	/* Bytes that are here already are told by the new policy, which would else begin with the next ones. */
	if (!wire->masked && READ_ONCE(wire->rx_moved) != wire->told)
		tell_receiver(wire, VDMA_USECS, &wire->stats.by_usecs);
	raw_spin_unlock_irqrestore(&wire->lock, flags);
	return 0;
}

/*
 * What is in either ring, in the FIFO, and of a header that is not whole yet. In lossy mode the rest of a record that is being
 * dropped is counted as dropped already.
 */
static u64 in_flight(const struct vdma_wire *wire, u64 published, u64 consumed)
{
	const u64 to_send = published - wire->tx_moved;
	const u64 dropped = wire->dropping ? min(wire->record_left, to_send) : 0;

	return to_send - dropped + wire->header_have + wire->fifo_in - consumed;
}

static u64 wire_new_epoch(struct vdma_wire *wire, u64 published, u64 consumed)
{
	u64 gap = in_flight(wire, published, consumed);
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	wire->published = wire->consumed = wire->tx_moved = wire->rx_moved = wire->told = 0;
	wire->fifo_in = wire->fifo_out = 0;
	wire->header_have = wire->record_left = wire->parsed = 0;
	wire->dropping = wire->unparsable = wire->tx_active = wire->rx_waiting = wire->tx_armed = false;
	wire->causes = 0;
	wire->due = false;
	wire->rate_since = wire->stalled_until = 0;
	wire->stats.gap_bytes += gap;
	wire->stats.epochs++;
	raw_spin_unlock_irqrestore(&wire->lock, flags);
	return gap;
}

static void wire_get_stats(struct vdma_wire *wire, struct vdma_wire_stats *stats)
{
	*stats = wire->stats;
}

static u64 wire_engine_ns(struct dma_chan *chan)
{
	const struct vdma_chan *mine = vdma_chan_of(chan);

	return mine ? READ_ONCE(mine->engine_ns) : 0;
}

static int refuse(struct device *dev, const char *why)
{
	dev_err(dev, "wire refused: %s\n", why);
	return -EINVAL;
}

static int check_config(struct device *dev, const struct vdma_wire_config *config)
{
	if (config->mode != VDMA_WIRE_LOSSLESS && config->mode != VDMA_WIRE_LOSSY)
		return refuse(dev, "no such mode");
	if (!is_power_of_2(config->fifo_bytes) || config->fifo_bytes < 256 || config->fifo_bytes > SZ_1M)
		return refuse(dev, "fifo_bytes is not a power of two from 256 to 1 MiB");
	if (config->bytes_per_second > MAX_RATE)
		return refuse(dev, "bytes_per_second is above 8 GiB/s");
	if (config->bytes_per_second && config->bytes_per_second < 1000)
		return refuse(dev, "bytes_per_second is below 1000");
	if (max3(config->usecs, config->idle_usecs, config->watchdog_usecs) > MAX_USECS)
		return refuse(dev, "a time is above a minute");
	if (config->irq_cpu < -1 || (config->irq_cpu >= 0 && (config->irq_cpu >= nr_cpu_ids || !cpu_online(config->irq_cpu))))
		return refuse(dev, "irq_cpu is not online");
	return 0;
}

static void timer_init(struct hrtimer *timer, enum hrtimer_restart (*passed)(struct hrtimer *))
{
	hrtimer_setup(timer, passed, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
}

static int take_index(struct vdma_wire *wire)
{
	struct vdma_dev *vdma = wire->vdma;
	int i, found = -ENOSPC;

	mutex_lock(&vdma->wires_lock);
	for (i = 0; i < VDMA_MAX_WIRES && found < 0; i++) {
		if (vdma->wires[i])
			continue;
		vdma->wires[i] = wire;
		wire->index = found = i;
	}
	mutex_unlock(&vdma->wires_lock);
	return found;
}

static void give_index(struct vdma_wire *wire)
{
	mutex_lock(&wire->vdma->wires_lock);
	wire->vdma->wires[wire->index] = NULL;
	mutex_unlock(&wire->vdma->wires_lock);
}

static struct vdma_wire *wire_create(struct dma_chan *chan, const struct vdma_wire_config *config)
{
	struct vdma_chan *mine = vdma_chan_of(chan);
	struct vdma_wire *wire;
	int err;

	if (!mine)
		return ERR_PTR(-ENODEV);
	err = check_config(mine->vdma->dev, config);
	if (err)
		return ERR_PTR(err);
	wire = kzalloc(sizeof(*wire), GFP_KERNEL);
	if (!wire)
		return ERR_PTR(-ENOMEM);
	wire->vdma = mine->vdma;
	wire->config = *config;
	raw_spin_lock_init(&wire->lock);
	timer_init(&wire->usecs, usecs_passed);
	timer_init(&wire->idle, line_was_idle);
	timer_init(&wire->watchdog, nobody_answered);
	timer_init(&wire->late, late_at_last);
	err = -ENOMEM;
	wire->fifo = kvmalloc(config->fifo_bytes, GFP_KERNEL);
	if (!wire->fifo)
		goto free_wire;
	err = take_index(wire);
	if (err < 0)
		goto free_fifo;
	err = vdma_irq_get(wire);
	if (err)
		goto free_index;
	return wire;

free_index:
	give_index(wire);
free_fifo:
	kvfree(wire->fifo);
free_wire:
	kfree(wire);
	return ERR_PTR(err);
}

static void wire_destroy(struct vdma_wire *wire)
{
	unsigned long flags;

	/* From here on no timer finds anything to tell, so none starts another. */
	raw_spin_lock_irqsave(&wire->lock, flags);
	wire->masked = true;
	wire->causes = 0;
	wire->due = false;
	raw_spin_unlock_irqrestore(&wire->lock, flags);
	if (wire->tx)
		vdma_chan_leave_wire(wire->tx);
	if (wire->rx)
		vdma_chan_leave_wire(wire->rx);
	hrtimer_cancel(&wire->usecs);
	hrtimer_cancel(&wire->idle);
	hrtimer_cancel(&wire->watchdog);
	hrtimer_cancel(&wire->late);
	vdma_irq_put(wire);
	give_index(wire);
	kvfree(wire->source);
	kvfree(wire->fifo);
	kfree(wire);
}

static const struct vdma_wire_ops ops = {
	.create = wire_create,
	.destroy = wire_destroy,
	.irq = wire_irq,
	.publish = wire_publish,
	.doorbell = wire_doorbell,
	.consumed = wire_consumed,
	.tx_position = wire_tx_position,
	.rx_position = wire_rx_position,
	.arm_tx = wire_arm_tx,
	.causes = wire_causes,
	.mask = wire_mask,
	.unmask = wire_unmask,
	.remind = wire_remind,
	.policy = wire_policy,
	.source = vdma_source_set,
	.new_epoch = wire_new_epoch,
	.get_stats = wire_get_stats,
	.engine_ns = wire_engine_ns,
};

const struct vdma_wire_ops *vdma_wire_ops(void)
{
	return &ops;
}
EXPORT_SYMBOL_GPL(vdma_wire_ops);
