/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rxnic.h - what rxnic's files share.
 *
 * Two ports, joined by lines. A line is one direction of one queue: transmit ring of a port, DMA,
 * wire, receive ring of the other port, and the handler that empties it. Lines live while both
 * ports are up.
 */
#ifndef RXNIC_H
#define RXNIC_H

#include <linux/bpf.h>
#include <linux/etherdevice.h>
#include <linux/filter.h>
#include <linux/hrtimer.h>
#include <linux/if_vlan.h>
#include <linux/instrumented.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/u64_stats_sync.h>
#include <linux/workqueue.h>
#include <net/xdp.h>
#ifdef RXNIC_HAS_PAGE_POOL_HELPERS
#include <net/page_pool/helpers.h>
#else
#include <net/page_pool.h>
#endif

#include <rxlab/ring_link.h>

#define RXNIC_MAX_QUEUES 4
#define RXNIC_MAX_MTU 9000
#define RXNIC_MAX_WORK 1000000u
/* What a frame has around it, in its page and on the line. */
#define RXNIC_AROUND (XDP_PACKET_HEADROOM + SKB_DATA_ALIGN(sizeof(struct skb_shared_info)))
#define RXNIC_FRAME(mtu) ((mtu) + ETH_HLEN + VLAN_HLEN)
#define RXNIC_XDP_MTU ((int)(PAGE_SIZE - RXNIC_AROUND - ETH_HLEN - VLAN_HLEN))

/*
 * Counters, as ethtool -S names them. Of the transmitting side, under its queue's lock:
 *   tx_frames      put into the ring: by the stack, and of them tx_xdp by XDP_TX and tx_redirected
 *                  by XDP_REDIRECT
 *   tx_doorbells   the engine was told; of them tx_held by the timer that had held it back
 *   tx_stops       the ring was full and the queue was stopped
 *   tx_dropped     never put into the ring: the line was down, the frame too long, or XDP found no
 *                  room
 */
#define RXNIC_TX_COUNTERS(C) \
	C(tx_frames) C(tx_bytes) C(tx_xdp) C(tx_redirected) C(tx_doorbells) C(tx_held) \
	C(tx_stops) C(tx_dropped)

/*
 * Of the receiving side, its handler's alone. rx_frames is what was taken from the ring, and the
 * sum of
 *   xdp_drop, xdp_aborted, xdp_tx, xdp_tx_dropped, xdp_redirect, xdp_redirect_dropped
 *   rx_passed      to the stack (xdp_pass are those that a program let through)
 *   rx_no_page, rx_no_skb, rx_bad   dropped: no memory, or a header that the sender did not write
 * rx_work are calls of the handler that found something, rx_exhausted those that used up their
 * budget.
 */
#define RXNIC_RX_COUNTERS(C) \
	C(rx_frames) C(rx_bytes) C(rx_passed) C(xdp_pass) C(xdp_drop) C(xdp_aborted) C(xdp_tx) \
	C(xdp_tx_dropped) C(xdp_redirect) C(xdp_redirect_dropped) C(rx_no_page) C(rx_no_skb) \
	C(rx_bad) C(rx_polls) C(rx_exhausted)

/* As they are counted, and what was counted. */
#define RXNIC_FIELD(name) u64_stats_t name;
struct rxnic_tx_counters { RXNIC_TX_COUNTERS(RXNIC_FIELD) };
struct rxnic_rx_counters { RXNIC_RX_COUNTERS(RXNIC_FIELD) };
#undef RXNIC_FIELD
#define RXNIC_FIELD(name) u64 name;
struct rxnic_tx_counts { RXNIC_TX_COUNTERS(RXNIC_FIELD) };
struct rxnic_rx_counts { RXNIC_RX_COUNTERS(RXNIC_FIELD) };
#undef RXNIC_FIELD

struct rxnic_line;
struct rxnic_port;

