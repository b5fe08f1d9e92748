// SPDX-License-Identifier: GPL-2.0
/* copy.c - that a copy is of the bytes asked for, and of no others. */
#include <linux/completion.h>

#include "vdma_test.h"

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

const struct vdma_test vdma_copy_tests[] = {
	{ "memcpy", test_memcpy },
	{}
};
