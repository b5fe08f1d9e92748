// SPDX-License-Identifier: GPL-2.0
/*
 * copy.c - the rings over an engine that can only copy: memcpy descriptors over the filled span,
 * completion is credit.
 *
 * Most engines are like that (the ioat class). What a wire does for cyclic transfers is done here
 * by the client itself: the same calls (vdma_wire_ops), so that nothing else of the module knows. A
 * span goes to the same offset of the receive ring, at most a period at once; with
 * mapping=streaming each is mapped before and unmapped after its copy, which is what such a client
 * pays for an IOMMU or a bounce buffer.
 */
#include <linux/dma-mapping.h>
#include <linux/slab.h>

#include "link.h"

#define JOBS 16 /* descriptors in flight */

struct copy_job {
	struct copy *copy;
	u64 from;
	size_t length;
	dma_addr_t src, dst;
	bool busy;
};

/* Stands where a vdma wire stands. @lock guards all of it; positions are read without. */
struct copy {
	struct dma_wire wire;
	struct dma_ring *ring;
	spinlock_t lock;
	u64 published, consumed, submitted, done;
	u64 tx_wanted;
	bool tx_armed;
	struct copy_job jobs[JOBS];
	struct vdma_wire_stats stats;
};

static struct copy *dma_ring_to_copy(struct dma_wire *wire)
{
	return container_of(wire, struct copy, wire);
}

static struct device *dma_ring_copy_device_of(struct copy *copy)
{
	return dmaengine_get_dma_device(copy->ring->tx.chan);
}

static bool dma_ring_copy_streaming(struct copy *copy)
{
	return copy->ring->config.mapping == DMA_RING_STREAMING;
}

static void dma_ring_copy_unmap(struct copy_job *job)
{
	struct copy *copy = job->copy;

	if (dma_ring_copy_streaming(copy)) {
		dma_unmap_single(dma_ring_copy_device_of(copy), job->src, job->length,
				 DMA_TO_DEVICE);
		dma_unmap_single(dma_ring_copy_device_of(copy), job->dst, job->length,
				 DMA_FROM_DEVICE);
	}
	job->busy = false;
}

static bool dma_ring_copy_map(struct copy_job *job)
{
	struct copy *copy = job->copy;
	struct dma_ring *ring = copy->ring;
	const u64 at = rxlab_ring_offset(&ring->tx.side, job->from);

	if (!dma_ring_copy_streaming(copy)) {
		job->src = ring->tx.addr + at;
		job->dst = ring->rx.addr + at;
		return true;
	}
	job->src = dma_map_single(dma_ring_copy_device_of(copy), ring->tx.memory + at, job->length,
				  DMA_TO_DEVICE);
	if (dma_mapping_error(dma_ring_copy_device_of(copy), job->src))
		return false;
	job->dst = dma_map_single(dma_ring_copy_device_of(copy), ring->rx.memory + at, job->length,
				  DMA_FROM_DEVICE);
	if (!dma_mapping_error(dma_ring_copy_device_of(copy), job->dst))
		return true;
	dma_unmap_single(dma_ring_copy_device_of(copy), job->src, job->length, DMA_TO_DEVICE);
	return false;
}

static void dma_ring_copied(void *data, const struct dmaengine_result *result);

