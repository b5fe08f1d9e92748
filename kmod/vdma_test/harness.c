// SPDX-License-Identifier: GPL-2.0
/*
 * harness.c - vdma_test: an ordinary dmaengine client that asks vdma what it promises.
 *
 * Runs while it is loaded and writes TAP to the kernel log; vm/test-vdma judges. only=NAME runs one
 * test, which is how the script pairs a test with a fault it has set in debugfs.
 */
#include <linux/kthread.h>
#include <linux/module.h>

#include <rxlab/record_wire.h>

#include "vdma_test.h"

static char *only = "";
module_param(only, charp, 0444);
MODULE_PARM_DESC(only, "the one test to run (default: all that need no fault set in debugfs)");

unsigned int mib = 64;
module_param(mib, uint, 0444);
MODULE_PARM_DESC(mib, "MiB that test 'stream' moves");

bool exact;
module_param(exact, bool, 0444);
MODULE_PARM_DESC(exact, "nobody else takes this machine's time, so that late is wrong too");

bool threaded = IS_ENABLED(CONFIG_PREEMPT_RT);
module_param(threaded, bool, 0444);
MODULE_PARM_DESC(threaded, "interrupts are handled in threads, as with threadirqs");

static bool hold;
module_param(hold, bool, 0444);
MODULE_PARM_DESC(hold, "keep a running link with its interrupt until the module is removed");

const struct vdma_wire_ops *ops;
char reason[200];

static unsigned int failures;
static struct link *held;

/* The byte at a position of the stream: a different one at every ring's turn. */
u8 pattern(u64 position)
{
	return (position * 0x9E3779B97F4A7C15ull) >> 56;
}

static irqreturn_t interrupted(int irq, void *data)
{
	struct link *link = data;
	u64 raised = 0;
	unsigned int causes = ops->causes(link->wire, &raised);

	if (in_hardirq())
		atomic_inc(&link->in_hardirq);
	/* a thread's, where it is one: it may be moved */
	WRITE_ONCE(link->cpu, raw_smp_processor_id());
	if (causes) {
		const u64 latency_ns = ktime_get_ns() - raised;

		WRITE_ONCE(link->latency_ns, latency_ns);
		WRITE_ONCE(link->longest_ns, max(link->longest_ns, latency_ns));
	} else {
		WRITE_ONCE(link->spurious, link->spurious + 1);
	}
	/* Last what a test waits for; pairs with causes_of() and interrupts_of(). */
	atomic_fetch_or_release(causes, &link->causes);
	atomic_inc_return_release(&link->interrupts);
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

struct dma_chan *channel(void)
{
	dma_cap_mask_t mask;

	dma_cap_zero(mask);
	dma_cap_set(DMA_CYCLIC, mask);
	dma_cap_set(DMA_MEMCPY, mask);
	return dma_request_channel(mask, NULL, NULL);
}

bool configure(struct link *link)
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

bool start(struct link *link)
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

void stop(struct link *link)
{
	dmaengine_terminate_sync(link->tx);
	dmaengine_terminate_sync(link->rx);
}

static struct link *new_link(void)
{
	struct link *link = kzalloc(sizeof(*link), GFP_KERNEL);

	if (link) {
		link->config.irq_cpu = -1;
		link->config.framing = &rxlab_record_framing;
	}
	return link;
}

void close_link(struct link *link)
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

bool open_link(struct link *link)
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
void produce(struct link *link, u64 most)
{
	u64 room = RING - (link->published - ops->tx_position(link->wire)), i;

	for (i = 0; i < min(room, most); i++, link->published++)
		link->tx_ring[link->published % RING] = pattern(link->published);
	ops->publish(link->wire, link->published);
	ops->doorbell(link->wire);
}

/* Reads what has arrived; false on a wrong byte. */
bool consume(struct link *link)
{
	u64 end = ops->rx_position(link->wire);

	for (; link->consumed != end; link->consumed++) {
		u8 got = link->rx_ring[link->consumed % RING], want = pattern(link->consumed);

		EXPECT(got == want, "byte %llu is %02x, not %02x", link->consumed, got, want);
	}
	ops->consumed(link->wire, link->consumed);
	return true;
}

bool wait_for(struct link *link, u64 (*position)(struct dma_wire *), u64 wanted, unsigned int ms)
{
	const unsigned long end = jiffies + msecs_to_jiffies(ms);

	while (position(link->wire) < wanted && time_before(jiffies, end))
		usleep_range(100, 200);
	return position(link->wire) >= wanted;
}

/* ---- which tests run ---- */

static const struct vdma_test *const groups[] = {
	vdma_copy_tests, vdma_ring_tests, vdma_list_tests, vdma_fault_tests,
};

/* TAP's number of a test is its place among all, whichever of them run. */
static void run(const struct vdma_test *test, size_t number)
{
	struct link *link = new_link();
	bool good = link && test->run(link);

	if (link)
		close_link(link);
	kfree(link);
	failures += !good;
	pr_warn("vdma_test: %s %zu %s%s%s\n", good ? "ok" : "not ok", number, test->name,
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
	const struct vdma_test *test;
	size_t i, number = 0, ran = 0;

	if (!get_ops) {
		pr_err("vdma_test: vdma is not loaded\n");
		return -ENODEV;
	}
	ops = get_ops();
	for (i = 0; i < ARRAY_SIZE(groups); i++)
		for (test = groups[i]; test->name; test++) {
			number++;
			if (*only ? strcmp(only, test->name) : test->needs_fault)
				continue;
			run(test, number);
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
