// SPDX-License-Identifier: GPL-2.0
/*
 * link.c - ring_link.ko: channels, memory, wire and interrupt of the two rings, and how they are
 * put together and taken apart.
 *
 * An ordinary dmaengine client: channels by name or capability, dmaengine_slave_config(), prep,
 * submit, issue_pending. Only the peripheral is vdma's own, found at run time.
 */
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <rxlab/record_wire.h>

#include "link.h"

static bool dma_ring_copies(const struct dma_ring *ring)
{
	return ring->config.transfer == DMA_RING_MEMCPY;
}

/* Is the whole ring mapped as long as it lives? Copies map what they copy. */
static bool dma_ring_streaming(const struct dma_ring *ring)
{
	return ring->config.mapping == DMA_RING_STREAMING && !dma_ring_copies(ring);
}

static struct device *dma_ring_dma_device(const struct dma_ring_end *end)
{
	return dmaengine_get_dma_device(end->chan);
}

/* ---- our end of each ring, for the ring core ---- */

/*
 * Hands the bytes between two positions over, to the device or to the CPU; in two pieces at the
 * ring's end.
 */
static void dma_ring_sync_span(struct dma_ring_end *end, u64 from, u64 to,
			       void (*sync)(struct device *, dma_addr_t, size_t,
					    enum dma_data_direction))
{
	const enum dma_data_direction direction =
		end->direction == DMA_MEM_TO_DEV ? DMA_TO_DEVICE : DMA_FROM_DEVICE;

	if (!dma_ring_streaming(end->ring))
		return;
	while (from != to) {
		const u64 piece = min(to - from, rxlab_ring_to_end(&end->side, from));

		sync(dma_ring_dma_device(end), end->addr + rxlab_ring_offset(&end->side, from),
		     piece, direction);
		from += piece;
	}
}

static u64 dma_ring_tx_peer(struct rxlab_ring_side *side)
{
	struct dma_ring_end *end = container_of(side, struct dma_ring_end, side);
	const u64 position = end->ring->ops->tx_position(end->ring->wire);

	/* dma_sync_*_for_cpu is owed before memory is written again that the device had. */
	dma_ring_sync_span(end, end->synced, position, dma_sync_single_for_cpu);
	end->synced = position;
	return position;
}

static void dma_ring_tx_publish(struct rxlab_ring_side *side, u64 position)
{
	struct dma_ring_end *end = container_of(side, struct dma_ring_end, side);
	struct dma_ring *ring = end->ring;

	dma_ring_sync_span(end, end->published, position, dma_sync_single_for_device);
	end->published = position;
	/*
	 * the records' bytes before the doorbell that makes the engine read them; barrier A of
	 * ring.h
	 */
	dma_wmb();
	ring->ops->publish(ring->wire, position);
	if (!ring->config.own_doorbell)
		ring->ops->doorbell(ring->wire);
}

/*
 * What the engine's residue says: an offset in the ring, which is less than a turn ahead of what
 * was known before.
 */
static u64 dma_ring_position_by_residue(struct dma_ring_end *end)
{
	struct dma_tx_state state;

	dmaengine_tx_status(end->chan, end->cookie, &state);
	return end->synced +
	       ((end->side.size - state.residue - end->synced) & (end->side.size - 1));
}

static u64 dma_ring_rx_peer(struct rxlab_ring_side *side)
{
	struct dma_ring_end *end = container_of(side, struct dma_ring_end, side);
	struct dma_ring *ring = end->ring;
	const bool residue = ring->config.notify == DMA_RING_PERIOD && !dma_ring_copies(ring);
	const u64 position = residue ? dma_ring_position_by_residue(end) :
				       ring->ops->rx_position(ring->wire);

	/*
	 * the position before the records' bytes; barrier A of ring.h, the engine's release is its
	 * partner
	 */
	dma_rmb();
	dma_ring_sync_span(end, end->synced, position, dma_sync_single_for_cpu);
	end->synced = position;
	return position;
}

