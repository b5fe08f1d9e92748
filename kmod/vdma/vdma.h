/* SPDX-License-Identifier: GPL-2.0 */
/* vdma.h - what vdma's files share. */
#ifndef VDMA_H
#define VDMA_H

#include <linux/dmaengine.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/smp.h>

#include <rxlab/kernel.h>
#include <rxlab/vdma_wire.h>

#define VDMA_MAX_CHANNELS 16
#define VDMA_MAX_WIRES (VDMA_MAX_CHANNELS / 2)
#define VDMA_MAX_USECS (60u * USEC_PER_SEC)
#define VDMA_MAX_LENGTH SZ_64M /* of a transfer, and so of a span */
#define VDMA_CHUNK SZ_4K /* bytes moved with interrupts off: about a microsecond */

struct iommu_domain;

struct vdma_span {
	dma_addr_t addr;
	size_t len;
};

/*
 * One transfer: between its spans and a wire, once or cyclic (then it has one span), or a copy from
 * src to its one span. One that is not cyclic has one period, its length.
 */
struct vdma_desc {
	struct dma_async_tx_descriptor tx;
	struct list_head node;
	bool paced, cyclic;
	dma_addr_t src;
	size_t len, period;
	size_t copied; /* of a copy */
	u64 start;     /* the wire's position where it began */
	enum dmaengine_tx_result result;
	struct vdma_span *span; /* where it is */
	size_t passed;          /* bytes of the spans before that one */
	struct vdma_span spans[];
};

/*
 * A channel. @lock guards everything here; the engine holds it while it moves a chunk, so once
 * pause or terminate return no byte moves any more. Raw, for the engine may be an interrupt.
 */
struct vdma_chan {
	struct dma_chan chan;
	struct vdma_dev *vdma;
	raw_spinlock_t lock;
	struct dma_slave_config config;
	struct vdma_wire *wire;              /* from config.peripheral_config, or NULL */
	struct list_head prepared, submitted, issued, done;
	struct vdma_desc *active;
	/* a period passed and its callback has not run: one pointer, so periods merge */
	struct vdma_desc *cyclic_due;
	bool paused, failed;
	u32 burst;                           /* bytes */
	/* bytes of the bus, the unit where less than a burst is left */
	u32 width;
	u64 moved;                           /* the wire's position of the active transfer */
	/* the controller's own: ends in the tasklet, as the dmaengine API promises */
	struct irq_work interrupt;
	struct tasklet_struct callbacks;
	u64 periods, callbacks_run;
	u64 copied_bytes;                    /* of copies; what a wire paces it counts itself */
	u64 engine_ns;                       /* CPU time spent on moving its bytes */
};

enum vdma_fault {
	VDMA_FAULT_LOST,
	VDMA_FAULT_LATE,
	VDMA_FAULT_DUPLICATED,
	VDMA_FAULT_STALL,
	VDMA_FAULT_ERROR,
	VDMA_FAULTS
};

/*
 * Hits every @interval-th event, @times times (-1: always), as the kernel's own fault injection
 * does.
 */
struct vdma_fault_point {
	u32 interval;
	atomic_t times;
	atomic_t events;
	atomic_t hits;
};

struct vdma_wire {
	struct dma_wire wire;
	struct vdma_dev *vdma;
	struct vdma_wire_config config;
	int index;
	/* joined to it by dma_slave_config; changed under @lock, read under a channel's, too */
	struct vdma_chan *tx, *rx;
	/* bytes; the transmit side must not look into the receiver's descriptor */
	size_t rx_ring;

	/* Written by one side, read by the other. */
	u64 published ____cacheline_aligned; /* client's: bytes ready in the transmit ring */
	u64 consumed;                        /* client's: bytes free again in the receive ring */
	u64 tx_moved ____cacheline_aligned;  /* engine's */
	u64 rx_moved;                        /* engine's */

	/* The engine's alone. */
	u8 *fifo ____cacheline_aligned;
	u64 fifo_in, fifo_out;
	bool tx_active, rx_waiting;          /* for counting starved and stalled once each */
	u8 header[VDMA_MOST_HEADER];         /* lossy mode: of the record that is arriving */
	u32 header_have;
	u64 record_left;                     /* bytes of it still to come */
	u64 parsed;                          /* position in the transmit ring */
	bool dropping, unparsable;
	u64 rate_since, rate_bytes;          /* the line's budget is counted from here */
	u64 stalled_until;

	/* The wire's own source, under the receive channel's lock. */
	u8 *source;                          /* the list, or NULL */
	size_t source_bytes, source_at;
	u64 source_rate, source_count;       /* frames a second, and in all; 0: without end */
	u64 source_since, source_offered;

	/* Notification, under @lock, which timers and interrupts take: raw, for PREEMPT_RT. */
	raw_spinlock_t lock;
	bool masked, tx_armed;
	u64 told;                            /* rx position at the last notification or unmask */
	u64 tx_wanted;
	u32 causes;
	u64 raised_ns;                       /* of the first cause that nobody asked for yet */
	struct hrtimer usecs, idle, watchdog, late;
	bool due;                            /* an interrupt is wanted and was not raised yet */
	bool again;                          /* a duplicate is to follow */
	unsigned int irq;
	int irq_cpu;
	struct irq_work local;
	call_single_data_t remote;

