// SPDX-License-Identifier: GPL-2.0
/*
 * notify.c - who is told of the wire's bytes, when, and by which interrupt; the watchdog, and
 * interrupts that are lost, late or doubled on purpose.
 *
 * All of it under the wire's lock. tx_armed and tx_moved are of the form "store mine, full barrier,
 * load yours", so that at least one side sees the other.
 */
#include "vdma.h"

static ktime_t vdma_from_usecs(u32 usecs)
{
	return ns_to_ktime((u64)usecs * NSEC_PER_USEC);
}

/* Something is to be told: raises the interrupt, or lets it be lost, late or doubled. */
static void vdma_interrupt(struct vdma_wire *wire)
{
	struct vdma_dev *vdma = wire->vdma;

	/* From the first that was not answered; later ones do not put it off. */
	if (wire->config.watchdog_usecs && !hrtimer_is_queued(&wire->watchdog))
		hrtimer_start(&wire->watchdog, vdma_from_usecs(wire->config.watchdog_usecs),
			      HRTIMER_MODE_REL_HARD);
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
		hrtimer_start(&wire->late, vdma_from_usecs(READ_ONCE(vdma->late_usecs)),
			      HRTIMER_MODE_REL_HARD);
		return;
	}
	if (vdma_fault_hits(vdma, VDMA_FAULT_DUPLICATED)) {
		wire->stats.duplicated++;
		wire->again = true;
	}
	vdma_irq_raise(wire);
}

static void vdma_tell(struct vdma_wire *wire, unsigned int cause, u64 *counter)
{
	(*counter)++;
	if (!wire->causes)
		wire->raised_ns = ktime_get_ns();
	wire->causes |= cause;
	vdma_interrupt(wire);
}

static void vdma_tell_receiver(struct vdma_wire *wire, unsigned int cause, u64 *counter)
{
	wire->told = READ_ONCE(wire->rx_moved);
	vdma_tell(wire, cause, counter);
}

static enum hrtimer_restart vdma_usecs_passed(struct hrtimer *timer)
{
	struct vdma_wire *wire = container_of(timer, struct vdma_wire, usecs);
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	if (!wire->masked && READ_ONCE(wire->rx_moved) != wire->told)
		vdma_tell_receiver(wire, VDMA_USECS, &wire->stats.by_usecs);
	raw_spin_unlock_irqrestore(&wire->lock, flags);
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart vdma_line_was_idle(struct hrtimer *timer)
{
	struct vdma_wire *wire = container_of(timer, struct vdma_wire, idle);
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	if (!wire->masked && READ_ONCE(wire->rx_moved) != wire->told)
		vdma_tell_receiver(wire, VDMA_IDLE, &wire->stats.by_idle);
	raw_spin_unlock_irqrestore(&wire->lock, flags);
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart vdma_nobody_answered(struct hrtimer *timer)
{
	struct vdma_wire *wire = container_of(timer, struct vdma_wire, watchdog);
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	if (wire->causes)
		vdma_tell(wire, VDMA_WATCHDOG, &wire->stats.by_watchdog);
	raw_spin_unlock_irqrestore(&wire->lock, flags);
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart vdma_late_at_last(struct hrtimer *timer)
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
		if (config->watermark_bytes &&
		    wire->rx_moved - wire->told >= config->watermark_bytes) {
			hrtimer_try_to_cancel(&wire->usecs);
			vdma_tell_receiver(wire, VDMA_WATERMARK, &wire->stats.by_watermark);
		} else if (config->usecs && !hrtimer_is_queued(&wire->usecs)) {
			/*
			 * Not hrtimer_active(): one whose handler is just ending would never tell
			 * of these bytes.
			 */
			hrtimer_start(&wire->usecs, vdma_from_usecs(config->usecs),
				      HRTIMER_MODE_REL_HARD);
		}
		if (config->idle_usecs)
			hrtimer_start(&wire->idle, vdma_from_usecs(config->idle_usecs),
				      HRTIMER_MODE_REL_HARD);
	}
	raw_spin_unlock_irqrestore(&wire->lock, flags);
}

void vdma_wire_departed(struct vdma_wire *wire)
{
	unsigned long flags;

	smp_mb(); /* tx_moved is stored before tx_armed is read; pairs with vdma_wire_arm_tx() */
	if (!READ_ONCE(wire->tx_armed))
		return;
	raw_spin_lock_irqsave(&wire->lock, flags);
	if (wire->tx_armed && wire->tx_moved >= wire->tx_wanted) {
		wire->tx_armed = false;
		vdma_tell(wire, VDMA_TX_SPACE, &wire->stats.by_tx_space);
	}
	raw_spin_unlock_irqrestore(&wire->lock, flags);
}

void vdma_wire_failed(struct vdma_wire *wire)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	vdma_tell(wire, VDMA_ERROR, &wire->stats.errors);
	raw_spin_unlock_irqrestore(&wire->lock, flags);
}

