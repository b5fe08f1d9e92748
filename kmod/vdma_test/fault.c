// SPDX-License-Identifier: GPL-2.0
/*
 * fault.c - what goes wrong on purpose is survived. Each needs its fault set in debugfs, which
 * vm/test-vdma does before it asks for the test by name.
 */
#include "vdma_test.h"

/* With a fault set in debugfs: traffic as above, told by interrupts alone but for the watchdog. */
static bool under_fault(struct link *link, struct vdma_wire_stats *stats)
{
	int quiet = 0;

	link->config.watermark_bytes = 4096;
	link->config.idle_usecs = 200;
	link->config.watchdog_usecs = 5000;
	MUST(open_link(link));
	while (link->consumed < SZ_1M && quiet < 20) {
		int before = interrupts_of(link);

		produce(link, SZ_1M - link->published);
		if (!wait_event_timeout(link->wait, interrupts_of(link) != before,
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
	EXPECT(wait_event_timeout(link->wait, causes_of(link), HZ), "nobody told");
	ops->get_stats(link->wire, &stats);
	EXPECT(stats.lost == 1 && stats.by_watchdog == 1 &&
		       causes_of(link) == (VDMA_WATERMARK | VDMA_WATCHDOG),
	       "lost %llu, by watchdog %llu", stats.lost, stats.by_watchdog);
	EXPECT(READ_ONCE(link->latency_ns) >= 5 * NSEC_PER_MSEC, "%llu ns",
	       READ_ONCE(link->latency_ns));
	return consume(link);
}

/* Every interrupt is late, by a millisecond as faults.c has it. */
static bool test_fault_late(struct link *link)
{
	struct vdma_wire_stats stats;

	MUST(under_fault(link, &stats));
	EXPECT(stats.late);
	EXPECT(READ_ONCE(link->longest_ns) >= NSEC_PER_MSEC, "the latest came after %llu ns",
	       READ_ONCE(link->longest_ns));
	return true;
}

static bool test_fault_duplicated(struct link *link)
{
	struct vdma_wire_stats stats;

	MUST(under_fault(link, &stats));
	EXPECT(stats.duplicated, "none");
	msleep(20);
	ops->get_stats(link->wire, &stats);
	EXPECT(interrupts_of(link) <= stats.interrupts, "seen %d of %llu", interrupts_of(link),
	       stats.interrupts);
	/* A thread that is to run is not woken once more: two interrupts are one then. */
	if (threaded)
		return true;
	EXPECT(interrupts_of(link) == stats.interrupts, "seen %d of %llu", interrupts_of(link),
	       stats.interrupts);
	EXPECT(READ_ONCE(link->spurious), "every one had a cause of its own");
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
	EXPECT(wait_event_timeout(link->wait, causes_of(link) & VDMA_ERROR, HZ),
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
	EXPECT(wait_event_timeout(link->wait, causes_of(link) & VDMA_ERROR, HZ),
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

const struct vdma_test vdma_fault_tests[] = {
	{ "fault_lost", test_fault_lost, true },
	{ "fault_late", test_fault_late, true },
	{ "fault_duplicated", test_fault_duplicated, true },
	{ "fault_stall", test_fault_stall, true },
	{ "fault_error", test_fault_error, true },
	{ "fault_error_list", test_fault_error_list, true },
	{}
};
