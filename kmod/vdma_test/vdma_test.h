/* SPDX-License-Identifier: GPL-2.0 */
/* vdma_test.h - what the tests share: a link and its lists, and the words that end a test. */
#ifndef VDMA_TEST_H
#define VDMA_TEST_H

#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/interrupt.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include <rxlab/vdma_wire.h>

#define RING SZ_64K
#define PERIOD SZ_4K

#define LIST SZ_64K
#define GUARD 64

/* Spans of memory to be sent or filled once, each between two guards. */
struct list {
	struct link *link;
	struct dma_chan *chan;
	enum dma_transfer_direction direction;
	struct scatterlist spans[8];
	u8 *memory[8];
	int count, mapped;
	dma_cookie_t cookie;
	atomic_t calls, in_softirq;
};

/* A transmit ring, a wire, a receive ring; or lists instead of the rings. */
struct link {
	struct dma_chan *tx, *rx;
	struct dma_wire *wire;
	struct vdma_peripheral peripheral;
	struct vdma_wire_config config;
	u8 *tx_ring, *rx_ring;
	dma_addr_t tx_addr, rx_addr;
	u32 period, maxburst, rx_maxburst, width;
	bool of_lists;
	struct list lists[4];
	int list_count;
	dma_cookie_t tx_cookie, rx_cookie;
	u64 published, consumed;
	/* What the handlers saw. */
	wait_queue_head_t wait;
	atomic_t interrupts, in_hardirq, callbacks, in_softirq, results;
	atomic_t causes; /* by enum vdma_cause */
	int cpu, spurious;
	u64 latency_ns, longest_ns;
	bool requested;
	struct task_struct *traffic;
};

/* Who sees one sees all that its handler saw; pair with interrupted(). */
static inline int interrupts_of(const struct link *link)
{
	return atomic_read_acquire(&link->interrupts);
}

static inline unsigned int causes_of(const struct link *link)
{
	return atomic_read_acquire(&link->causes);
}

/* A test. A table of them ends with one that has no name. */
struct vdma_test {
	const char *name;
	bool (*run)(struct link *link);
	bool needs_fault;
};

extern const struct vdma_test vdma_copy_tests[], vdma_ring_tests[], vdma_list_tests[];
extern const struct vdma_test vdma_fault_tests[];

extern const struct vdma_wire_ops *ops;
extern unsigned int mib;
extern bool exact, threaded;
extern char reason[200];

/* Ends the test with a reason. */
#define EXPECT(condition, ...) \
	do { \
		if (!(condition)) { \
			int n_ = snprintf(reason, sizeof(reason), "%s.c line %d: %s", \
					  KBUILD_BASENAME, __LINE__, #condition); \
			snprintf(reason + n_, sizeof(reason) - n_, "; " __VA_ARGS__); \
			return false; \
		} \
	} while (0)

/* Ends the test; what failed has left its reason. */
#define MUST(condition) \
	do { \
		if (!(condition)) \
			return false; \
	} while (0)

/* harness.c */
u8 pattern(u64 position);
struct dma_chan *channel(void);
bool open_link(struct link *link); /* of what its test has set; the rest has defaults */
void close_link(struct link *link);
bool configure(struct link *link);
bool start(struct link *link); /* both rings */
void stop(struct link *link);  /* whatever runs on its channels */
void produce(struct link *link, u64 most);
bool consume(struct link *link);
bool wait_for(struct link *link, u64 (*position)(struct dma_wire *), u64 wanted, unsigned int ms);

/* list.c */
void free_lists(struct link *link);
bool begin_lists(struct link *link, struct list **tx, struct list **rx);
bool ended(struct list *list);
bool holds(struct list *list, u64 position, size_t got);
u32 residue(struct list *list, enum dma_status *status);

#endif
