/* SPDX-License-Identifier: GPL-2.0 */
/* dma_ring.h - what dma_ring's files share. */
#ifndef DMA_RING_H
#define DMA_RING_H

#include <linux/mutex.h>
#include <linux/wait.h>

#include <rxlab/ring_link.h>
#include <rxlab/ring_uapi.h>

struct dma_ring_device {
	struct dma_ring ring;

	/* What the handlers tell the threads. */
	wait_queue_head_t wait;
	bool arrived, space;
	/* when the handler ran that set arrived; 0: the consumer has taken note */
	u64 handled_ns;
	struct histogram to_consumer;

	struct mutex running;
};

/* stream.c */
irqreturn_t dma_ring_told(struct dma_ring *ring, unsigned int causes, u64 now);
int dma_ring_stream(struct dma_ring_device *device, struct dma_ring_run *run);

#endif