static void dma_ring_rx_publish(struct rxlab_ring_side *side, u64 position)
{
	struct dma_ring_end *end = container_of(side, struct dma_ring_end, side);

	dma_ring_sync_span(end, end->published, position, dma_sync_single_for_device);
	end->published = position;
	end->ring->ops->consumed(end->ring->wire, position); /* barrier B of ring.h */
}

static const struct rxlab_ring_port tx_port = { dma_ring_tx_peer, dma_ring_tx_publish };
static const struct rxlab_ring_port rx_port = { dma_ring_rx_peer, dma_ring_rx_publish };

/* ---- being told ---- */

static irqreturn_t dma_ring_wire_interrupt(int irq, void *data)
{
	struct dma_ring *ring = data;
	const u64 now = ktime_get_ns();
	u64 raised = 0;
	const unsigned int causes = ring->ops->causes(ring->wire, &raised);

	ring->interrupts++;
	if (!causes) {
		ring->spurious++;
		return IRQ_HANDLED;
	}
	histogram_add(&ring->to_handler, now - min(now, raised));
	/* As NAPI does: no more of these until the consumer has seen all there is. */
	if (causes & ~VDMA_TX_SPACE)
		ring->ops->mask(ring->wire);
	if (causes & VDMA_ERROR)
		WRITE_ONCE(ring->error, true);
	return ring->told(ring, causes, now);
}

void dma_ring_period_passed(struct dma_ring *ring)
{
	ring->callbacks++;
	if (ring->config.notify == DMA_RING_PERIOD)
		ring->told(ring, VDMA_WATERMARK, ktime_get_ns());
}

static void dma_ring_callback(void *ring)
{
	dma_ring_period_passed(ring);
}

/* ---- channels ---- */

static bool dma_ring_has_name(struct dma_chan *chan, void *name)
{
	return !*(const char *)name || !strcmp(dma_chan_name(chan), name);
}

static int dma_ring_request_channel(struct dma_ring_end *end, const char *name)
{
	const char *what = dma_ring_copies(end->ring) ? "copies" : "cyclic transfers";
	dma_cap_mask_t mask;

	dma_cap_zero(mask);
	if (dma_ring_copies(end->ring)) {
		dma_cap_set(DMA_MEMCPY, mask);
	} else {
		dma_cap_set(DMA_SLAVE, mask);
		dma_cap_set(DMA_CYCLIC, mask);
	}
	end->chan = dma_ring_fail(end->ring, "channel") ?
			    NULL :
			    dma_request_channel(mask, dma_ring_has_name, (void *)name);
	if (end->chan)
		return 0;
	if (*name)
		pr_err("%s: channel %s: there is none that is free and can do %s; /sys/class/dma "
		       "lists them all\n", end->ring->config.user, name, what);
	else
		pr_err("%s: no free channel that can do %s; vdma.ko brings channels=\n",
		       end->ring->config.user, what);
	return -ENODEV;
}

/* ---- memory ---- */

static int dma_ring_map_end(struct dma_ring_end *end)
{
	const u32 size = end->ring->config.ring_bytes;
	const enum dma_data_direction direction =
		end->direction == DMA_MEM_TO_DEV ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
	const size_t whole = size + RXLAB_RING_GUARD(size);

	if (end->ring->config.mapping == DMA_RING_COHERENT) {
		end->memory = dma_ring_fail(end->ring, "coherent memory") ?
				      NULL :
				      dma_alloc_coherent(dma_ring_dma_device(end), whole,
							 &end->addr, GFP_KERNEL);
		if (!end->memory)
			return -ENOMEM;
	} else {
		end->memory =
			dma_ring_fail(end->ring, "memory") ?
				NULL :
				(void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN,
							 get_order(whole));
		if (!end->memory)
			return -ENOMEM;
		if (!dma_ring_streaming(end->ring))
			return 0;
		end->addr = dma_map_single(dma_ring_dma_device(end), end->memory, size, direction);
		end->mapped = !dma_mapping_error(dma_ring_dma_device(end), end->addr);
		if (dma_ring_fail(end->ring, "mapping") || !end->mapped) {
			pr_err("%s: %u bytes cannot be mapped for %s; a bounce buffer takes 256 "
			       "KiB at most\n", end->ring->config.user, size,
			       dma_chan_name(end->chan));
			return -EIO;
		}
	}
	return 0;
}

