// SPDX-License-Identifier: GPL-2.0
/* list.c - transfers that are lists of spans, sent or filled once. */
#include "vdma_test.h"

static void unmap_list(struct list *list)
{
	if (list->mapped)
		dma_unmap_sg(dmaengine_get_dma_device(list->chan), list->spans, list->count,
			     list->direction == DMA_MEM_TO_DEV ? DMA_TO_DEVICE : DMA_FROM_DEVICE);
	list->mapped = 0;
}

void free_lists(struct link *link)
{
	for (; link->list_count; link->list_count--) {
		struct list *list = &link->lists[link->list_count - 1];

		unmap_list(list);
		while (list->count)
			kfree(list->memory[--list->count]);
	}
}

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
bool begin_lists(struct link *link, struct list **tx, struct list **rx)
{
	if (link->list_count)
		stop(link);
	free_lists(link);
	*tx = new_list(link, link->tx, tx_spans, ARRAY_SIZE(tx_spans), link->published);
	*rx = new_list(link, link->rx, rx_spans, ARRAY_SIZE(rx_spans), 0);
	return submit(*rx) && submit(*tx);
}

u32 residue(struct list *list, enum dma_status *status)
{
	struct dma_tx_state state;

	*status = dmaengine_tx_status(list->chan, list->cookie, &state);
	return state.residue;
}

/* Called back once, from a tasklet, and complete with nothing left. */
bool ended(struct list *list)
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
bool holds(struct list *list, u64 position, size_t got)
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
	EXPECT(wait_event_timeout(link->wait, causes_of(link) == VDMA_IDLE, HZ), "causes %x",
	       causes_of(link));
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

const struct vdma_test vdma_list_tests[] = {
	{ "list", test_list },
	{ "list_to_ring", test_list_to_ring },
	{ "list_residue", test_list_residue },
	{ "list_paused", test_list_paused },
	{ "list_terminated", test_list_terminated },
	{ "list_idle", test_list_idle },
	{ "list_refusals", test_list_refusals },
	{}
};