/* ---- the client's side ---- */

void vdma_wire_arm_tx(struct dma_wire *dma_wire, u64 position)
{
	struct vdma_wire *wire = to_vdma_wire(dma_wire);
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	wire->tx_wanted = position;
	WRITE_ONCE(wire->tx_armed, true);
	smp_mb(); /* tx_armed is stored before tx_moved is read; pairs with vdma_wire_departed() */
	if (READ_ONCE(wire->tx_moved) >= position) {
		WRITE_ONCE(wire->tx_armed, false);
		vdma_tell(wire, VDMA_TX_SPACE, &wire->stats.by_tx_space);
	}
	raw_spin_unlock_irqrestore(&wire->lock, flags);
}

unsigned int vdma_wire_causes(struct dma_wire *dma_wire, u64 *raised_ns)
{
	struct vdma_wire *wire = to_vdma_wire(dma_wire);
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

void vdma_wire_mask(struct dma_wire *dma_wire)
{
	struct vdma_wire *wire = to_vdma_wire(dma_wire);
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	wire->masked = true;
	raw_spin_unlock_irqrestore(&wire->lock, flags);
}

bool vdma_wire_unmask(struct dma_wire *dma_wire, u64 position)
{
	struct vdma_wire *wire = to_vdma_wire(dma_wire);
	unsigned long flags;
	bool more;

	/*
	 * The engine stores rx_moved before it takes this lock: what comes after this look finds
	 * the wire unmasked.
	 */
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

void vdma_wire_remind(struct dma_wire *dma_wire)
{
	struct vdma_wire *wire = to_vdma_wire(dma_wire);
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	vdma_tell_receiver(wire, VDMA_USECS, &wire->stats.by_usecs);
	raw_spin_unlock_irqrestore(&wire->lock, flags);
}

int vdma_wire_policy(struct dma_wire *dma_wire, u32 watermark_bytes, u32 usecs)
{
	struct vdma_wire *wire = to_vdma_wire(dma_wire);
	unsigned long flags;

	if (usecs > VDMA_MAX_USECS)
		return -EINVAL;
	raw_spin_lock_irqsave(&wire->lock, flags);
	wire->config.watermark_bytes = watermark_bytes;
	wire->config.usecs = usecs;
	/*
	 * Bytes that are here already are told by the new policy, which would else begin with the
	 * next ones.
	 */
	if (!wire->masked && READ_ONCE(wire->rx_moved) != wire->told)
		vdma_tell_receiver(wire, VDMA_USECS, &wire->stats.by_usecs);
	raw_spin_unlock_irqrestore(&wire->lock, flags);
	return 0;
}

/* ---- set-up ---- */

static void vdma_timer_init(struct hrtimer *timer, enum hrtimer_restart (*passed)(struct hrtimer *))
{
	hrtimer_setup(timer, passed, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
}

void vdma_notify_init(struct vdma_wire *wire)
{
	raw_spin_lock_init(&wire->lock);
	vdma_timer_init(&wire->usecs, vdma_usecs_passed);
	vdma_timer_init(&wire->idle, vdma_line_was_idle);
	vdma_timer_init(&wire->watchdog, vdma_nobody_answered);
	vdma_timer_init(&wire->late, vdma_late_at_last);
}

void vdma_notify_end(struct vdma_wire *wire)
{
	unsigned long flags;

	/* From here on no timer finds anything to tell, so none starts another. */
	raw_spin_lock_irqsave(&wire->lock, flags);
	wire->masked = true;
	wire->causes = 0;
	wire->due = false;
	raw_spin_unlock_irqrestore(&wire->lock, flags);
	hrtimer_cancel(&wire->usecs);
	hrtimer_cancel(&wire->idle);
	hrtimer_cancel(&wire->watchdog);
	hrtimer_cancel(&wire->late);
}
