/* SPDX-License-Identifier: GPL-2.0 */
/* link.h - what ring_link's files share. */
#ifndef RING_LINK_H
#define RING_LINK_H

#include <rxlab/ring_link.h>

static inline bool dma_ring_fail(const struct dma_ring *ring, const char *step)
{
	return ring->config.fail && ring->config.fail(step);
}

/* link.c */
void dma_ring_period_passed(struct dma_ring *ring); /* by the engine's callback */

/* copy.c: what stands for the wire where the engine only copies. */
extern const struct vdma_wire_ops dma_ring_copy_ops;
struct dma_wire *dma_ring_copy_create(struct dma_ring *ring);

#endif
