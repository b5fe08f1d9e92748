// SPDX-License-Identifier: GPL-2.0
/*
 * wire.c - the peripheral between a transmit and a receive channel: positions, epochs, set-up.
 *
 * Barriers. The client writes the ring, then @published by a store-release; the engine reads it by
 * a load-acquire and then the ring. The engine writes the ring, then @rx_moved by a store-release;
 * the client reads it by a load-acquire and then the ring. @consumed and @tx_moved give space back
 * the same way, in the other direction. Two more pairs are of the form "store mine, full barrier,
 * load yours", so that at least one side sees the other: rx_waiting with consumed, tx_armed with
 * tx_moved.
 */
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "vdma.h"

/* bytes/s; two seconds of it, times a second in ns, still fit 64 bits */
#define MAX_RATE (8ull << 30)

/* ---- the client's side ---- */

static int vdma_wire_irq(struct dma_wire *dma_wire)
{
	struct vdma_wire *wire = to_vdma_wire(dma_wire);
	return wire->irq;
}

static void vdma_wire_publish(struct dma_wire *dma_wire, u64 position)
{
	struct vdma_wire *wire = to_vdma_wire(dma_wire);
	/* after the ring's bytes; pairs with the engine's load-acquire */
	smp_store_release(&wire->published, position);
}

static void vdma_wire_doorbell(struct dma_wire *dma_wire)
{
	struct vdma_wire *wire = to_vdma_wire(dma_wire);
	vdma_kick(wire->vdma);
}

static void vdma_wire_consumed(struct dma_wire *dma_wire, u64 position)
{
	struct vdma_wire *wire = to_vdma_wire(dma_wire);
	/* after the last read of the ring; pairs with the engine's load-acquire */
	smp_store_release(&wire->consumed, position);
	/*
	 * consumed is stored before rx_waiting is read; pairs with the engine, which stores
	 * rx_waiting first
	 */
	smp_mb();
	if (READ_ONCE(wire->rx_waiting))
		vdma_kick(wire->vdma);
}

static u64 vdma_wire_tx_position(struct dma_wire *dma_wire)
{
	struct vdma_wire *wire = to_vdma_wire(dma_wire);
	/* before the ring is written again; pairs with the engine's store-release */
	return smp_load_acquire(&wire->tx_moved);
}

static u64 vdma_wire_rx_position(struct dma_wire *dma_wire)
{
	struct vdma_wire *wire = to_vdma_wire(dma_wire);
	/* before the ring is read; pairs with the engine's store-release */
	return smp_load_acquire(&wire->rx_moved);
}

/*
 * What is in either ring, in the FIFO, and of a header that is not whole yet. In lossy mode the
 * rest of a record that is being dropped is counted as dropped already.
 */
static u64 vdma_wire_in_flight(const struct vdma_wire *wire, u64 published, u64 consumed)
{
	const u64 to_send = published - wire->tx_moved;
	const u64 dropped = wire->dropping ? min(wire->record_left, to_send) : 0;

	return to_send - dropped + wire->header_have + wire->fifo_in - consumed;
}

static u64 vdma_wire_new_epoch(struct dma_wire *dma_wire, u64 published, u64 consumed)
{
	struct vdma_wire *wire = to_vdma_wire(dma_wire);
	u64 gap = vdma_wire_in_flight(wire, published, consumed);
	unsigned long flags;

	raw_spin_lock_irqsave(&wire->lock, flags);
	wire->published = wire->consumed = wire->tx_moved = wire->rx_moved = wire->told = 0;
	wire->fifo_in = wire->fifo_out = 0;
	wire->header_have = wire->record_left = wire->parsed = 0;
	wire->tx_active = wire->rx_waiting = wire->tx_armed = false;
	wire->dropping = wire->unparsable = false;
	wire->causes = 0;
	wire->due = false;
	wire->rate_since = wire->stalled_until = 0;
	wire->stats.gap_bytes += gap;
	wire->stats.epochs++;
	raw_spin_unlock_irqrestore(&wire->lock, flags);
	return gap;
}

static void vdma_wire_get_stats(struct dma_wire *dma_wire, struct vdma_wire_stats *stats)
{
	struct vdma_wire *wire = to_vdma_wire(dma_wire);

	vdma_wire_stats_read(&wire->stats, stats);
}

static u64 vdma_wire_engine_ns(struct dma_chan *chan)
{
	const struct vdma_chan *mine = vdma_chan_of(chan);

	return mine ? rxlab_counter(mine->engine_ns) : 0;
}

static int vdma_wire_refuse(struct device *dev, const char *why)
{
	dev_err(dev, "wire refused: %s\n", why);
	return -EINVAL;
}