/**
 * struct rxnic_handler - one way to run the receiving side; a row of rxnic_handlers
 * @name:     what it is called
 * @context:  where it runs, for people
 * @napi:     it is NAPI: GRO, page_pool's direct cache, a bpf_net_context that the caller has set
 * @missing:  why this kernel cannot run it, or NULL
 * @open:     before the first @schedule; in process context under RTNL
 * @schedule: there is something to receive, and the wire is masked; in the interrupt's handler.
 *            IRQ_WAKE_THREAD: @thread is to run
 * @thread:   body of the interrupt's thread, or NULL
 * @close:    nothing of it runs when this returns, though it was scheduled: rxnic_rx_again() says
 *            no by then
 */
struct rxnic_handler {
	const char *name, *context;
	bool napi;
	const char *missing;
	int (*open)(struct rxnic_line *line);
	irqreturn_t (*schedule)(struct rxnic_line *line);
	void (*thread)(struct rxnic_line *line);
	void (*close)(struct rxnic_line *line);
};

/* One direction of one queue. */
struct rxnic_line {
	struct dma_ring ring;
	struct rxnic_port *from, *to;
	unsigned int index;
	char name[IFNAMSIZ + 8]; /* of its interrupt */
	u32 longest;             /* bytes of a frame, header included */

	/* The transmitting side, under the lock of @txq. */
	struct netdev_queue *txq ____cacheline_aligned;
	bool running;
	bool holding;            /* @hold runs: the doorbell was rung a short while ago */
	u32 untold, sequence;    /* frames since the last doorbell; of all frames */
	u32 room;                /* below that many free bytes the queue is stopped */
	struct hrtimer hold;
	struct rxnic_tx_counters tx;
	struct u64_stats_sync tx_sync;

	/* The receiving side: its handler's alone. */
	const struct rxnic_handler *handler ____cacheline_aligned;
	bool receiving;          /* @handler is open and may be scheduled */
	/* the next frame is copied there; reused until somebody keeps it */
	struct page *page;
	u32 page_bytes;
	struct page_pool *pool;
	struct xdp_rxq_info rxq;
	u64 worked;
	struct rxnic_rx_counters rx;
	struct u64_stats_sync rx_sync;
	/* ns from the wire to the verdict, of frames from the wire's own source */
	struct histogram latency;
	bool latency_anew;       /* asked for: @latency is cleared before the next one is added */
	/* lives as long as the line, for XDP's receive queue has its number */
	struct napi_struct napi;
	struct tasklet_struct tasklet;
	struct work_struct work;

	/* While the line was up before, and what was in flight when it went down. */
	struct vdma_wire_stats wire_before;
	spinlock_t wire_lock;                /* of the two: whoever asks for counters has no RTNL */
	bool wire_counts;                    /* the ring's wire is there, and counts */
	/* frames; written under RTNL */
	u64 interrupts_before, given_up;
};

struct rxnic_port {
	struct net_device *dev;
	struct rxnic_pair *pair;
	struct rxnic_port *peer;
	struct bpf_prog __rcu *prog;
	const struct rxnic_handler *handler;
	/* iterations per packet; frames per call of a handler that is not NAPI */
	u32 work, budget;
	/* at most one doorbell per so many us, unless there are so many frames */
	u32 tx_frames, tx_usecs;
	bool up;
	/* frames that the wire offers: each a u32 length, then as many bytes */
	u8 *source;
	size_t source_bytes;
	struct mutex source_lock;
	struct rxnic_line *tx_lines[RXNIC_MAX_QUEUES], *rx_lines[RXNIC_MAX_QUEUES];
};

/* All of it, but what a line has of its own, changes under RTNL. */
struct rxnic_pair {
	struct rxnic_port *ports[2];
	struct dma_ring_config config[2]; /* of the lines from each port */
	unsigned int queues;
	bool running;
	u64 resets;
	struct work_struct reset;
};

/* main.c */
u32 rxnic_period_bytes(u32 ring_bytes);
bool rxnic_fail(const char *step);
bool rxnic_fail_page(void); /* shall this page not be allocated? */