static void dma_ring_unmap_end(struct dma_ring_end *end)
{
	const u32 size = end->ring->config.ring_bytes;
	const size_t whole = size + RXLAB_RING_GUARD(size);

	if (end->mapped)
		dma_unmap_single(dma_ring_dma_device(end), end->addr, size,
				 end->direction == DMA_MEM_TO_DEV ? DMA_TO_DEVICE :
								    DMA_FROM_DEVICE);
	if (end->memory && end->ring->config.mapping == DMA_RING_STREAMING)
		free_pages((unsigned long)end->memory, get_order(whole));
	else if (end->memory)
		dma_free_coherent(dma_ring_dma_device(end), whole, end->memory, end->addr);
	end->memory = NULL;
	end->mapped = false;
}

/* ---- the wire ---- */

/* Copies need no wire; a software engine's CPU time is asked for where it is one. */
static int dma_ring_open_copies(struct dma_ring *ring)
{
	const struct vdma_wire_ops *(*get)(void) = symbol_get(vdma_wire_ops);

	if (get) {
		ring->engine_ns = get()->engine_ns;
		ring->vdma_held = true;
	}
	ring->ops = &dma_ring_copy_ops;
	ring->wire = dma_ring_fail(ring, "copies") ? ERR_PTR(-ENOMEM) : dma_ring_copy_create(ring);
	if (!IS_ERR(ring->wire))
		return 0;
	ring->wire = NULL;
	return -ENOMEM;
}

static int dma_ring_open_wire(struct dma_ring *ring)
{
	const struct vdma_wire_ops *(*get)(void) =
		dma_ring_fail(ring, "wire's module") ? NULL : symbol_get(vdma_wire_ops);
	int err;

	if (!get) {
		pr_err("%s: %s: nothing paces this engine's cyclic transfers (vdma is not "
		       "loaded)\n", ring->config.user, dma_chan_name(ring->tx.chan));
		return -ENODEV;
	}
	ring->ops = get();
	ring->vdma_held = true;
	ring->config.wire.framing = &rxlab_record_framing;
	ring->wire = dma_ring_fail(ring, "wire") ?
			     ERR_PTR(-ENOMEM) :
			     ring->ops->create(ring->tx.chan, &ring->config.wire);
	if (IS_ERR(ring->wire)) {
		err = PTR_ERR(ring->wire);
		ring->wire = NULL;
		return err;
	}
	ring->peripheral.wire = ring->wire;
	err = dma_ring_fail(ring, "interrupt") ?
		      -EBUSY :
		      request_threaded_irq(ring->ops->irq(ring->wire), dma_ring_wire_interrupt,
					   ring->thread, 0, ring->config.name, ring);
	ring->irq_requested = !err;
	return err;
}

static void dma_ring_close_wire(struct dma_ring *ring)
{
	if (ring->irq_requested)
		free_irq(ring->ops->irq(ring->wire), ring);
	if (ring->wire)
		ring->ops->destroy(ring->wire);
	if (ring->vdma_held)
		symbol_put(vdma_wire_ops);
	ring->vdma_held = false;
	ring->engine_ns = NULL;
	ring->irq_requested = false;
	ring->wire = NULL;
	ring->ops = NULL;
}

/* ---- transfers ---- */