static bool vdma_wire_knows_records(const struct vdma_framing *framing)
{
	return framing && framing->look && framing->look <= framing->header &&
	       framing->header <= VDMA_MOST_HEADER;
}

static int vdma_wire_check(struct device *dev, const struct vdma_wire_config *config)
{
	if (config->mode != VDMA_WIRE_LOSSLESS && config->mode != VDMA_WIRE_LOSSY)
		return vdma_wire_refuse(dev, "no such mode");
	if (config->mode == VDMA_WIRE_LOSSY && !vdma_wire_knows_records(config->framing))
		return vdma_wire_refuse(dev, "lossy, and no framing says what a record is");
	if (!is_power_of_2(config->fifo_bytes) || config->fifo_bytes < 256 ||
	    config->fifo_bytes > SZ_1M)
		return vdma_wire_refuse(dev, "fifo_bytes is not a power of two from 256 to 1 MiB");
	if (config->bytes_per_second > MAX_RATE)
		return vdma_wire_refuse(dev, "bytes_per_second is above 8 GiB/s");
	if (config->bytes_per_second && config->bytes_per_second < 1000)
		return vdma_wire_refuse(dev, "bytes_per_second is below 1000");
	if (max3(config->usecs, config->idle_usecs, config->watchdog_usecs) > VDMA_MAX_USECS)
		return vdma_wire_refuse(dev, "a time is above a minute");
	if (config->irq_cpu < -1 || (config->irq_cpu >= 0 && (config->irq_cpu >= nr_cpu_ids ||
							      !cpu_online(config->irq_cpu))))
		return vdma_wire_refuse(dev, "irq_cpu is not online");
	return 0;
}

static int vdma_wire_take_index(struct vdma_wire *wire)
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

static void vdma_wire_give_index(struct vdma_wire *wire)
{
	mutex_lock(&wire->vdma->wires_lock);
	wire->vdma->wires[wire->index] = NULL;
	mutex_unlock(&wire->vdma->wires_lock);
}

static const struct vdma_wire_ops ops;

static struct dma_wire *vdma_wire_create(struct dma_chan *chan,
					 const struct vdma_wire_config *config)
{
	struct vdma_chan *mine = vdma_chan_of(chan);
	struct vdma_wire *wire;
	int err;

	if (!mine)
		return ERR_PTR(-ENODEV);
	err = vdma_wire_check(mine->vdma->dev, config);
	if (err)
		return ERR_PTR(err);
	wire = kzalloc(sizeof(*wire), GFP_KERNEL);
	if (!wire)
		return ERR_PTR(-ENOMEM);
	wire->wire.ops = &ops;
	wire->vdma = mine->vdma;
	wire->config = *config;
	vdma_notify_init(wire);
	err = -ENOMEM;
	wire->fifo = kvmalloc(config->fifo_bytes, GFP_KERNEL);
	if (!wire->fifo)
		goto free_wire;
	err = vdma_wire_take_index(wire);
	if (err < 0)
		goto free_fifo;
	err = vdma_irq_get(wire);
	if (err)
		goto free_index;
	return &wire->wire;

free_index:
	vdma_wire_give_index(wire);
free_fifo:
	kvfree(wire->fifo);
free_wire:
	kfree(wire);
	return ERR_PTR(err);
}

static void vdma_wire_destroy(struct dma_wire *dma_wire)
{
	struct vdma_wire *wire = to_vdma_wire(dma_wire);
	if (wire->tx)
		vdma_chan_leave_wire(wire->tx);
	if (wire->rx)
		vdma_chan_leave_wire(wire->rx);
	vdma_notify_end(wire);
	vdma_irq_put(wire);
	vdma_wire_give_index(wire);
	kvfree(wire->source);
	kvfree(wire->fifo);
	kfree(wire);
}

static const struct vdma_wire_ops ops = {
	.create = vdma_wire_create,
	.destroy = vdma_wire_destroy,
	.irq = vdma_wire_irq,
	.publish = vdma_wire_publish,
	.doorbell = vdma_wire_doorbell,
	.consumed = vdma_wire_consumed,
	.tx_position = vdma_wire_tx_position,
	.rx_position = vdma_wire_rx_position,
	.arm_tx = vdma_wire_arm_tx,
	.causes = vdma_wire_causes,
	.mask = vdma_wire_mask,
	.unmask = vdma_wire_unmask,
	.remind = vdma_wire_remind,
	.policy = vdma_wire_policy,
	.source = vdma_source_set,
	.new_epoch = vdma_wire_new_epoch,
	.get_stats = vdma_wire_get_stats,
	.engine_ns = vdma_wire_engine_ns,
};

const struct vdma_wire_ops *vdma_wire_ops(void)
{
	return &ops;
}
EXPORT_SYMBOL_GPL(vdma_wire_ops);
