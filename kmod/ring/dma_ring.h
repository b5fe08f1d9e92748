/* SPDX-License-Identifier: GPL-2.0 */
/* dma_ring.h - what dma_ring's files share. */
#ifndef DMA_RING_H
#define DMA_RING_H

#include <linux/dmaengine.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/wait.h>

#include <rxlab/ring.h>
#include <rxlab/ring_uapi.h>
#include <rxlab/vdma_wire.h>

enum dma_ring_mapping { DMA_RING_COHERENT, DMA_RING_STREAMING };
enum dma_ring_transfer { DMA_RING_CYCLIC, DMA_RING_MEMCPY };
enum dma_ring_notify { DMA_RING_PERIOD, DMA_RING_WATERMARK, DMA_RING_TIMER, DMA_RING_POLL };

/* The module's parameters, checked. */
struct dma_ring_config {
	const char *tx_channel, *rx_channel;
	const struct rxlab_ring_variant *variant;
	enum dma_ring_transfer transfer;
	enum dma_ring_mapping mapping;
	enum dma_ring_notify notify;
	u32 ring_bytes, period_bytes, bus_width, maxburst, batch;
	struct vdma_wire_config wire;
};

/* One direction: a ring in memory, the channel that moves it, our end of it. */
struct dma_ring_end {
	struct rxlab_ring_side side;
	struct dma_ring *ring;
	struct dma_chan *chan;
	enum dma_transfer_direction direction;
	void *memory;       /* the ring and its guard */
	dma_addr_t addr;
	bool mapped;
	dma_cookie_t cookie;
	u64 synced;         /* position of the other end that we know of: memory up to here is ours */
	u64 published;      /* position that the other end knows of: memory up to here is its own */
};

struct dma_ring {
	struct dma_ring_config config;
	const struct vdma_wire_ops *ops;
	struct vdma_wire *wire;
	u64 (*engine_ns)(struct dma_chan *chan); /* of a software engine that copies, or NULL */
	struct vdma_peripheral peripheral;
	bool irq_requested, vdma_held;
	struct dma_ring_end tx, rx;

	/* What the handlers tell the threads. */
	wait_queue_head_t wait;
	bool arrived, space, error;
	u64 handled_ns;     /* when the handler ran that set arrived; 0: the consumer has taken note */
	u64 interrupts, spurious, callbacks;
	struct histogram to_handler, to_consumer;

	struct mutex running;
};

/* link.c. Nothing is left behind by an error; each step can be made to fail by fail_at. */
int dma_ring_open(struct dma_ring *ring);
void dma_ring_close(struct dma_ring *ring);
int dma_ring_restart(struct dma_ring *ring, u64 consumed); /* pause, terminate, synchronize, new epoch, start */

void dma_ring_period_passed(struct dma_ring *ring); /* by the engine's callback */

/* copy.c: what stands for the wire where the engine only copies. */
extern const struct vdma_wire_ops dma_ring_copy_ops;
struct vdma_wire *dma_ring_copy_create(struct dma_ring *ring);

/* stream.c */
int dma_ring_stream(struct dma_ring *ring, struct dma_ring_run *run);

/* main.c */
bool dma_ring_fail(const char *step);

#endif
