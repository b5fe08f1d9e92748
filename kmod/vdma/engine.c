// SPDX-License-Identifier: GPL-2.0
/*
 * engine.c - the thread that moves the bytes, or with engine_irq=1 the timer that does.
 *
 * It stands for the DMA controller's own hardware: nothing a client calls moves a byte. It reaches
 * memory as a device would, from the bus address a client was given: through the IOMMU's page table
 * where one is in front of it, else directly; with swiotlb the address is the bounce buffer's, as
 * it should be.
 */
#include <linux/delay.h>
#include <linux/dma-direct.h>
#include <linux/io.h>
#include <linux/iommu.h>
#include <linux/kthread.h>
#include <linux/mm.h>

#include "vdma.h"

void vdma_kick(struct vdma_dev *vdma)
{
	/*
	 * Full barrier: what made the engine's work is stored before; pairs with the engine's
	 * exchange, which it looks after.
	 */
	if (atomic_xchg(&vdma->kicked, 1))
		return;
	if (vdma->engine)
		wake_up_process(vdma->engine);
	else
		hrtimer_start(&vdma->tick, 0, HRTIMER_MODE_REL_HARD);
}

/*
 * Memory behind a bus address, and how far it goes on in one piece; NULL: the address is mapped to
 * nothing.
 */
static u8 *vdma_memory_at(struct vdma_dev *vdma, dma_addr_t addr, size_t *count)
{
	phys_addr_t phys = vdma->domain ? iommu_iova_to_phys(vdma->domain, addr) :
					  dma_to_phys(vdma->dev, addr);

	if (vdma->domain)
		*count = min_t(size_t, *count, PAGE_SIZE - offset_in_page(addr));
	if (!phys || !pfn_valid(PHYS_PFN(phys)))
		return NULL;
	return phys_to_virt(phys);
}

typedef void (*mover)(struct vdma_wire *wire, u8 *memory, size_t count);

static void vdma_take(struct vdma_wire *wire, u8 *memory, size_t count)
{
	vdma_wire_put(wire, memory, count);
}

/*
 * The bus address of a transfer's byte, and how far its span goes on. A byte is never before the
 * last one asked for, but in the only span.
 */
static dma_addr_t vdma_address_of(struct vdma_desc *desc, size_t at, size_t *count)
{
	while (at - desc->passed >= desc->span->len)
		desc->passed += desc->span++->len;
	*count = min(*count, desc->span->len - (at - desc->passed));
	return desc->span->addr + (at - desc->passed);
}

/* One burst between the spans and the wire. false: a bus address is mapped to nothing. */
static bool vdma_move_burst(struct vdma_chan *chan, size_t count, mover move)
{
	struct vdma_desc *desc = chan->active;
	const size_t at = (chan->moved - desc->start) % desc->len;
	size_t done = 0;

	while (done < count) {
		size_t piece = count - done;
		u8 *memory = vdma_memory_at(chan->vdma, vdma_address_of(desc, at + done, &piece),
					    &piece);

		if (!memory)
			return false;
		move(chan->wire, memory, piece);
		done += piece;
	}
	return true;
}

static void vdma_chan_fail(struct vdma_chan *chan)
{
	dev_err(chan->vdma->dev, "%s: transfer error\n", dma_chan_name(&chan->chan));
	chan->failed = true;
	vdma_wire_failed(chan->wire);
}

/*
 * Moves count bytes in bursts. Each burst is in memory before the position says so: the release
 * pairs with the client's load-acquire of the position. Returns false after an error.
 */
static bool vdma_move_bursts(struct vdma_chan *chan, size_t count, mover move, u64 *position,
			     u64 *bursts)
{
	const u64 period = chan->active->period, start = chan->active->start;

	if (vdma_fault_hits(chan->vdma, VDMA_FAULT_ERROR)) {
		vdma_chan_fail(chan);
		return false;
	}
	while (count) {
		/*
		 * After a partial burst the next one ends where it would have: bursts never cross
		 * the ring's end.
		 */
		const size_t burst =
			min_t(size_t, count, chan->burst - (chan->moved - start) % chan->burst);
		const u64 before = div64_u64(chan->moved - start, period);

		if (!vdma_move_burst(chan, burst, move)) {
			vdma_chan_fail(chan);
			return false;
		}
		chan->moved += burst;
		smp_store_release(position, chan->moved);
		(*bursts)++;
		count -= burst;
		if (div64_u64(chan->moved - start, period) != before)
			vdma_chan_period(chan);
	}
	return true;
}

/*
 * What of the bytes there are can move: up to the end of a burst or a list, or what is left in
 * units of the bus when no more is to come.
 */
static size_t vdma_movable(const struct vdma_chan *chan, u64 there, u64 room, bool more_to_come)
{
	const u64 count = min3(there, room, (u64)VDMA_CHUNK),
		  end = chan->moved + count - chan->active->start;
	const u64 beyond = end % chan->burst;

	if (!chan->active->cyclic && end == chan->active->len)
		return count;
	if (count > beyond)
		return count - beyond;
	return more_to_come || count < there ? 0 : count - count % chan->width;
}