	struct vdma_wire_stats stats;
};

struct vdma_dev {
	struct dma_device dma;
	struct device *dev;
	struct iommu_domain *domain;         /* what its addresses are translated by, or NULL */
	struct task_struct *engine;          /* or NULL: */
	struct hrtimer tick;
	atomic_t kicked;
	struct irq_domain *irqs;
	struct fwnode_handle *fwnode;
	struct vdma_fault_point faults[VDMA_FAULTS];
	u32 late_usecs, stall_usecs;
	struct dentry *debugfs;
	struct mutex wires_lock;
	struct vdma_wire *wires[VDMA_MAX_WIRES];
	unsigned int channel_count;
	struct vdma_chan channels[];
};

/* main.c: steps of probe that can be made to fail, one after the other (parameter fail_at). */
bool vdma_fail(const char *step);

/* channel.c */
void vdma_channels_init(struct vdma_dev *vdma);
void vdma_channels_exit(struct vdma_dev *vdma);
struct vdma_chan *vdma_chan_of(struct dma_chan *chan); /* NULL when it is another engine's */
void vdma_chan_leave_wire(struct vdma_chan *chan);
/* under chan->lock */
void vdma_chan_complete(struct vdma_chan *chan, enum dmaengine_tx_result result);
/* likewise: the active transfer's period has passed */
void vdma_chan_period(struct vdma_chan *chan);

/* engine.c */
int vdma_engine_main(void *vdma);
enum hrtimer_restart vdma_engine_tick(struct hrtimer *tick);
void vdma_kick(struct vdma_dev *vdma);

static inline struct vdma_wire *to_vdma_wire(struct dma_wire *wire)
{
	return container_of(wire, struct vdma_wire, wire);
}

/* notify.c: under no lock but a channel's */
void vdma_notify_init(struct vdma_wire *wire);
void vdma_notify_end(struct vdma_wire *wire); /* no timer runs, and none starts */
void vdma_wire_arrived(struct vdma_wire *wire);  /* rx_moved has grown */
void vdma_wire_departed(struct vdma_wire *wire); /* tx_moved has grown */
void vdma_wire_failed(struct vdma_wire *wire);   /* a channel stopped with an error */
/* ... and of struct vdma_wire_ops */
void vdma_wire_arm_tx(struct dma_wire *dma_wire, u64 position);
unsigned int vdma_wire_causes(struct dma_wire *dma_wire, u64 *raised_ns);
void vdma_wire_mask(struct dma_wire *dma_wire);
bool vdma_wire_unmask(struct dma_wire *dma_wire, u64 position);
void vdma_wire_remind(struct dma_wire *dma_wire);
int vdma_wire_policy(struct dma_wire *dma_wire, u32 watermark_bytes, u32 usecs);

/* fifo.c: in the engine */
size_t vdma_wire_room(struct vdma_wire *wire); /* bytes it takes now */
void vdma_wire_put(struct vdma_wire *wire, const u8 *bytes, size_t count);
size_t vdma_wire_have(struct vdma_wire *wire); /* bytes it holds */
void vdma_wire_get(struct vdma_wire *wire, u8 *bytes, size_t count);
size_t vdma_fifo_free(struct vdma_wire *wire);
void vdma_fifo_put(struct vdma_wire *wire, const u8 *bytes, size_t count);

/* lossy.c: in the engine */
void vdma_lossy_put(struct vdma_wire *wire, const u8 *bytes, size_t count);
/* A frame of the wire's own source; false: dropped. */
bool vdma_wire_offer(struct vdma_wire *wire, const void *frame, u32 length, u64 now);

/* rate.c: in the engine */
void vdma_wire_forget_rate(struct vdma_wire *wire);
u64 vdma_wire_budget(struct vdma_wire *wire, u64 now); /* bytes that the rate allows now */
u64 vdma_wire_moment(struct vdma_wire *wire);          /* bytes of 50 us of the line */
/* ns until the rate allows so many bytes */
u64 vdma_wire_patience(struct vdma_wire *wire, u64 now, size_t count);

/* source.c */
int vdma_source_set(struct dma_wire *dma_wire, const void *frames, size_t bytes, u64 per_second,
		    u64 count);
void vdma_source_run(struct vdma_wire *wire, u64 *patience);

/* irq.c */
int vdma_irqs_init(struct vdma_dev *vdma);
void vdma_irqs_exit(struct vdma_dev *vdma);
int vdma_irq_get(struct vdma_wire *wire);
void vdma_irq_put(struct vdma_wire *wire);
void vdma_irq_raise(struct vdma_wire *wire); /* wire->lock held */
void vdma_irq_handle(struct vdma_wire *wire); /* in hard-IRQ context */

/* msi.c */
int vdma_msi_init(void);
void vdma_msi_exit(void);
bool vdma_msi_used(void);
int vdma_msi_join(struct vdma_wire *wire);
void vdma_msi_leave(struct vdma_wire *wire);
bool vdma_msi_raise(struct vdma_wire *wire); /* wire->lock held */

/* faults.c */
bool vdma_fault_hits(struct vdma_dev *vdma, enum vdma_fault fault);
void vdma_faults_init(struct vdma_dev *vdma);
void vdma_faults_exit(struct vdma_dev *vdma);

#endif