/* line.c: under RTNL */
int rxnic_line_open_ring(struct rxnic_line *line); /* the part that dma_ring_close() undoes */
int rxnic_line_open(struct rxnic_line *line);
void rxnic_line_close(struct rxnic_line *line);
int rxnic_line_run(struct rxnic_line *line);     /* frames may come and go */
void rxnic_line_halt(struct rxnic_line *line);   /* none are sent or received when this returns */
/* after a transfer error; what was in flight is given up */
int rxnic_line_restart(struct rxnic_line *line);
/* from now on by this one */
int rxnic_line_receive(struct rxnic_line *line, const struct rxnic_handler *handler);
void rxnic_line_deaf(struct rxnic_line *line);
/* ever since the module was loaded; in any context */
void rxnic_tx_counts(const struct rxnic_line *line, struct rxnic_tx_counts *counts);
void rxnic_rx_counts(const struct rxnic_line *line, struct rxnic_rx_counts *counts);
void rxnic_wire_stats(struct rxnic_line *line, struct vdma_wire_stats *stats);

/* port.c: under RTNL */
extern const struct net_device_ops rxnic_netdev_ops;
void rxnic_reset(struct work_struct *work);
void rxnic_stop(struct rxnic_pair *pair);
int rxnic_start(struct rxnic_pair *pair);    /* when both ports are up */
/* so that what was changed is used, where it was running */
int rxnic_restart(struct rxnic_pair *pair);
int rxnic_switch(struct rxnic_port *port, const struct rxnic_handler *handler);
int rxnic_set_queues(struct rxnic_pair *pair, unsigned int queues);
int rxnic_most_mtu(const struct rxnic_port *port, u32 ring_bytes);
void rxnic_update_max_mtu(struct rxnic_port *port);

/* tx.c */
netdev_tx_t rxnic_xmit(struct sk_buff *skb, struct net_device *dev);
int rxnic_xdp_xmit(struct net_device *dev, int count, struct xdp_frame **frames, u32 flags);
/* BHs are off; then rxnic_xdp_tx_end() */
bool rxnic_xdp_tx(struct rxnic_line *line, const struct xdp_buff *xdp);
void rxnic_xdp_tx_end(struct rxnic_line *line);
enum hrtimer_restart rxnic_held(struct hrtimer *timer);

/* rx.c: for handlers, with BHs off. */
int rxnic_rx(struct rxnic_line *line, int budget);        /* frames received, at most @budget */
/* all is seen and the wire tells again; false: there is more */
bool rxnic_rx_done(struct rxnic_line *line);
/* both, for handlers that are not NAPI: is there more to do? */
bool rxnic_rx_again(struct rxnic_line *line, int budget);

/* handlers/napi.c */
int rxnic_poll(struct napi_struct *napi, int budget);

/* source.c */
extern struct bin_attribute rxnic_source_frames;
extern struct device_attribute rxnic_source, rxnic_latency;

/* ethtool.c, sysfs.c */
extern const struct ethtool_ops rxnic_ethtool_ops;
extern const struct attribute_group rxnic_sysfs_group;

/* handlers/table.c */
extern const struct rxnic_handler *const rxnic_handlers[];
extern const unsigned int rxnic_handler_count;
/* NULL, and the words in the kernel log */
const struct rxnic_handler *rxnic_handler_named(const char *name);

/*
 * Copies in blocks of 64 bytes: a short frame is one, without a call. Up to 63 bytes too many are
 * read and written. Behind a frame in the ring there is always so much (its guard, at the end), in
 * a page there is the tail room, in an skb its shared info. What is read too much may be written
 * meanwhile, by the engine in the ring, and nobody looks at it: data_race(). What is wanted is
 * told to the sanitizers as a whole.
 */
static inline void rxnic_copy(void *to, const void *from, u32 bytes)
{
	u64 *t = to;
	const u64 *f = from;
	const u64 *end = f + DIV_ROUND_UP(bytes, 64) * 8;

	instrument_read(from, bytes);
	do {
		const u64 a = data_race(f[0]), b = data_race(f[1]);
		const u64 c = data_race(f[2]), d = data_race(f[3]);
		const u64 e = data_race(f[4]), g = data_race(f[5]);
		const u64 h = data_race(f[6]), i = data_race(f[7]);

		t[0] = a, t[1] = b, t[2] = c, t[3] = d, t[4] = e, t[5] = g, t[6] = h, t[7] = i;
		f += 8;
		t += 8;
	} while (f < end);
}

static inline struct rxnic_port *rxnic_port(const struct net_device *dev)
{
	return netdev_priv(dev);
}

#endif