static bool vdma_run_tx(struct vdma_chan *chan, u64 *patience)
{
	struct vdma_wire *wire = chan->wire;
	/*
	 * Pairs with the client's store-release: the bytes are in the ring. More than the ring
	 * holds cannot be.
	 */
	const u64 there =
		min_t(u64, smp_load_acquire(&wire->published) - chan->moved, chan->active->len);
	const u64 before = chan->moved, now = wire->config.bytes_per_second ? ktime_get_ns() : 0;
	size_t count;

	if (!there) {
		if (wire->tx_active)
			wire->stats.tx_starved++;
		wire->tx_active = false;
		vdma_wire_forget_rate(wire);
		return false;
	}
	count = vdma_movable(chan, there, vdma_wire_room(wire), false);
	if (!count)
		return false;
	if (vdma_wire_budget(wire, now) < count) {
		/*
		 * Not the whole chunk, but what the line takes in a moment: a thread that woke for
		 * every burst would be mostly waking.
		 */
		const u64 moment =
			min_t(u64, there, max_t(u64, chan->burst, vdma_wire_moment(wire)));

		if (vdma_wire_budget(wire, now) < moment) {
			*patience = min(*patience, vdma_wire_patience(wire, now, moment));
			return false;
		}
		count = vdma_movable(chan, there, min_t(u64, vdma_wire_budget(wire, now), count),
				     false);
	}
	wire->tx_active = true;
	if (vdma_move_bursts(chan, count, vdma_take, &wire->tx_moved, &wire->stats.tx_bursts))
		vdma_wire_departed(wire);
	if (!chan->active)
		vdma_wire_forget_rate(wire); /* its last list is sent */
	wire->stats.tx_bytes += chan->moved - before;
	return true;
}

/*
 * The receiver's credit: what is left of a list; of a ring a period less than there is, so that
 * full never looks like empty.
 */
static u64 vdma_credit(const struct vdma_chan *chan)
{
	const struct vdma_desc *desc = chan->active;
	/* Pairs with the client's store-release: it has read what is to be overwritten. */
	const u64 limit =
		desc->cyclic ? smp_load_acquire(&chan->wire->consumed) + desc->len - desc->period :
			       desc->start + desc->len;

	return limit > chan->moved ? limit - chan->moved : 0;
}

static bool vdma_run_rx(struct vdma_chan *chan, u64 *patience)
{
	struct vdma_wire *wire = chan->wire;
	const bool more = READ_ONCE(wire->published) != wire->tx_moved;
	const u64 before = chan->moved;
	u64 there, credit;
	size_t count;

	if (wire->source)
		vdma_source_run(wire, patience);
	there = vdma_wire_have(wire);
	/* Read once: room that is given between two looks would be waited for by nobody. */
	credit = vdma_credit(chan);
	count = vdma_movable(chan, there, credit, more);
	if (!count && !wire->rx_waiting && credit < min_t(u64, there, chan->burst)) {
		wire->stats.rx_stalled++;
		WRITE_ONCE(wire->rx_waiting, true);
		/* rx_waiting is stored before consumed is read again; pairs with wire_consumed() */
		smp_mb();
		count = vdma_movable(chan, there, vdma_credit(chan), more);
	}
	if (!count)
		return false;
	WRITE_ONCE(wire->rx_waiting, false);
	if (vdma_move_bursts(chan, count, vdma_wire_get, &wire->rx_moved, &wire->stats.rx_bursts))
		vdma_wire_arrived(wire);
	wire->stats.rx_bytes += chan->moved - before; /* after an error too, what moved has moved */
	return true;
}

static bool vdma_run_copy(struct vdma_chan *chan)
{
	struct vdma_desc *desc = chan->active;
	size_t left = min_t(size_t, desc->len - desc->copied, VDMA_CHUNK);

	if (vdma_fault_hits(chan->vdma, VDMA_FAULT_ERROR)) {
		vdma_chan_complete(chan, DMA_TRANS_ABORTED);
		return true;
	}
	while (left) {
		size_t count = left;
		u8 *from = vdma_memory_at(chan->vdma, desc->src + desc->copied, &count);
		u8 *to = vdma_memory_at(chan->vdma, desc->span->addr + desc->copied, &count);

		if (!from || !to) {
			vdma_chan_complete(chan,
					   from ? DMA_TRANS_WRITE_FAILED : DMA_TRANS_READ_FAILED);
			return true;
		}
		memcpy(to, from, count);
		desc->copied += count;
		chan->copied_bytes += count;
		left -= count;
	}
	if (desc->copied == desc->len)
		vdma_chan_complete(chan, DMA_TRANS_NOERROR);
	return true;
}

