// SPDX-License-Identifier: GPL-2.0
/*
 * vdma_test - an ordinary dmaengine client that asks vdma what it promises.
 *
 * Runs while it is loaded and writes TAP to the kernel log; vm/test-vdma judges. only=NAME runs one
 * test, which is how the script pairs a test with a fault it has set in debugfs.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <rxlab/record.h>
#include <rxlab/vdma_wire.h>

static char *only = "";
module_param(only, charp, 0444);
MODULE_PARM_DESC(only, "the one test to run (default: all that need no fault set in debugfs)");

static unsigned int mib = 64;
module_param(mib, uint, 0444);
MODULE_PARM_DESC(mib, "MiB that test 'stream' moves");

static bool exact;
module_param(exact, bool, 0444);
MODULE_PARM_DESC(exact, "nobody else takes this machine's time, so that late is wrong too");

static bool hold;
module_param(hold, bool, 0444);
MODULE_PARM_DESC(hold, "keep a running link with its interrupt until the module is removed");

static const struct vdma_wire_ops *ops;

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
	unsigned int causes;
	int cpu, spurious;
	u64 latency_ns, longest_ns;
	bool requested;
	struct task_struct *traffic;
};

static unsigned int failures;
static char reason[200];

/* Ends the test with a reason. */
#define EXPECT(condition, ...) \
	do { \
		if (!(condition)) { \
			int n_ = snprintf(reason, sizeof(reason), "line %d: %s", __LINE__, \
					  #condition); \
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

/* The byte at a position of the stream: a different one at every ring's turn. */
static u8 pattern(u64 position)
{
	return (position * 0x9E3779B97F4A7C15ull) >> 56;
}

static irqreturn_t interrupted(int irq, void *data)
{
	struct link *link = data;
	u64 raised = 0;
	unsigned int causes = ops->causes(link->wire, &raised);

	atomic_inc(&link->interrupts);
	if (in_hardirq())
		atomic_inc(&link->in_hardirq);
	link->causes |= causes;
	link->cpu = smp_processor_id();
	if (causes) {
		link->latency_ns = ktime_get_ns() - raised;
		link->longest_ns = max(link->longest_ns, link->latency_ns);
	} else {
		link->spurious++;
	}
	wake_up(&link->wait);
	return IRQ_HANDLED;
}

static void period_passed(void *data)
{
	struct link *link = data;

	atomic_inc(&link->callbacks);
	if (in_serving_softirq())
		atomic_inc(&link->in_softirq);
	wake_up(&link->wait);
}

/* The other form of callback a client may ask for. */
static void period_sent(void *data, const struct dmaengine_result *result)
{
	struct link *link = data;

	if (result && result->result == DMA_TRANS_NOERROR)
		atomic_inc(&link->results);
}

static struct dma_chan *channel(void)
{
	dma_cap_mask_t mask;

	dma_cap_zero(mask);
	dma_cap_set(DMA_CYCLIC, mask);
	dma_cap_set(DMA_MEMCPY, mask);
	return dma_request_channel(mask, NULL, NULL);
}

static bool configure(struct link *link)
{
	struct dma_slave_config config = {
		.src_addr_width = link->width, .dst_addr_width = link->width,
		.src_maxburst = link->rx_maxburst ?: link->maxburst, .dst_maxburst = link->maxburst,
		.peripheral_config = &link->peripheral, .peripheral_size = sizeof(link->peripheral),
	};

	EXPECT(!dmaengine_slave_config(link->tx, &config) &&
	       !dmaengine_slave_config(link->rx, &config));
	return true;
}

static bool start(struct link *link)
{
	struct dma_async_tx_descriptor *tx, *rx;

	MUST(configure(link));
	tx = dmaengine_prep_dma_cyclic(link->tx, link->tx_addr, RING, link->period, DMA_MEM_TO_DEV,
				       0);
	rx = dmaengine_prep_dma_cyclic(link->rx, link->rx_addr, RING, link->period, DMA_DEV_TO_MEM,
				       DMA_PREP_INTERRUPT);
	EXPECT(tx && rx);
	rx->callback = period_passed;
	rx->callback_param = link;
	tx->callback_result = period_sent;
	tx->callback_param = link;
	link->tx_cookie = dmaengine_submit(tx);
	link->rx_cookie = dmaengine_submit(rx);
	EXPECT(link->tx_cookie > 0 && link->rx_cookie > 0);
	dma_async_issue_pending(link->rx);
	dma_async_issue_pending(link->tx);
	return true;
}

static void stop(struct link *link)
{
	dmaengine_terminate_sync(link->tx);
	dmaengine_terminate_sync(link->rx);
}

static void unmap_list(struct list *list)
{
	if (list->mapped)
		dma_unmap_sg(dmaengine_get_dma_device(list->chan), list->spans, list->count,
			     list->direction == DMA_MEM_TO_DEV ? DMA_TO_DEVICE : DMA_FROM_DEVICE);
	list->mapped = 0;
}

static void free_lists(struct link *link)
{
	for (; link->list_count; link->list_count--) {
		struct list *list = &link->lists[link->list_count - 1];

		unmap_list(list);
		while (list->count)
			kfree(list->memory[--list->count]);
	}
}

static struct link *new_link(void)
{
	struct link *link = kzalloc(sizeof(*link), GFP_KERNEL);

	if (link)
		link->config.irq_cpu = -1;
	return link;
}

static void close_link(struct link *link)
{
	if (link->traffic)
		kthread_stop(link->traffic);
	if (link->tx && link->rx)
		stop(link);
	free_lists(link);
	if (link->requested)
		free_irq(ops->irq(link->wire), link);
	if (!IS_ERR_OR_NULL(link->wire))
		ops->destroy(link->wire);
	if (link->tx_ring)
		dma_free_coherent(dmaengine_get_dma_device(link->tx), RING, link->tx_ring,
				  link->tx_addr);
	if (link->rx_ring)
		dma_free_coherent(dmaengine_get_dma_device(link->tx), RING, link->rx_ring,
				  link->rx_addr);
	if (link->tx)
		dma_release_channel(link->tx);
	if (link->rx)
		dma_release_channel(link->rx);
	memset(link, 0, sizeof(*link));
}

static bool open_link(struct link *link)
{
	int err;

	init_waitqueue_head(&link->wait);
	link->period = link->period ?: PERIOD;
	link->maxburst = link->maxburst ?: 8;
	link->width = link->width ?: 8;
	link->config.fifo_bytes = link->config.fifo_bytes ?: SZ_8K;
	link->tx = channel();
	link->rx = channel();
	EXPECT(link->tx && link->rx, "no two channels");
	link->wire = ops->create(link->tx, &link->config);
	EXPECT(!IS_ERR(link->wire), "%ld", PTR_ERR(link->wire));
	link->peripheral.wire = link->wire;
	link->tx_ring = dma_alloc_coherent(dmaengine_get_dma_device(link->tx), RING, &link->tx_addr,
					   GFP_KERNEL);
	link->rx_ring = dma_alloc_coherent(dmaengine_get_dma_device(link->tx), RING, &link->rx_addr,
					   GFP_KERNEL);
	EXPECT(link->tx_ring && link->rx_ring);
	err = request_irq(ops->irq(link->wire), interrupted, 0, "vdma-test", link);
	EXPECT(!err, "%d", err);
	link->requested = true;
	return link->of_lists ? configure(link) : start(link);
}

/* Fills what is free of the transmit ring, `most` bytes at most. */
static void produce(struct link *link, u64 most)
{
	u64 room = RING - (link->published - ops->tx_position(link->wire)), i;

	for (i = 0; i < min(room, most); i++, link->published++)
		link->tx_ring[link->published % RING] = pattern(link->published);
	ops->publish(link->wire, link->published);
	ops->doorbell(link->wire);
}

/* Reads what has arrived; false on a wrong byte. */
static bool consume(struct link *link)
{
	u64 end = ops->rx_position(link->wire);

	for (; link->consumed != end; link->consumed++) {
		u8 got = link->rx_ring[link->consumed % RING], want = pattern(link->consumed);

		EXPECT(got == want, "byte %llu is %02x, not %02x", link->consumed, got, want);
	}
	ops->consumed(link->wire, link->consumed);
	return true;
}

static bool wait_for(struct link *link, u64 (*position)(struct dma_wire *), u64 wanted,
		     unsigned int ms)
{
	const unsigned long end = jiffies + msecs_to_jiffies(ms);

	while (position(link->wire) < wanted && time_before(jiffies, end))
		usleep_range(100, 200);
	return position(link->wire) >= wanted;
}

/* ---- tests ---- */

static void copied(void *done)
{
	complete(done);
}

/*
 * Two buffers, each its contents between two guards' worth of other bytes, mapped while they are.
 */
struct copy {
	struct device *dev;
	size_t size;
	u8 *from, *to;
	dma_addr_t from_addr, to_addr;
	bool from_mapped, to_mapped;
};

static bool map_copy(struct copy *copy)
{
	copy->from_addr = dma_map_single(copy->dev, copy->from, copy->size, DMA_TO_DEVICE);
	copy->from_mapped = !dma_mapping_error(copy->dev, copy->from_addr);
	EXPECT(copy->from_mapped);
	copy->to_addr = dma_map_single(copy->dev, copy->to, copy->size, DMA_BIDIRECTIONAL);
	copy->to_mapped = !dma_mapping_error(copy->dev, copy->to_addr);
	EXPECT(copy->to_mapped);
	return true;
}

static void unmap_copy(struct copy *copy)
{
	if (copy->from_mapped)
		dma_unmap_single(copy->dev, copy->from_addr, copy->size, DMA_TO_DEVICE);
	if (copy->to_mapped)
		dma_unmap_single(copy->dev, copy->to_addr, copy->size, DMA_BIDIRECTIONAL);
}

/* Whatever comes of it, no descriptor uses the buffers, or @done, when this returns. */
static bool run_copy(struct dma_chan *chan, struct copy *copy, size_t at, size_t length)
{
	DECLARE_COMPLETION_ONSTACK(done);
	struct dma_async_tx_descriptor *tx;
	dma_cookie_t cookie;
	bool good;

	tx = dmaengine_prep_dma_memcpy(chan, copy->to_addr + at, copy->from_addr + at, length,
				       DMA_PREP_INTERRUPT);
	EXPECT(tx);
	tx->callback = copied;
	tx->callback_param = &done;
	cookie = dmaengine_submit(tx);
	dma_async_issue_pending(chan);
	good = wait_for_completion_timeout(&done, HZ * 5) &&
	       dma_async_is_tx_complete(chan, cookie, NULL, NULL) == DMA_COMPLETE;
	dmaengine_terminate_sync(chan);
	EXPECT(good, "length %zu", length);
	return true;
}

static bool copy_is_right(const struct copy *copy, size_t at, size_t length)
{
	size_t i;

	for (i = 0; i < copy->size; i++) {
		const bool inside = i >= at && i < at + length;
		const u8 want = inside ? copy->from[i] : 0xA5;

		EXPECT(copy->to[i] == want, "length %zu: byte %zu is %02x, not %02x", length, i,
		       copy->to[i], want);
	}
	return true;
}

static bool copy_once(struct dma_chan *chan, size_t at, size_t length)
{
	struct copy copy = { .dev = dmaengine_get_dma_device(chan), .size = at + length + GUARD };
	bool good = false;
	size_t i;

	copy.from = kmalloc(copy.size, GFP_KERNEL);
	copy.to = kmalloc(copy.size, GFP_KERNEL);
	if (copy.from && copy.to) {
		for (i = 0; i < copy.size; i++)
			copy.from[i] = pattern(i), copy.to[i] = 0xA5;
		good = map_copy(&copy) && run_copy(chan, &copy, at, length);
		unmap_copy(&copy);
		good = good && copy_is_right(&copy, at, length);
	} else {
		snprintf(reason, sizeof(reason), "no memory");
	}
	kfree(copy.from);
	kfree(copy.to);
	return good;
}

static bool test_memcpy(struct link *link)
{
	static const size_t lengths[] = { 1, 7, 64, 4095, 4099, 65537 };
	struct dma_chan *chan = channel();
	bool good = chan;
	size_t i;

	for (i = 0; good && i < ARRAY_SIZE(lengths); i++)
		good = copy_once(chan, i * 3, lengths[i]);
	if (chan)
		dma_release_channel(chan);
	if (!chan)
		snprintf(reason, sizeof(reason), "no channel");
	return good;
}

static bool test_stream(struct link *link)
{
	const u64 end = (u64)mib << 20;

	link->config.watermark_bytes = PERIOD;
	link->config.idle_usecs = 100;
	MUST(open_link(link));
	while (link->consumed < end) {
		produce(link, end - link->published);
		wait_event_timeout(link->wait, ops->rx_position(link->wire) != link->consumed,
				   HZ / 10);
		if (!consume(link))
			return false;
	}
	EXPECT(link->consumed == end);
	EXPECT(atomic_read(&link->interrupts) > 0 && link->causes & VDMA_WATERMARK);
	EXPECT(atomic_read(&link->in_hardirq) == atomic_read(&link->interrupts), "%d of %d",
	       atomic_read(&link->in_hardirq), atomic_read(&link->interrupts));
	EXPECT(atomic_read(&link->callbacks) > 0 &&
	       atomic_read(&link->in_softirq) == atomic_read(&link->callbacks));
	EXPECT(atomic_read(&link->results) > 0, "no callback_result");
	return true;
}

static bool test_paused(struct link *link)
{
	MUST(open_link(link));
	EXPECT(!dmaengine_pause(link->tx) && !dmaengine_pause(link->rx));
	produce(link, RING);
	msleep(50);
	EXPECT(link->published == RING, "the producer filled %llu", link->published);
	EXPECT(!ops->tx_position(link->wire) && !ops->rx_position(link->wire),
	       "bytes moved though the engine is paused");
	EXPECT(dma_async_is_tx_complete(link->tx, link->tx_cookie, NULL, NULL) == DMA_PAUSED);
	EXPECT(!dmaengine_resume(link->tx) && !dmaengine_resume(link->rx));
	EXPECT(wait_for(link, ops->rx_position, RING - PERIOD, 2000), "rx %llu",
	       ops->rx_position(link->wire));
	return consume(link) && wait_for(link, ops->rx_position, RING, 2000) && consume(link);
}

/* Amounts that are no whole bursts, over several turns of the ring. */
static bool test_odd_amounts(struct link *link)
{
	u64 amount = 8;

	MUST(open_link(link));
	while (link->consumed < 4 * RING) {
		amount = amount * 5 % 4001 / 8 * 8 + 8;
		produce(link, amount);
		EXPECT(wait_for(link, ops->rx_position, link->published, 2000), "%llu of %llu",
		       ops->rx_position(link->wire), link->published);
		if (!consume(link))
			return false;
	}
	return true;
}

/*
 * With one CPU, the engine cannot run while the producer does: whatever moved would have moved in
 * its call chain.
 */
static bool test_call_chain(struct link *link)
{
	u64 moved;

	MUST(open_link(link));
	if (num_online_cpus() > 1)
		return true;
	preempt_disable();
	produce(link, PERIOD);
	mdelay(2);
	moved = ops->tx_position(link->wire) + ops->rx_position(link->wire);
	preempt_enable();
	EXPECT(!moved, "%llu bytes moved", moved);
	EXPECT(wait_for(link, ops->rx_position, PERIOD, 2000));
	return consume(link);
}

/* Full never looks like empty: a period stays free however much there is to receive. */
static bool test_credit(struct link *link)
{
	struct vdma_wire_stats stats;
	u64 sent = 0;

	MUST(open_link(link));
	for (; sent < 3; sent++) {
		produce(link, RING);
		msleep(20);
	}
	EXPECT(ops->rx_position(link->wire) == RING - PERIOD, "rx %llu",
	       ops->rx_position(link->wire));
	ops->get_stats(link->wire, &stats);
	EXPECT(stats.rx_stalled == 1, "%llu", stats.rx_stalled);
	EXPECT(consume(link) && wait_for(link, ops->rx_position, RING, 2000) && consume(link));
	while (link->consumed < link->published) {
		msleep(20);
		if (!consume(link))
			return false;
	}
	msleep(20);
	ops->get_stats(link->wire, &stats);
	EXPECT(stats.tx_starved >= 1);
	return true;
}

static bool test_residue(struct link *link)
{
	const u32 burst = 64 * 8;
	u64 position = 0, laps = 0;
	int looks = 0;

	link->maxburst = 64;
	link->config.bytes_per_second = 4 << 20;
	MUST(open_link(link));
	produce(link, RING);
	while (position < RING && looks++ < 20000) {
		struct dma_tx_state state;
		u64 now;

		dmaengine_tx_status(link->tx, link->tx_cookie, &state);
		now = RING - state.residue + laps;
		EXPECT(state.residue && state.residue <= RING, "%u", state.residue);
		EXPECT(now % burst == 0, "%llu is within a burst", now);
		if (now < position)
			now += laps = RING;
		EXPECT(now >= position, "%llu after %llu", now, position);
		position = now;
		consume(link);
		usleep_range(20, 40);
	}
	EXPECT(position == RING, "%llu", position);
	EXPECT(looks > 3, "%d", looks);
	return true;
}

/* Who else uses the machine may make anything late, but nothing early. */
static bool in_time(u64 took, unsigned int least_ms, unsigned int most_ms)
{
	EXPECT(took > least_ms * NSEC_PER_MSEC && (!exact || took < most_ms * NSEC_PER_MSEC),
	       "%llu ns, not %u to %u ms", took, least_ms, most_ms);
	return true;
}

static bool test_rate(struct link *link)
{
	const u64 bytes = 400000;
	u64 start, took;

	link->config.bytes_per_second = 4000000;
	MUST(open_link(link));
	start = ktime_get_ns();
	while (link->consumed < bytes) {
		produce(link, bytes - link->published);
		usleep_range(200, 300);
		if (!consume(link))
			return false;
	}
	took = ktime_get_ns() - start;
	return in_time(took, 95, 150); /* it takes 100 */
}

/* A line so slow that a burst takes most of a second. */
static bool test_slow_rate(struct link *link)
{
	u64 start;

	link->maxburst = 128;
	link->config.bytes_per_second = 2000;
	MUST(open_link(link));
	start = ktime_get_ns();
	produce(link, 2048);
	EXPECT(wait_for(link, ops->rx_position, 2048, 3000), "%llu after 3 s",
	       ops->rx_position(link->wire));
	start = ktime_get_ns() - start;
	return in_time(start, 1000, 1200) && consume(link); /* it takes 1024 */
}

/* A line that its receiver held up does not catch up by running above its rate. */
static bool test_rate_after_wait(struct link *link)
{
	u64 start, took;

	link->config.bytes_per_second = 400000;
	MUST(open_link(link));
	produce(link, RING);
	EXPECT(wait_for(link, ops->rx_position, RING - PERIOD, 2000));
	produce(link, RING);
	msleep(300);
	start = ktime_get_ns();
	while (link->consumed < 2 * RING - PERIOD) {
		MUST(consume(link));
		usleep_range(200, 300);
	}
	took = ktime_get_ns() - start;
	/*
	 * 64 KiB are 164 ms of this line; 8 KiB of them wait in its FIFO, and 10 ms it may have
	 * saved.
	 */
	return in_time(took, 120, 250);
}

static bool told_on(struct link *link, int cpu)
{
	const int before = atomic_read(&link->interrupts);

	produce(link, 64);
	EXPECT(wait_event_timeout(link->wait, atomic_read(&link->interrupts) != before, HZ),
	       "no interrupt");
	EXPECT(link->cpu == cpu, "on CPU %d, not %d", link->cpu, cpu);
	return consume(link);
}

/* The interrupt runs where it was asked for: at first, and after its affinity was changed. */
static bool test_affinity(struct link *link)
{
	unsigned int cpu;

	link->config.irq_cpu = cpumask_last(cpu_online_mask);
	link->config.watermark_bytes = 64;
	MUST(open_link(link));
	MUST(told_on(link, link->config.irq_cpu));
	for_each_online_cpu(cpu) {
		EXPECT(!irq_set_affinity(ops->irq(link->wire), cpumask_of(cpu)));
		MUST(told_on(link, cpu));
	}
	return true;
}

/*
 * Prepared and never submitted: terminating the channel frees them. A leak shows as slab in the
 * script's cycles.
 */
static bool test_unsubmitted(struct link *link)
{
	int i;

	MUST(open_link(link));
	for (i = 0; i < 64; i++)
		EXPECT(dmaengine_prep_dma_memcpy(link->tx, link->rx_addr, link->tx_addr, 64, 0));
	return true;
}

/* A channel that begins anew at offset 0 on a wire that does not would send bytes again. */
static bool test_restart(struct link *link)
{
	MUST(open_link(link));
	produce(link, PERIOD);
	EXPECT(wait_for(link, ops->rx_position, PERIOD, 2000));
	stop(link);
	EXPECT(!dmaengine_prep_dma_cyclic(link->tx, link->tx_addr, RING, PERIOD, DMA_MEM_TO_DEV, 0),
	       "without a new epoch");
	MUST(consume(link));
	EXPECT(!ops->new_epoch(link->wire, link->published, link->consumed), "a gap of nothing");
	link->published = link->consumed = 0;
	MUST(start(link));
	produce(link, PERIOD);
	EXPECT(wait_for(link, ops->rx_position, PERIOD, 2000));
	return consume(link);
}

static bool test_terminate(struct link *link)
{
	struct vdma_wire_stats before, after;
	int i;

	MUST(open_link(link));
	for (i = 0; i < 20; i++) {
		u64 given_up, gap;

		produce(link, RING);
		usleep_range(10, 20 + i * 50);
		stop(link);
		ops->get_stats(link->wire, &before);
		usleep_range(200, 300);
		ops->get_stats(link->wire, &after);
		EXPECT(before.rx_bytes == after.rx_bytes && before.tx_bytes == after.tx_bytes,
		       "bytes moved after terminate");
		consume(link);
		given_up = link->published - link->consumed;
		gap = ops->new_epoch(link->wire, link->published, link->consumed);
		EXPECT(gap == given_up, "%llu, not %llu", gap, given_up);
		link->published = link->consumed = 0;
		MUST(start(link));
	}
	ops->get_stats(link->wire, &after);
	EXPECT(after.epochs == 20);
	produce(link, PERIOD);
	EXPECT(wait_for(link, ops->rx_position, PERIOD, 2000));
	return consume(link);
}

/* Sixteen periods are in one chunk: they cannot all have a callback of their own. */
static bool test_merged(struct link *link)
{
	int callbacks;

	link->period = 256;
	MUST(open_link(link));
	produce(link, RING / 2);
	EXPECT(wait_for(link, ops->rx_position, RING / 2, 2000));
	msleep(20);
	callbacks = atomic_read(&link->callbacks);
	EXPECT(callbacks > 0 && callbacks < RING / 2 / 256, "%d callbacks", callbacks);
	return consume(link);
}

/* Every way to be told, alone. */
static bool told_by(struct link *link, unsigned int cause, u64 bytes)
{
	int before;

	MUST(open_link(link));
	before = atomic_read(&link->interrupts);
	produce(link, bytes);
	EXPECT(wait_event_timeout(link->wait, atomic_read(&link->interrupts) != before, HZ),
	       "no interrupt");
	EXPECT(link->causes == cause, "causes %x", link->causes);
	EXPECT(link->latency_ns < NSEC_PER_SEC);
	return consume(link);
}

static bool test_watermark(struct link *link)
{
	link->config.watermark_bytes = 1024;
	MUST(told_by(link, VDMA_WATERMARK, 1024));
	produce(link, 512);
	msleep(20);
	EXPECT(atomic_read(&link->interrupts) == 1, "told below the watermark");
	return true;
}

static bool test_usecs(struct link *link)
{
	link->config.usecs = 2000;
	return told_by(link, VDMA_USECS, 64);
}

static bool test_idle(struct link *link)
{
	link->config.watermark_bytes = 4096;
	link->config.idle_usecs = 500;
	return told_by(link, VDMA_IDLE, 64);
}

static bool test_tx_space(struct link *link)
{
	MUST(open_link(link));
	ops->arm_tx(link->wire, 8192);
	produce(link, 4096);
	msleep(20);
	EXPECT(!atomic_read(&link->interrupts));
	produce(link, 4096);
	EXPECT(wait_event_timeout(link->wait, link->causes == VDMA_TX_SPACE, HZ), "causes %x",
	       link->causes);
	link->causes = 0;
	ops->arm_tx(link->wire, 100);
	EXPECT(wait_event_timeout(link->wait, link->causes == VDMA_TX_SPACE, HZ),
	       "a position already passed");
	return consume(link);
}

static bool test_mask(struct link *link)
{
	link->config.watermark_bytes = 64;
	MUST(open_link(link));
	ops->mask(link->wire);
	produce(link, 4096);
	EXPECT(wait_for(link, ops->rx_position, 4096, 2000));
	msleep(20);
	EXPECT(!atomic_read(&link->interrupts), "told though masked");
	EXPECT(ops->unmask(link->wire, link->consumed), "there is more, and unmask did not say so");
	if (!consume(link))
		return false;
	EXPECT(!ops->unmask(link->wire, link->consumed));
	produce(link, 64);
	EXPECT(wait_event_timeout(link->wait, atomic_read(&link->interrupts) == 1, HZ));
	MUST(consume(link));
	/* A client that polls stays undisturbed, whatever goes wrong. */
	ops->mask(link->wire);
	stop(link);
	ops->new_epoch(link->wire, link->published, link->consumed);
	link->published = link->consumed = 0;
	MUST(start(link));
	produce(link, 4096);
	EXPECT(wait_for(link, ops->rx_position, 4096, 2000));
	msleep(20);
	EXPECT(atomic_read(&link->interrupts) == 1, "a new epoch unmasks");
	return consume(link);
}

#define LONGEST 400

/*
 * A record as a ring would send it: in one piece behind a skip mark, or else in two where the ring
 * ends.
 */
static void send_record(struct link *link, u32 sequence, bool in_one_piece)
{
	struct {
		struct rxlab_record header;
		u8 payload[LONGEST];
	} record = { .header = { .length = sequence * 37 % LONGEST, .sequence = sequence } };
	const u64 bytes = rxlab_record_bytes(record.header.length),
		  to_end = RING - link->published % RING;
	u64 i;

	if (in_one_piece && bytes > to_end) {
		((struct rxlab_record *)(link->tx_ring + link->published % RING))->length =
			RXLAB_RECORD_SKIP;
		link->published += to_end;
	}
	for (i = 0; i < record.header.length; i++)
		record.payload[i] = pattern(sequence + i);
	record.header.check = rxlab_record_check(record.payload, record.header.length, sequence);
	for (i = 0; i < bytes; i++)
		link->tx_ring[(link->published + i) % RING] = ((u8 *)&record)[i];
	link->published += bytes;
}

/* Fills what is free of the transmit ring with records. */
static void send_records(struct link *link, u32 *sent, bool in_one_piece)
{
	while (RING - (link->published - ops->tx_position(link->wire)) >=
	       2 * rxlab_record_bytes(LONGEST))
		send_record(link, (*sent)++, in_one_piece);
	ops->publish(link->wire, link->published);
	ops->doorbell(link->wire);
}

/*
 * Reads the records that have arrived whole; each is right, in one piece, and later than the one
 * before.
 */
static bool receive_records(struct link *link, u32 *received, s64 *last)
{
	const u64 end = ops->rx_position(link->wire);

	while (link->consumed + RXLAB_RECORD_ALIGN <= end) {
		const struct rxlab_record *record = (void *)(link->rx_ring + link->consumed % RING);
		const bool skip = record->length == RXLAB_RECORD_SKIP;
		const u64 to_end = RING - link->consumed % RING,
			  bytes = skip ? to_end : rxlab_record_bytes(record->length);

		EXPECT(skip || bytes <= to_end, "length %u in two pieces at %llu", record->length,
		       link->consumed);
		if (link->consumed + bytes > end)
			break; /* the rest is still to come */
		link->consumed += bytes;
		if (skip)
			continue;
		EXPECT(rxlab_record_check(record + 1, record->length, record->sequence) ==
			       record->check,
		       "record %u", record->sequence);
		EXPECT(record->sequence > *last, "record %u after %lld", record->sequence, *last);
		*last = record->sequence;
		(*received)++;
	}
	ops->consumed(link->wire, link->consumed);
	return true;
}

/* Whole records are dropped, and counted: what was sent was received or dropped. */
static bool test_lossy(struct link *link)
{
	struct vdma_wire_stats stats;
	u32 sent = 0, received = 0;
	s64 last = -1;
	int round;

	link->config.mode = VDMA_WIRE_LOSSY;
	link->config.fifo_bytes = 2048;
	MUST(open_link(link));
	for (round = 0; round < 16; round++) {
		/* More than receive ring and wire hold together, so some has to go. */
		send_records(link, &sent, round & 1);
		msleep(20);
		if (round % 4 != 3)
			continue; /* the receiver is slow */
		while (link->consumed != ops->rx_position(link->wire)) {
			MUST(receive_records(link, &received, &last));
			msleep(20);
		}
	}
	ops->get_stats(link->wire, &stats);
	EXPECT(!stats.bad_headers);
	EXPECT(stats.dropped_records, "nothing was dropped");
	EXPECT(sent == received + stats.dropped_records, "sent %u, received %u, dropped %llu", sent,
	       received, stats.dropped_records);
	return true;
}

/*
 * A receiver that is gone is one without room: the sender goes on, and every byte is dropped or
 * given up.
 */
static bool test_no_receiver(struct link *link)
{
	struct vdma_wire_stats stats;
	u64 gap, lost;
	u32 sent = 0;

	link->config.mode = VDMA_WIRE_LOSSY;
	link->config.fifo_bytes = 2048;
	MUST(open_link(link));
	dmaengine_terminate_sync(link->rx);
	send_records(link, &sent, true);
	EXPECT(wait_for(link, ops->tx_position, link->published, 2000), "tx %llu of %llu",
	       ops->tx_position(link->wire), link->published);
	stop(link);
	ops->get_stats(link->wire, &stats);
	EXPECT(stats.dropped_records && !stats.bad_headers);
	lost = link->published - stats.dropped_bytes;
	gap = ops->new_epoch(link->wire, link->published, 0);
	EXPECT(lost && gap == lost, "%llu, not %llu", gap, lost);
	return true;
}

static bool test_refusals(struct link *link)
{
	const struct vdma_wire_config good = { .fifo_bytes = 4096, .irq_cpu = -1 };
	struct vdma_wire_config bad;

	MUST(open_link(link));
	stop(link);
#define REFUSED(field, value) \
	bad = good; \
	bad.field = value; \
	EXPECT(PTR_ERR(ops->create(link->tx, &bad)) == -EINVAL)
	REFUSED(fifo_bytes, 3000);
	REFUSED(fifo_bytes, 128);
	REFUSED(mode, 7);
	REFUSED(usecs, 61000000);
	REFUSED(bytes_per_second, 10);
	REFUSED(irq_cpu, 4096);
#undef REFUSED
	EXPECT(!dmaengine_prep_dma_cyclic(link->tx, link->tx_addr, RING, 3000, DMA_MEM_TO_DEV, 0),
	       "period 3000");
	EXPECT(!dmaengine_prep_dma_cyclic(link->tx, link->tx_addr, RING, 32, DMA_MEM_TO_DEV, 0),
	       "period below the burst");
	EXPECT(!dmaengine_prep_dma_cyclic(link->tx, link->tx_addr, RING, 0, DMA_MEM_TO_DEV, 0),
	       "period 0");
	EXPECT(!dmaengine_prep_dma_cyclic(link->rx, link->rx_addr, RING, PERIOD, DMA_MEM_TO_DEV, 0),
	       "two channels at one end");
	EXPECT(!dmaengine_prep_dma_memcpy(link->tx, link->tx_addr, link->rx_addr, 0, 0),
	       "copy of nothing");
	EXPECT(!dmaengine_prep_dma_cyclic(link->tx, link->tx_addr, RING, PERIOD, DMA_DEV_TO_MEM, 0),
	       "one channel at both ends");
	return true;
}

/* A burst that the wire can never hold would never move. */
static bool test_small_fifo(struct link *link)
{
	link->config.fifo_bytes = 256;
	link->maxburst = 64;
	EXPECT(!open_link(link), "a burst of 512 bytes over a wire that holds 256");
	EXPECT(link->requested, "refused before it came to the burst");
	return true;
}

/* ---- lists ---- */

static const u32 tx_spans[] = { 4096, 1000, 8, 24, 30000, 408, 30000 },
		 rx_spans[] = { 8, 16384, 264, 32768, 16112 };

/* A list of spans of these lengths; what is to be sent is the stream from @position on. */
static struct list *new_list(struct link *link, struct dma_chan *chan, const u32 *lengths,
			     int count, u64 position)
{
	struct list *list = &link->lists[link->list_count++];
	int i;

	memset(list, 0, sizeof(*list));
	list->link = link;
	list->chan = chan;
	list->direction = chan == link->tx ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM;
	sg_init_table(list->spans, count);
	for (i = 0; i < count; i++) {
		u8 *memory = kmalloc(lengths[i] + 2 * GUARD, GFP_KERNEL);
		u32 j;

		if (!memory)
			return NULL;
		list->memory[list->count++] = memory;
		memset(memory, 0xA5, lengths[i] + 2 * GUARD);
		for (j = 0; chan == link->tx && j < lengths[i]; j++)
			memory[GUARD + j] = pattern(position++);
		sg_set_buf(&list->spans[i], memory + GUARD, lengths[i]);
	}
	list->mapped = dma_map_sg(dmaengine_get_dma_device(chan), list->spans, count,
				  chan == link->tx ? DMA_TO_DEVICE : DMA_FROM_DEVICE);
	return list->mapped ? list : NULL;
}

static void list_done(void *data)
{
	struct list *list = data;

	if (in_serving_softirq())
		atomic_inc(&list->in_softirq);
	atomic_inc(&list->calls);
	wake_up(&list->link->wait);
}

static bool submit(struct list *list)
{
	struct dma_async_tx_descriptor *tx;

	EXPECT(list, "no memory");
	tx = dmaengine_prep_slave_sg(list->chan, list->spans, list->mapped, list->direction,
				     DMA_PREP_INTERRUPT);
	EXPECT(tx);
	tx->callback = list_done;
	tx->callback_param = list;
	list->cookie = dmaengine_submit(tx);
	EXPECT(list->cookie > 0);
	dma_async_issue_pending(list->chan);
	return true;
}

/*
 * Two lists of LIST bytes each, cut differently, on their way; begin_lists() once more frees the
 * ones before, which nothing may use any more: what did not complete is terminated.
 */
static bool begin_lists(struct link *link, struct list **tx, struct list **rx)
{
	if (link->list_count)
		stop(link);
	free_lists(link);
	*tx = new_list(link, link->tx, tx_spans, ARRAY_SIZE(tx_spans), link->published);
	*rx = new_list(link, link->rx, rx_spans, ARRAY_SIZE(rx_spans), 0);
	return submit(*rx) && submit(*tx);
}

static u32 residue(struct list *list, enum dma_status *status)
{
	struct dma_tx_state state;

	*status = dmaengine_tx_status(list->chan, list->cookie, &state);
	return state.residue;
}

/* Called back once, from a tasklet, and complete with nothing left. */
static bool ended(struct list *list)
{
	enum dma_status status;
	u32 left;

	EXPECT(wait_event_timeout(list->link->wait, atomic_read(&list->calls), HZ * 5), "%u left",
	       residue(list, &status));
	left = residue(list, &status);
	EXPECT(status == DMA_COMPLETE && !left, "status %d, %u left", status, left);
	EXPECT(atomic_read(&list->calls) == 1 && atomic_read(&list->in_softirq) == 1);
	return true;
}

/*
 * The first @got bytes are the stream's from @position on; the others, and the guards, nobody has
 * written.
 */
static bool holds(struct list *list, u64 position, size_t got)
{
	int i;

	unmap_list(list);
	for (i = 0; i < list->count; i++) {
		const u32 length = list->spans[i].length;
		u32 j;

		for (j = 0; j < length + 2 * GUARD; j++) {
			const bool filled = j >= GUARD && j < GUARD + length && got;
			const u8 want = filled ? pattern(position) : 0xA5;

			EXPECT(list->memory[i][j] == want, "byte %d of span %d is %02x, not %02x",
			       (int)j - GUARD, i, list->memory[i][j], want);
			if (filled)
				position++, got--;
		}
	}
	return true;
}

/*
 * Several in a row, cut differently at either end, with every kind of burst: one stream, whose wire
 * needs no new epoch.
 */
static bool test_list(struct link *link)
{
	static const struct {
		u32 width, maxburst;
	} bursts[] = { { 8, 8 }, { 8, 1 }, { 4, 16 }, { 1, 128 }, { 2, 3 } };
	struct list *tx[2], *rx[2];
	size_t i;

	link->of_lists = true;
	MUST(open_link(link));
	for (i = 0; i < ARRAY_SIZE(bursts); i++, link->published += 2 * LIST) {
		link->width = bursts[i].width;
		link->maxburst = bursts[i].maxburst;
		MUST(configure(link));
		MUST(begin_lists(link, &tx[0], &rx[0]));
		tx[1] = new_list(link, link->tx, rx_spans, ARRAY_SIZE(rx_spans),
				 link->published + LIST);
		rx[1] = new_list(link, link->rx, tx_spans, ARRAY_SIZE(tx_spans), 0);
		MUST(submit(tx[1]) && submit(rx[1]));
		MUST(ended(tx[0]) && ended(tx[1]) && ended(rx[0]) && ended(rx[1]));
		MUST(holds(rx[0], link->published, LIST) &&
		     holds(rx[1], link->published + LIST, LIST));
	}
	EXPECT(ops->rx_position(link->wire) == link->published);
	return true;
}

/* The receiver may have a ring, which goes on where the list ends. */
static bool test_list_to_ring(struct link *link)
{
	struct list *tx;
	int i;

	MUST(open_link(link));
	dmaengine_terminate_sync(link->tx);
	for (i = 0; i < 4; i++, link->published += LIST) {
		dmaengine_terminate_sync(link->tx);
		free_lists(link);
		tx = new_list(link, link->tx, tx_spans, ARRAY_SIZE(tx_spans), link->published);
		MUST(submit(tx));
		while (link->consumed < link->published + LIST) {
			EXPECT(wait_for(link, ops->rx_position, link->consumed + 1, 2000),
			       "%llu came", link->consumed);
			MUST(consume(link));
		}
		MUST(ended(tx));
	}
	return true;
}

static bool falls(struct list *list, u32 *before, bool *halfway)
{
	enum dma_status status;
	const u32 left = residue(list, &status);

	EXPECT(left <= *before, "%u after %u", left, *before);
	EXPECT(left % (64 * 8) == 0, "%u is within a burst", left);
	EXPECT(left ? status == DMA_IN_PROGRESS : status == DMA_COMPLETE, "status %d, %u left",
	       status, left);
	*halfway |= left && left < LIST;
	*before = left;
	return true;
}

static bool test_list_residue(struct link *link)
{
	bool tx_halfway = false, rx_halfway = false;
	u32 tx_left = LIST, rx_left = LIST;
	struct list *tx, *rx;
	int looks = 0;

	link->of_lists = true;
	link->maxburst = 64;
	link->config.bytes_per_second = 1 << 20;
	MUST(open_link(link));
	MUST(begin_lists(link, &tx, &rx));
	for (; rx_left && looks < 20000; looks++) {
		MUST(falls(tx, &tx_left, &tx_halfway) && falls(rx, &rx_left, &rx_halfway));
		usleep_range(20, 40);
	}
	EXPECT(!rx_left && tx_halfway && rx_halfway, "%u left after %d looks", rx_left, looks);
	return ended(tx) && ended(rx) && holds(rx, 0, LIST);
}

static bool stands(struct list *list)
{
	enum dma_status status;
	const u32 left = residue(list, &status);

	EXPECT(status == DMA_PAUSED, "status %d", status);
	msleep(20);
	EXPECT(residue(list, &status) == left, "%u left, then %u", left, residue(list, &status));
	return true;
}

static bool test_list_paused(struct link *link)
{
	struct list *tx, *rx;

	link->of_lists = true;
	link->config.bytes_per_second = 1 << 18;
	MUST(open_link(link));
	EXPECT(!dmaengine_pause(link->tx));
	MUST(begin_lists(link, &tx, &rx));
	MUST(stands(tx));
	EXPECT(!ops->tx_position(link->wire) && !ops->rx_position(link->wire),
	       "bytes moved though the engine is paused");
	EXPECT(!dmaengine_resume(link->tx));
	EXPECT(wait_for(link, ops->rx_position, LIST / 4, 2000));
	EXPECT(!dmaengine_pause(link->rx));
	MUST(stands(rx));
	EXPECT(ops->rx_position(link->wire) < LIST, "it was through before it was paused");
	EXPECT(!dmaengine_resume(link->rx));
	return ended(tx) && ended(rx) && holds(rx, 0, LIST);
}

/*
 * The sender gives up halfway: nobody is called back, and what was sent arrives to the last byte,
 * short of a burst too.
 */
static bool sender_terminated(struct link *link, unsigned int usecs)
{
	struct list *tx, *rx;
	enum dma_status status;
	u64 sent;

	MUST(begin_lists(link, &tx, &rx));
	usleep_range(usecs, usecs + 10);
	dmaengine_terminate_sync(link->tx);
	sent = ops->tx_position(link->wire);
	EXPECT(wait_for(link, ops->rx_position, sent, 2000), "%llu of %llu",
	       ops->rx_position(link->wire), sent);
	usleep_range(200, 300);
	EXPECT(ops->tx_position(link->wire) == sent && ops->rx_position(link->wire) == sent,
	       "bytes moved after terminate");
	EXPECT(sent < link->published + LIST, "it was through before it was terminated");
	EXPECT(residue(rx, &status) == LIST - (sent - link->published) &&
	       status == DMA_IN_PROGRESS);
	dmaengine_terminate_sync(link->rx);
	EXPECT(!atomic_read(&tx->calls) && !atomic_read(&rx->calls),
	       "called back though terminated");
	MUST(holds(rx, link->published, sent - link->published));
	link->published = sent;
	return true;
}

/* The receiver gives up halfway: what it did not take stays in the wire, and is the next list's. */
static bool receiver_terminated(struct link *link, unsigned int usecs)
{
	struct list *tx, *rx;
	u32 rest;
	u64 got;

	MUST(begin_lists(link, &tx, &rx));
	usleep_range(usecs, usecs + 10);
	dmaengine_terminate_sync(link->rx);
	got = ops->rx_position(link->wire) - link->published;
	usleep_range(200, 300);
	EXPECT(ops->rx_position(link->wire) == link->published + got && got < LIST, "%llu came",
	       got);
	EXPECT(!atomic_read(&rx->calls), "called back though terminated");
	MUST(holds(rx, link->published, got));
	rest = LIST - got;
	rx = new_list(link, link->rx, &rest, 1, 0);
	MUST(submit(rx) && ended(rx) && ended(tx) && holds(rx, link->published + got, rest));
	link->published += LIST;
	return true;
}

static bool test_list_terminated(struct link *link)
{
	int i;

	link->of_lists = true;
	link->width = 4;
	link->maxburst = 24;
	link->rx_maxburst = 40;
	link->config.bytes_per_second = 1 << 19;
	MUST(open_link(link));
	for (i = 0; i < 20; i++)
		MUST(i % 2 ? sender_terminated(link, i * 500) : receiver_terminated(link, i * 500));
	EXPECT(link->published > 10 * LIST, "%llu", link->published);
	return true;
}

/*
 * As a serial port's driver does: the line falls silent, the list says how far it came, and is
 * given up.
 */
static bool test_list_idle(struct link *link)
{
	const u32 message = 1000;
	enum dma_status status;
	struct list *tx, *rx;

	link->of_lists = true;
	link->config.idle_usecs = 500;
	MUST(open_link(link));
	rx = new_list(link, link->rx, rx_spans, ARRAY_SIZE(rx_spans), 0);
	tx = new_list(link, link->tx, &message, 1, 0);
	MUST(submit(rx) && submit(tx) && ended(tx));
	EXPECT(wait_event_timeout(link->wait, link->causes == VDMA_IDLE, HZ), "causes %x",
	       link->causes);
	EXPECT(residue(rx, &status) == LIST - message && status == DMA_IN_PROGRESS);
	dmaengine_terminate_sync(link->rx);
	return holds(rx, 0, message);
}

static struct dma_async_tx_descriptor *prep(struct dma_chan *chan, size_t len,
					    enum dma_transfer_direction direction)
{
	struct scatterlist span;

	sg_init_table(&span, 1);
	sg_dma_len(&span) = len;
	return dmaengine_prep_slave_sg(chan, &span, 1, direction, 0);
}

static bool test_list_refusals(struct link *link)
{
	struct dma_slave_config none = { };

	link->of_lists = true;
	link->config.mode = VDMA_WIRE_LOSSY;
	MUST(open_link(link));
	EXPECT(!prep(link->tx, 64, DMA_MEM_TO_DEV), "over a lossy wire");
	close_link(link);
	link->of_lists = true;
	link->config.irq_cpu = -1;
	MUST(open_link(link));
	EXPECT(!prep(link->tx, 0, DMA_MEM_TO_DEV), "a span of nothing");
	EXPECT(!prep(link->tx, 12, DMA_MEM_TO_DEV), "12 bytes over a bus of 8");
	EXPECT(!prep(link->tx, SZ_64M + 8, DMA_MEM_TO_DEV), "above 64 MiB");
	EXPECT(!prep(link->tx, 64, DMA_MEM_TO_MEM), "memory to memory");
	EXPECT(prep(link->tx, 64, DMA_MEM_TO_DEV));
	EXPECT(!prep(link->rx, 64, DMA_MEM_TO_DEV), "two channels at one end");
	EXPECT(dmaengine_slave_config(link->tx, &none) == -EBUSY,
	       "configured anew between prep and submit");
	dmaengine_terminate_sync(link->tx);
	EXPECT(!dmaengine_slave_config(link->tx, &none));
	EXPECT(!prep(link->tx, 64, DMA_MEM_TO_DEV), "without a wire");
	return true;
}

/* With a fault set in debugfs: traffic as above, told by interrupts alone but for the watchdog. */
static bool under_fault(struct link *link, struct vdma_wire_stats *stats)
{
	int quiet = 0;

	link->config.watermark_bytes = 4096;
	link->config.idle_usecs = 200;
	link->config.watchdog_usecs = 5000;
	MUST(open_link(link));
	while (link->consumed < SZ_1M && quiet < 20) {
		int before = atomic_read(&link->interrupts);

		produce(link, SZ_1M - link->published);
		if (!wait_event_timeout(link->wait, atomic_read(&link->interrupts) != before,
					HZ / 10))
			quiet++;
		if (!consume(link))
			return false;
	}
	ops->get_stats(link->wire, stats);
	EXPECT(link->consumed == SZ_1M, "%llu bytes came", link->consumed);
	return true;
}

/* The one interrupt there is gets lost: only the watchdog can tell. */
static bool test_fault_lost(struct link *link)
{
	struct vdma_wire_stats stats;

	link->config.watermark_bytes = PERIOD;
	link->config.watchdog_usecs = 5000;
	MUST(open_link(link));
	produce(link, PERIOD);
	EXPECT(wait_event_timeout(link->wait, link->causes, HZ), "nobody told");
	ops->get_stats(link->wire, &stats);
	EXPECT(stats.lost == 1 && stats.by_watchdog == 1 &&
		       link->causes == (VDMA_WATERMARK | VDMA_WATCHDOG),
	       "lost %llu, by watchdog %llu", stats.lost, stats.by_watchdog);
	EXPECT(link->latency_ns >= 5 * NSEC_PER_MSEC, "%llu ns", link->latency_ns);
	return consume(link);
}

/* Every interrupt is late, by a millisecond as faults.c has it. */
static bool test_fault_late(struct link *link)
{
	struct vdma_wire_stats stats;

	MUST(under_fault(link, &stats));
	EXPECT(stats.late);
	EXPECT(link->longest_ns >= NSEC_PER_MSEC, "the latest came after %llu ns",
	       link->longest_ns);
	return true;
}

static bool test_fault_duplicated(struct link *link)
{
	struct vdma_wire_stats stats;

	MUST(under_fault(link, &stats));
	EXPECT(stats.duplicated, "none");
	msleep(20);
	ops->get_stats(link->wire, &stats);
	EXPECT(atomic_read(&link->interrupts) == stats.interrupts, "seen %d of %llu",
	       atomic_read(&link->interrupts), stats.interrupts);
	EXPECT(link->spurious, "every one had a cause of its own");
	return true;
}

static bool test_fault_stall(struct link *link)
{
	struct vdma_wire_stats stats;

	MUST(under_fault(link, &stats));
	EXPECT(stats.stalls);
	return true;
}

/* A transfer error stops the channel; a new epoch brings it back. */
static bool test_fault_error(struct link *link)
{
	struct vdma_wire_stats stats;

	MUST(open_link(link));
	produce(link, RING);
	EXPECT(wait_event_timeout(link->wait, link->causes & VDMA_ERROR, HZ),
	       "nobody told of the error");
	EXPECT(dma_async_is_tx_complete(link->tx, link->tx_cookie, NULL, NULL) == DMA_ERROR ||
	       dma_async_is_tx_complete(link->rx, link->rx_cookie, NULL, NULL) == DMA_ERROR);
	stop(link);
	consume(link);
	ops->new_epoch(link->wire, link->published, link->consumed);
	link->published = link->consumed = 0;
	MUST(start(link));
	produce(link, PERIOD);
	EXPECT(wait_for(link, ops->rx_position, PERIOD, 2000), "not after recovery");
	ops->get_stats(link->wire, &stats);
	EXPECT(stats.errors && stats.gap_bytes);
	return consume(link);
}

/*
 * An error stops a list where it is: nobody is called back, and the client learns of it as a ring's
 * does.
 */
static bool test_fault_error_list(struct link *link)
{
	enum dma_status tx_status, rx_status;
	u32 tx_left, rx_left;
	struct list *tx, *rx;

	link->of_lists = true;
	MUST(open_link(link));
	MUST(begin_lists(link, &tx, &rx));
	EXPECT(wait_event_timeout(link->wait, link->causes & VDMA_ERROR, HZ),
	       "nobody told of the error");
	msleep(20);
	tx_left = residue(tx, &tx_status);
	rx_left = residue(rx, &rx_status);
	EXPECT((tx_status == DMA_ERROR && tx_left) || (rx_status == DMA_ERROR && rx_left), "%d, %d",
	       tx_status, rx_status);
	EXPECT(!atomic_read(&rx->calls));
	stop(link);
	ops->new_epoch(link->wire, ops->tx_position(link->wire), ops->rx_position(link->wire));
	return begin_lists(link, &tx, &rx) && ended(tx) && ended(rx) && holds(rx, 0, LIST);
}

static const struct {
	const char *name;
	bool (*run)(struct link *link);
	bool needs_fault;
} tests[] = {
	{ "memcpy", test_memcpy },
	{ "stream", test_stream },
	{ "odd_amounts", test_odd_amounts },
	{ "paused", test_paused },
	{ "call_chain", test_call_chain },
	{ "credit", test_credit },
	{ "residue", test_residue },
	{ "rate", test_rate },
	{ "terminate", test_terminate },
	{ "slow_rate", test_slow_rate },
	{ "rate_after_wait", test_rate_after_wait },
	{ "affinity", test_affinity },
	{ "unsubmitted", test_unsubmitted },
	{ "restart", test_restart },
	{ "merged", test_merged },
	{ "watermark", test_watermark },
	{ "usecs", test_usecs },
	{ "idle", test_idle },
	{ "tx_space", test_tx_space },
	{ "mask", test_mask },
	{ "lossy", test_lossy },
	{ "no_receiver", test_no_receiver },
	{ "refusals", test_refusals },
	{ "small_fifo", test_small_fifo },
	{ "list", test_list },
	{ "list_to_ring", test_list_to_ring },
	{ "list_residue", test_list_residue },
	{ "list_paused", test_list_paused },
	{ "list_terminated", test_list_terminated },
	{ "list_idle", test_list_idle },
	{ "list_refusals", test_list_refusals },
	{ "fault_lost", test_fault_lost, true },
	{ "fault_late", test_fault_late, true },
	{ "fault_duplicated", test_fault_duplicated, true },
	{ "fault_stall", test_fault_stall, true },
	{ "fault_error", test_fault_error, true },
	{ "fault_error_list", test_fault_error_list, true },
};

static struct link *held;

static void run(size_t i)
{
	struct link *link = new_link();
	bool good = link && tests[i].run(link);

	if (link)
		close_link(link);
	kfree(link);
	failures += !good;
	pr_warn("vdma_test: %s %zu %s%s%s\n", good ? "ok" : "not ok", i + 1, tests[i].name,
		good ? "" : ": ", good ? "" : reason);
}

/* Traffic that does not end by itself, so that whatever unloads does so in the middle of it. */
static int keep_moving(void *data)
{
	struct link *link = data;
	bool good = true;

	while (!kthread_should_stop()) {
		if (good) {
			produce(link, RING);
			good = consume(link);
		}
		usleep_range(50, 100);
	}
	if (!good)
		pr_warn("vdma_test: not ok hold: %s\n", reason);
	return 0;
}

static int hold_link(void)
{
	struct task_struct *traffic;

	held = new_link();
	if (!held)
		return -ENOMEM;
	held->config.watermark_bytes = PERIOD;
	if (!open_link(held)) {
		pr_warn("vdma_test: not ok hold: %s\n", reason);
		return 0;
	}
	traffic = kthread_run(keep_moving, held, "vdma_test");
	if (IS_ERR(traffic))
		pr_warn("vdma_test: not ok hold: no thread\n");
	else
		held->traffic = traffic;
	return 0;
}

static int __init vdma_test_init(void)
{
	const struct vdma_wire_ops *(*get_ops)(void) = symbol_get(vdma_wire_ops);
	size_t i, ran = 0;

	if (!get_ops) {
		pr_err("vdma_test: vdma is not loaded\n");
		return -ENODEV;
	}
	ops = get_ops();
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		if (*only ? strcmp(only, tests[i].name) : tests[i].needs_fault)
			continue;
		run(i);
		ran++;
	}
	pr_warn("vdma_test: %u of %zu failed\n", failures, ran);
	if (!hold)
		return 0;
	return hold_link();
}

static void __exit vdma_test_exit(void)
{
	if (held)
		close_link(held);
	kfree(held);
	symbol_put(vdma_wire_ops);
}

module_init(vdma_test_init);
module_exit(vdma_test_exit);

MODULE_DESCRIPTION("tests of vdma, written to the kernel log as TAP");
MODULE_LICENSE("GPL");