static bool dma_ring_copy_submit(struct copy_job *job)
{
	struct dma_ring *ring = job->copy->ring;
	struct dma_async_tx_descriptor *tx;

	if (!dma_ring_copy_map(job))
		return false;
	tx = dmaengine_prep_dma_memcpy(ring->tx.chan, job->dst, job->src, job->length,
				       DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
	job->busy = true;
	if (!tx || (tx->callback_result = dma_ring_copied, tx->callback_param = job,
		    dma_submit_error(dmaengine_submit(tx)))) {
		dma_ring_copy_unmap(job);
		return false;
	}
	return true;
}

static struct copy_job *dma_ring_copy_free_job(struct copy *copy)
{
	int i;

	for (i = 0; i < JOBS; i++)
		if (!copy->jobs[i].busy)
			return &copy->jobs[i];
	return NULL;
}

static bool dma_ring_copy_in_flight(const struct copy *copy)
{
	return copy->done != copy->submitted;
}

/*
 * Bytes that a descriptor can move now: filled, with credit, at most a period, and in one piece in
 * both rings.
 */
static u64 dma_ring_copy_filled_span(struct copy *copy)
{
	const struct rxlab_ring_side *tx = &copy->ring->tx.side;
	const u64 period = copy->ring->config.period_bytes;
	/* before the bytes; pairs with dma_ring_copy_publish() */
	const u64 filled = smp_load_acquire(&copy->published) - copy->submitted;
	/* A period less than the ring, as behind a wire: full must not look like empty. */
	const u64 credit = copy->consumed + tx->size - period - copy->submitted;

	if (filled && !credit)
		copy->stats.rx_stalled++;
	return min(min(filled, credit), min(period, rxlab_ring_to_end(tx, copy->submitted)));
}

static void dma_ring_copy_fail(struct copy *copy)
{
	copy->stats.errors++;
	WRITE_ONCE(copy->ring->error, true);
	copy->ring->told(copy->ring, VDMA_ERROR, ktime_get_ns());
}

/* As many descriptors as there are filled spans, credit and jobs for. @lock is held. */
static void dma_ring_copy_pump(struct copy *copy)
{
	bool issued = false;
	struct copy_job *job;
	u64 span;

	while ((span = dma_ring_copy_filled_span(copy)) && (job = dma_ring_copy_free_job(copy))) {
		job->from = copy->submitted;
		job->length = span;
		if (!dma_ring_copy_submit(job)) {
			/*
			 * Bounce buffers or descriptors may be short for now: the next completion
			 * tries again.
			 */
			if (!dma_ring_copy_in_flight(copy))
				dma_ring_copy_fail(copy);
			break;
		}
		copy->submitted += span;
		issued = true;
	}
	if (issued)
		dma_async_issue_pending(copy->ring->tx.chan);
}

static void dma_ring_copy_tell_producer(struct copy *copy)
{
	if (!copy->tx_armed || copy->done < copy->tx_wanted)
		return;
	copy->tx_armed = false;
	copy->stats.by_tx_space++;
	copy->ring->told(copy->ring, VDMA_TX_SPACE, ktime_get_ns());
}

/* In the engine's tasklet; one channel completes in order. */
static void dma_ring_copied(void *data, const struct dmaengine_result *result)
{
	struct copy_job *job = data;
	struct copy *copy = job->copy;
	struct dma_ring *ring = copy->ring;
	const bool good = !result || result->result == DMA_TRANS_NOERROR;
	unsigned long flags;

	spin_lock_irqsave(&copy->lock, flags);
	/* the receiver's memory is its own again before the position says so */
	dma_ring_copy_unmap(job);
	if (good && !READ_ONCE(ring->error)) {
		/* pairs with the acquire in dma_ring_copy_position() */
		smp_store_release(&copy->done, copy->done + job->length);
		copy->stats.tx_bytes += job->length;
		copy->stats.rx_bytes += job->length;
		copy->stats.tx_bursts++;
		copy->stats.rx_bursts++;
		dma_ring_copy_tell_producer(copy);
		dma_ring_copy_pump(copy);
	} else if (!good) {
		dma_ring_copy_fail(copy);
	}
	spin_unlock_irqrestore(&copy->lock, flags);
	dma_ring_period_passed(ring);
}

/* ---- the calls of a wire ---- */

static void dma_ring_copy_publish(struct dma_wire *wire, u64 position)
{
	/* after the records' bytes; pairs with dma_ring_copy_filled_span() */
	smp_store_release(&dma_ring_to_copy(wire)->published, position);
}

static void dma_ring_copy_doorbell(struct dma_wire *wire)
{
	struct copy *copy = dma_ring_to_copy(wire);
	unsigned long flags;

	spin_lock_irqsave(&copy->lock, flags);
	if (!READ_ONCE(copy->ring->error))
		dma_ring_copy_pump(copy);
	spin_unlock_irqrestore(&copy->lock, flags);
}

static void dma_ring_copy_consumed(struct dma_wire *wire, u64 position)
{
	struct copy *copy = dma_ring_to_copy(wire);
	unsigned long flags;

	spin_lock_irqsave(&copy->lock, flags);
	copy->consumed = position;
	if (!READ_ONCE(copy->ring->error))
		dma_ring_copy_pump(copy);
	spin_unlock_irqrestore(&copy->lock, flags);
}

/* What was copied has left the transmit ring and is in the receive ring. */
static u64 dma_ring_copy_position(struct dma_wire *wire)
{
	/* before either ring is touched; pairs with the release in dma_ring_copied() */
	return smp_load_acquire(&dma_ring_to_copy(wire)->done);
}

static void dma_ring_copy_arm_tx(struct dma_wire *wire, u64 position)
{
	struct copy *copy = dma_ring_to_copy(wire);
	unsigned long flags;

	spin_lock_irqsave(&copy->lock, flags);
	copy->tx_wanted = position;
	copy->tx_armed = true;
	dma_ring_copy_tell_producer(copy);
	spin_unlock_irqrestore(&copy->lock, flags);
}

static void dma_ring_copy_mask(struct dma_wire *wire)
{
}

static bool dma_ring_copy_unmask(struct dma_wire *wire, u64 position)
{
	return dma_ring_copy_position(wire) != position;
}

/* The channel was terminated: what was in flight is given up. */
static u64 dma_ring_copy_new_epoch(struct dma_wire *wire, u64 published, u64 consumed)
{
	struct copy *copy = dma_ring_to_copy(wire);
	int i;

	for (i = 0; i < JOBS; i++)
		if (copy->jobs[i].busy)
			dma_ring_copy_unmap(&copy->jobs[i]);
	copy->published = copy->consumed = copy->submitted = copy->done = 0;
	copy->tx_armed = false;
	copy->stats.gap_bytes += published - consumed;
	copy->stats.epochs++;
	return published - consumed;
}

static void dma_ring_copy_get_stats(struct dma_wire *wire, struct vdma_wire_stats *stats)
{
	struct copy *copy = dma_ring_to_copy(wire);

	vdma_wire_stats_read(&copy->stats, stats);
	stats->engine_ns = copy->ring->engine_ns ? copy->ring->engine_ns(copy->ring->tx.chan) : 0;
}

static void dma_ring_copy_destroy(struct dma_wire *wire)
{
	struct copy *copy = dma_ring_to_copy(wire);

	dma_ring_copy_new_epoch(wire, 0, 0);
	kfree(copy);
}

const struct vdma_wire_ops dma_ring_copy_ops = {
	.destroy = dma_ring_copy_destroy,
	.publish = dma_ring_copy_publish,
	.doorbell = dma_ring_copy_doorbell,
	.consumed = dma_ring_copy_consumed,
	.tx_position = dma_ring_copy_position,
	.rx_position = dma_ring_copy_position,
	.arm_tx = dma_ring_copy_arm_tx,
	.mask = dma_ring_copy_mask,
	.unmask = dma_ring_copy_unmask,
	.new_epoch = dma_ring_copy_new_epoch,
	.get_stats = dma_ring_copy_get_stats,
};

struct dma_wire *dma_ring_copy_create(struct dma_ring *ring)
{
	struct copy *copy = kzalloc(sizeof(*copy), GFP_KERNEL);
	int i;

	if (!copy)
		return ERR_PTR(-ENOMEM);
	copy->wire.ops = &dma_ring_copy_ops;
	copy->ring = ring;
	spin_lock_init(&copy->lock);
	for (i = 0; i < JOBS; i++)
		copy->jobs[i].copy = copy;
	return &copy->wire;
}
