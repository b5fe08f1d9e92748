/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ring_link.h - one direction: a transmit ring, the DMA channels and the wire behind it, a receive
 * ring at the other end.
 *
 * ring_link.ko puts them together; dma_ring.ko sends a stream of records through one, rxnic.ko
 * frames through several.
 */
#ifndef RXLAB_RING_LINK_H
#define RXLAB_RING_LINK_H

#include <linux/dmaengine.h>
#include <linux/interrupt.h>

#include <rxlab/histogram.h>
#include <rxlab/kernel.h>
#include <rxlab/ring.h>
#include <rxlab/vdma_wire.h>

enum dma_ring_mapping { DMA_RING_COHERENT, DMA_RING_STREAMING };
enum dma_ring_transfer { DMA_RING_CYCLIC, DMA_RING_MEMCPY };
enum dma_ring_notify { DMA_RING_PERIOD, DMA_RING_WATERMARK, DMA_RING_TIMER, DMA_RING_POLL };

/* The user's parameters; dma_ring_check() them. */
struct dma_ring_config {
	const char *user;                  /* its name, before every message */
	const char *name;                  /* of this ring, in /proc/interrupts */
	bool (*fail)(const char *step);    /* for tests: shall this step of set-up fail? or NULL */
	const char *tx_channel, *rx_channel;
	const struct rxlab_ring_variant *variant;
	enum dma_ring_transfer transfer;
	enum dma_ring_mapping mapping;
	enum dma_ring_notify notify;
	u32 ring_bytes, period_bytes, bus_width, maxburst, batch;
	bool own_doorbell;                 /* the user rings it: publishing alone does not */
	struct vdma_wire_config wire;
};

/* A ring in memory, the channel that moves it, our end of it. */
struct dma_ring_end {
	struct rxlab_ring_side side;
	struct dma_ring *ring;
	struct dma_chan *chan;
	enum dma_transfer_direction direction;
	void *memory;       /* the ring and its guard */
	dma_addr_t addr;
	bool mapped;
	dma_cookie_t cookie;
	/* position of the other end that we know of: memory up to here is ours */
	u64 synced;
	u64 published;      /* position that the other end knows of: memory up to here is its own */
};

/**
 * struct dma_ring - one direction
 * @config:     as checked; the strings must live as long
 * @told:       set by the user: what happened, by enum vdma_cause (a passed period counts as
 *              VDMA_WATERMARK), at @now ns. In the interrupt's handler (hard-IRQ context, or a
 *              thread's with threadirqs and PREEMPT_RT), or in the engine's tasklet; for all but
 *              VDMA_TX_SPACE alone the wire is masked. IRQ_WAKE_THREAD: @thread is to run.
 * @thread:     set by the user, or NULL: the wire's interrupt gets a thread, which @told wakes.
 *              irq_wake_thread() would wake the wrong one where handlers are forced into threads.
 * @ops:        of the wire, or of what stands for it
 * @error:      a channel failed: dma_ring_restart() is due
 * @interrupts: taken; @spurious of them without a cause; @callbacks of dmaengine; @to_handler: ns
 *              from cause to handler
 */
struct dma_ring {
	struct dma_ring_config config;
	irqreturn_t (*told)(struct dma_ring *ring, unsigned int causes, u64 now);
	irq_handler_t thread;
	const struct vdma_wire_ops *ops;
	struct dma_wire *wire;
	u64 (*engine_ns)(struct dma_chan *chan); /* of a software engine that copies, or NULL */
	struct vdma_peripheral peripheral;
	bool irq_requested, vdma_held;
	struct dma_ring_end tx, rx;
	bool error;
	u64 interrupts, spurious, callbacks;
	struct histogram to_handler;
};

/*
 * All in process context. An error leaves nothing behind, and the kernel log says what was wrong;
 * each step of open can be made to fail by config.fail.
 */
int dma_ring_check(const struct dma_ring_config *config); /* -EINVAL for what is out of range */
int dma_ring_open(struct dma_ring *ring);
void dma_ring_close(struct dma_ring *ring);
/* pause, terminate, synchronize, new epoch, start */
int dma_ring_restart(struct dma_ring *ring, u64 consumed);

/*
 * The place of a value among words; -EINVAL, and the words in the kernel log, where it is none of
 * them.
 */
int dma_ring_choice(const char *user, const char *parameter, const char *value,
		    const char *const *words, int count);
/* or NULL, likewise */
const struct rxlab_ring_variant *dma_ring_variant(const char *user, const char *name);

#endif