static int dma_ring_start_end(struct dma_ring_end *end)
{
	struct dma_ring *ring = end->ring;
	const struct dma_ring_config *config = &ring->config;
	struct dma_slave_config slave = {
		.src_addr_width = config->bus_width, .dst_addr_width = config->bus_width,
		.src_maxburst = config->maxburst, .dst_maxburst = config->maxburst,
		.peripheral_config = &ring->peripheral, .peripheral_size = sizeof(ring->peripheral),
	};
	const bool rx = end->direction == DMA_DEV_TO_MEM;
	struct dma_async_tx_descriptor *tx;
	int err;

	rxlab_ring_init(&end->side, end->memory, config->ring_bytes, config->batch);
	end->side.port = rx ? &rx_port : &tx_port;
	end->synced = end->published = 0;
	if (dma_ring_copies(ring))
		return 0;
	err = dma_ring_fail(ring, "channel's configuration") ?
		      -EINVAL :
		      dmaengine_slave_config(end->chan, &slave);
	if (err)
		return err;
	tx = dma_ring_fail(ring, "descriptor") ?
		     NULL :
		     dmaengine_prep_dma_cyclic(end->chan, end->addr, config->ring_bytes,
					       config->period_bytes, end->direction,
					       rx ? DMA_PREP_INTERRUPT : 0);
	if (!tx)
		return -EINVAL; /* the engine has said why */
	if (rx) {
		tx->callback = dma_ring_callback;
		tx->callback_param = ring;
	}
	end->cookie = dmaengine_submit(tx);
	err = dma_ring_fail(ring, "submission") ? -EIO : dma_submit_error(end->cookie);
	if (err)
		return err;
	dma_async_issue_pending(end->chan);
	return 0;
}

static void dma_ring_stop_transfers(struct dma_ring *ring)
{
	if (ring->tx.chan)
		dmaengine_terminate_sync(ring->tx.chan);
	if (ring->rx.chan)
		dmaengine_terminate_sync(ring->rx.chan);
}

static int dma_ring_start_transfers(struct dma_ring *ring)
{
	/* The receiver first, so that nothing arrives before it can be taken. */
	int err = dma_ring_start_end(&ring->rx);

	if (!err)
		err = dma_ring_start_end(&ring->tx);
	if (!err && ring->config.notify == DMA_RING_POLL && !dma_ring_copies(ring))
		ring->ops->mask(ring->wire);
	return err;
}

int dma_ring_restart(struct dma_ring *ring, u64 consumed)
{
	/* Paused first, so that no byte moves between the two terminations. */
	dmaengine_pause(ring->tx.chan);
	dmaengine_pause(ring->rx.chan);
	dma_ring_stop_transfers(ring);
	ring->ops->new_epoch(ring->wire, ring->tx.published, consumed);
	WRITE_ONCE(ring->error, false);
	return dma_ring_start_transfers(ring);
}
EXPORT_SYMBOL_NS_GPL(dma_ring_restart, RXLAB_RING_NAMESPACE);

int dma_ring_open(struct dma_ring *ring)
{
	const struct dma_ring_config *config = &ring->config;
	int err;

	ring->tx.ring = ring->rx.ring = ring;
	ring->tx.direction = DMA_MEM_TO_DEV;
	ring->rx.direction = DMA_DEV_TO_MEM;
	err = dma_ring_request_channel(&ring->tx, config->tx_channel);
	if (!err && dma_ring_copies(ring))
		ring->rx.chan = ring->tx.chan;
	else if (!err)
		err = dma_ring_request_channel(&ring->rx, config->rx_channel);
	if (!err)
		err = dma_ring_copies(ring) ? dma_ring_open_copies(ring) : dma_ring_open_wire(ring);
	if (!err)
		err = dma_ring_map_end(&ring->tx);
	if (!err)
		err = dma_ring_map_end(&ring->rx);
	if (!err)
		err = dma_ring_start_transfers(ring);
	if (err)
		dma_ring_close(ring);
	return err;
}
EXPORT_SYMBOL_NS_GPL(dma_ring_open, RXLAB_RING_NAMESPACE);

void dma_ring_close(struct dma_ring *ring)
{
	dma_ring_stop_transfers(ring);
	dma_ring_close_wire(ring);
	if (ring->rx.chan)
		dma_ring_unmap_end(&ring->rx);
	if (ring->tx.chan)
		dma_ring_unmap_end(&ring->tx);
	if (ring->rx.chan && ring->rx.chan != ring->tx.chan)
		dma_release_channel(ring->rx.chan);
	if (ring->tx.chan)
		dma_release_channel(ring->tx.chan);
	ring->tx.chan = ring->rx.chan = NULL;
}
EXPORT_SYMBOL_NS_GPL(dma_ring_close, RXLAB_RING_NAMESPACE);

MODULE_DESCRIPTION("one direction of a ring buffer over DMA: two rings, their channels, the wire "
		   "between them");
MODULE_LICENSE("GPL");
