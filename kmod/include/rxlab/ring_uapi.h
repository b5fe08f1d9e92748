/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ring_uapi.h - /dev/dma_ring: one stream of records through the rings per call. Shared by
 * dma_ring.ko and its users.
 */
#ifndef RXLAB_RING_UAPI_H
#define RXLAB_RING_UAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#include "histogram.h"

#define DMA_RING_DEVICE "/dev/dma_ring"
#define DMA_RING_VERSION 1

/*
 * Counters that the ring has; the names are those that the runner tells. All count what this call
 * did.
 */
#define DMA_RING_COUNTERS(C) \
	C(sent)              /* records committed */ \
	C(received)          /* records peeked at and found good */ \
	C(wrong)             /* records whose check failed */ \
	C(out_of_order)      /* records that are good and were read before, or overtaken */ \
	C(gap_records)       /* records that a new epoch gave up */ \
	C(payload_bytes)     /* of the records received */ \
	C(producer_publications) /* times the producer told the engine: doorbells */ \
	C(producer_peer_loads)   /* times it asked how far the engine is */ \
	C(consumer_publications) /* times the consumer gave credit */ \
	C(consumer_peer_loads)   /* times it asked how far the engine is */ \
	C(skipped_bytes)     /* left at the ring's end, where a record did not fit */ \
	C(producer_waits)    /* times the ring was full */ \
	C(consumer_waits)    /* times it was empty */ \
	C(timeouts)          /* waits that ended because nothing told of what was there */ \
	C(interrupts)        /* handled */ \
	C(spurious)          /* of which without a cause: duplicates */ \
	C(callbacks)         /* of dmaengine, one or more periods each */ \
	C(periods)           /* received */ \
	C(fault_wrap)        /* of the naive variant, as in ring.h */ \
	C(fault_overwrite) \
	C(fault_full_empty) \
	C(fault_torn) \
	C(wire_interrupts)   /* and the wire's own, as in vdma_wire.h */ \
	C(wire_by_watermark) \
	C(wire_by_usecs) \
	C(wire_by_idle) \
	C(wire_by_watchdog) \
	C(wire_by_tx_space) \
	C(wire_lost) \
	C(wire_late) \
	C(wire_duplicated) \
	C(wire_tx_bytes) \
	C(wire_rx_bytes) \
	C(wire_tx_bursts) \
	C(wire_rx_bursts) \
	C(wire_tx_starved) \
	C(wire_rx_stalled) \
	C(wire_dropped_records) \
	C(wire_dropped_bytes) \
	C(wire_bad_headers) \
	C(wire_gap_bytes) \
	C(wire_epochs) \
	C(wire_stalls) \
	C(wire_errors) \
	C(wire_engine_ns)    /* CPU time of the engine */ \
	C(elapsed_ns)        /* from the first record begun to the last consumed, or given up */ \
	C(idle_ns)           /* of it, summed over CPUs, idle */

struct dma_ring_counters {
#define DMA_RING_FIELD(name) __u64 name;
	DMA_RING_COUNTERS(DMA_RING_FIELD)
#undef DMA_RING_FIELD
};

/**
 * struct dma_ring_run - argument of DMA_RING_RUN
 * @version:     DMA_RING_VERSION
 * @quiet_ms:    give up what has not arrived when nothing has moved for so long; 1 to 60000
 * @records:     to send, at least 1
 * @payload_min: bytes of a record's payload: at least
 * @payload_max: and at most; each length is drawn from @seed
 * @seed:        of lengths and contents
 * @counters:    out
 * @to_handler:  out, ns: from the wire's condition to the interrupt handler's first instruction
 * @to_consumer: out, ns: from there to the consumer looking at the ring
 *
 * The call returns when the last record was consumed or given up, or -EINTR at a signal; the rings
 * are then as they were. -EINVAL for a field out of range, -EBUSY while another call runs, -EPROTO
 * for another version.
 */
struct dma_ring_run {
	__u32 version, quiet_ms;
	__u64 records;
	__u32 payload_min, payload_max;
	__u64 seed;
	struct dma_ring_counters counters;
	struct histogram to_handler, to_consumer;
};

#define DMA_RING_RUN _IOWR('r', 1, struct dma_ring_run)

#endif