/* A stall by fault injection: the channel does nothing for a while. */
static bool vdma_chan_stalled(struct vdma_chan *chan, u64 *patience)
{
	struct vdma_wire *wire = chan->wire;
	u64 now;

	if (!wire)
		return false;
	if (!wire->stalled_until && vdma_fault_hits(chan->vdma, VDMA_FAULT_STALL)) {
		wire->stats.stalls++;
		wire->stalled_until =
			ktime_get_ns() + READ_ONCE(chan->vdma->stall_usecs) * (u64)NSEC_PER_USEC;
	}
	if (!wire->stalled_until)
		return false;
	now = ktime_get_ns();
	if (now >= wire->stalled_until) {
		wire->stalled_until = 0;
		return false;
	}
	*patience = min(*patience, wire->stalled_until - now);
	return true;
}

/* Nothing to move, and nothing to be noted about that: most channels, most of the time. */
static bool vdma_chan_idle(const struct vdma_chan *chan)
{
	struct vdma_wire *wire = chan->wire;

	if (!chan->active->cyclic)
		return false;
	if (chan != READ_ONCE(wire->tx))
		return !vdma_wire_have(wire) && !wire->source;
	/* a kick comes after what is published later */
	return !wire->tx_active && smp_load_acquire(&wire->published) == chan->moved;
}

/*
 * At most a chunk of one channel, with interrupts off: the time is the engine's own. Returns
 * whether it found work.
 */
static bool vdma_run_channel(struct vdma_chan *chan, u64 *patience)
{
	unsigned long flags;
	bool worked = false;
	u64 spent;

	raw_spin_lock_irqsave(&chan->lock, flags);
	if (chan->active && !chan->paused && !chan->failed && !vdma_chan_stalled(chan, patience) &&
	    !vdma_chan_idle(chan)) {
		struct vdma_wire *wire = chan->wire;

		spent = -ktime_get_ns();
		if (!chan->active->paced)
			worked = vdma_run_copy(chan);
		else
			worked = chan == READ_ONCE(wire->tx) ? vdma_run_tx(chan, patience) :
							       vdma_run_rx(chan, patience);
		spent += ktime_get_ns();
		chan->engine_ns += spent;
		if (wire)
			wire->stats.engine_ns += spent;
	}
	raw_spin_unlock_irqrestore(&chan->lock, flags);
	return worked;
}

static void vdma_sleep_until_kicked(struct vdma_dev *vdma, u64 patience)
{
	set_current_state(TASK_IDLE);
	if (!atomic_read(&vdma->kicked) && !kthread_should_stop()) {
		ktime_t timeout = ns_to_ktime(patience);

		if (patience == U64_MAX)
			schedule();
		else
			schedule_hrtimeout_range(&timeout, 0, HRTIMER_MODE_REL);
	}
	__set_current_state(TASK_RUNNING);
}

/*
 * Each channel in turn. Returns whether one found work; if not, *patience is the ns until one will,
 * U64_MAX when it is kicked.
 */
static bool vdma_run_channels(struct vdma_dev *vdma, u64 *patience)
{
	bool worked = false;
	unsigned int i;

	*patience = U64_MAX;
	/*
	 * Full barrier: a kick after this is seen below, one before has made its work visible;
	 * pairs with vdma_kick().
	 */
	atomic_xchg(&vdma->kicked, 0);
	for (i = 0; i < vdma->channel_count; i++)
		worked |= vdma_run_channel(&vdma->channels[i], patience);
	return worked;
}

/*
 * The engine as an interrupt: it goes before whatever the CPU does, softIRQs included, so that a
 * machine with one CPU has a device that does not wait for it. After a few turns others have
 * theirs.
 */
#define TURNS 4
#define PAUSE NSEC_PER_USEC

enum hrtimer_restart vdma_engine_tick(struct hrtimer *tick)
{
	struct vdma_dev *vdma = container_of(tick, struct vdma_dev, tick);
	unsigned int turn = 0;
	u64 patience;

	while (vdma_run_channels(vdma, &patience))
		if (++turn == TURNS) {
			patience = PAUSE;
			break;
		}
	/*
	 * Started, not returned: a kick on another CPU may have started it meanwhile. Where it did,
	 * it comes first.
	 */
	if (patience != U64_MAX)
		hrtimer_start(tick, ns_to_ktime(patience), HRTIMER_MODE_REL_HARD);
	if (atomic_read(&vdma->kicked))
		hrtimer_start(tick, 0, HRTIMER_MODE_REL_HARD);
	return HRTIMER_NORESTART;
}

int vdma_engine_main(void *data)
{
	struct vdma_dev *vdma = data;

	while (!kthread_should_stop()) {
		u64 patience;

		if (vdma_run_channels(vdma, &patience))
			cond_resched();
		else
			vdma_sleep_until_kicked(vdma, patience);
	}
	return 0;
}
