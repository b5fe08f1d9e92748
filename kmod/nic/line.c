// SPDX-License-Identifier: GPL-2.0
/*
 * line.c - a line: how it is put together and taken apart, how it runs, and how it is made to stand
 * still.
 */
#include "rxnic.h"

/* ---- being told ---- */

static irqreturn_t rxnic_told(struct dma_ring *ring, unsigned int causes, u64 now)
{
	struct rxnic_line *line = container_of(ring, struct rxnic_line, ring);

	if ((causes & VDMA_TX_SPACE) && READ_ONCE(line->running))
		netif_tx_wake_queue(line->txq);
	if (causes & VDMA_ERROR)
		schedule_work(&line->from->pair->reset);
	/* Before the handler; pairs with the release in rxnic_line_receive(). */
	if ((causes & ~VDMA_TX_SPACE) && smp_load_acquire(&line->receiving))
		return line->handler->schedule(line);
	return IRQ_HANDLED;
}

static irqreturn_t rxnic_thread(int irq, void *ring)
{
	struct rxnic_line *line = container_of(ring, struct rxnic_line, ring);

	if (smp_load_acquire(&line->receiving) && line->handler->thread) /* as above */
		line->handler->thread(line);
	return IRQ_HANDLED;
}

/* ---- what it is made of ---- */

int rxnic_line_open_ring(struct rxnic_line *line)
{
	struct rxnic_pair *pair = line->from->pair;

	memset(&line->ring, 0, sizeof(line->ring));
	line->ring.config = pair->config[line->from != pair->ports[0]];
	line->ring.config.name = line->name;
	line->ring.told = rxnic_told;
	line->ring.thread = rxnic_thread;
	return dma_ring_open(&line->ring);
}

static int rxnic_open_pool(struct rxnic_line *line)
{
	const unsigned int order =
		get_order(RXNIC_AROUND + round_up(line->longest, RXLAB_RECORD_ALIGN));
	const struct page_pool_params params = {
		.order = order,
		.pool_size = 256,
		.nid = NUMA_NO_NODE,
		.dma_dir = DMA_FROM_DEVICE,
	};
	int err;

	line->page_bytes = PAGE_SIZE << order;
	line->pool = rxnic_fail("page pool") ? ERR_PTR(-ENOMEM) : page_pool_create(&params);
	if (IS_ERR(line->pool))
		return PTR_ERR(line->pool);
	err = rxnic_fail("XDP's receive queue") ? -ENOMEM :
		xdp_rxq_info_reg(&line->rxq, line->to->dev, line->index, line->napi.napi_id);
	if (err)
		goto destroy_pool;
	err = rxnic_fail("XDP's memory model") ?
		      -ENOMEM :
		      xdp_rxq_info_reg_mem_model(&line->rxq, MEM_TYPE_PAGE_POOL, line->pool);
	if (err)
		goto unregister;
	return 0;

unregister:
	xdp_rxq_info_unreg(&line->rxq);
destroy_pool:
	page_pool_destroy(line->pool);
	return err;
}

static void rxnic_close_pool(struct rxnic_line *line)
{
	if (line->page)
		page_pool_put_full_page(line->pool, line->page, false);
	line->page = NULL;
	xdp_rxq_info_unreg(&line->rxq); /* the memory model holds the pool too */
	page_pool_destroy(line->pool);
}

int rxnic_line_open(struct rxnic_line *line)
{
	int err;

	line->longest = RXNIC_FRAME(line->from->dev->mtu);
	line->room = 2 * rxlab_record_bytes(line->longest); /* with what is skipped before it */
	err = rxnic_line_open_ring(line);
	if (err)
		return err;
	netif_napi_add(line->to->dev, &line->napi, rxnic_poll);
	err = rxnic_open_pool(line);
	if (err) {
		netif_napi_del(&line->napi);
		dma_ring_close(&line->ring);
		return err;
	}
	spin_lock_irq(&line->wire_lock);
	line->wire_counts = true;
	spin_unlock_irq(&line->wire_lock);
	return 0;
}

void rxnic_tx_counts(const struct rxnic_line *line, struct rxnic_tx_counts *counts)
{
	unsigned int begin;

	do {
		begin = u64_stats_fetch_begin(&line->tx_sync);
#define COUNT(name) counts->name = u64_stats_read(&line->tx.name);
		RXNIC_TX_COUNTERS(COUNT)
#undef COUNT
	} while (u64_stats_fetch_retry(&line->tx_sync, begin));
}

void rxnic_rx_counts(const struct rxnic_line *line, struct rxnic_rx_counts *counts)
{
	unsigned int begin;

	do {
		begin = u64_stats_fetch_begin(&line->rx_sync);
#define COUNT(name) counts->name = u64_stats_read(&line->rx.name);
		RXNIC_RX_COUNTERS(COUNT)
#undef COUNT
	} while (u64_stats_fetch_retry(&line->rx_sync, begin));
}

static void rxnic_add_wire_stats(struct vdma_wire_stats *sum, const struct vdma_wire_stats *more)
{
	u64 *to = (u64 *)sum;
	const u64 *from = (const u64 *)more;
	unsigned int i;

	for (i = 0; i < sizeof(*sum) / sizeof(u64); i++)
		to[i] += from[i];
}

/* Under the wire's lock. */
static void rxnic_sum_wire_stats(const struct rxnic_line *line, struct vdma_wire_stats *sum)
{
	struct vdma_wire_stats now;

	*sum = line->wire_before;
	if (!line->wire_counts)
		return;
	line->ring.ops->get_stats(line->ring.wire, &now);
	rxnic_add_wire_stats(sum, &now);
}

void rxnic_wire_stats(struct rxnic_line *line, struct vdma_wire_stats *stats)
{
	unsigned long flags;

	spin_lock_irqsave(&line->wire_lock, flags);
	rxnic_sum_wire_stats(line, stats);
	spin_unlock_irqrestore(&line->wire_lock, flags);
}

/* Counters go on where the wire's end. */
static void rxnic_keep_wire_stats(struct rxnic_line *line)
{
	struct vdma_wire_stats sum;

	spin_lock_irq(&line->wire_lock);
	rxnic_sum_wire_stats(line, &sum);
	line->wire_before = sum;
	line->wire_counts = false;
	spin_unlock_irq(&line->wire_lock);
}

/* Nothing is sent or received: what has not arrived never will. */
static void rxnic_give_up(struct rxnic_line *line)
{
	struct vdma_wire_stats wire;
	struct rxnic_tx_counts tx;
	struct rxnic_rx_counts rx;

	rxnic_tx_counts(line, &tx);
	rxnic_rx_counts(line, &rx);
	rxnic_wire_stats(line, &wire);
	WRITE_ONCE(line->given_up, tx.tx_frames + wire.source_records - rx.rx_frames -
					   wire.dropped_records);
}

void rxnic_line_close(struct rxnic_line *line)
{
	rxnic_give_up(line);
	rxnic_keep_wire_stats(line);
	dma_ring_close(&line->ring);
	line->interrupts_before += line->ring.interrupts;
	line->ring.interrupts = 0;
	rxnic_close_pool(line);
	netif_napi_del(&line->napi);
}

/* ---- running and standing still ---- */

int rxnic_line_receive(struct rxnic_line *line, const struct rxnic_handler *handler)
{
	struct dma_ring *ring = &line->ring;
	/* before the handler is open: a socket that polls the device needs no interrupt */
	const u64 seen = ring->rx.side.cached;
	const int err = rxnic_fail("handler") ? -ENOMEM : handler->open(line);

	if (err)
		return err;
	line->handler = handler;
	/* after the handler; pairs with rxnic_told() and rxnic_thread() */
	smp_store_release(&line->receiving, true);
	/* The wire may be masked, and frames lie there that nobody was told of. */
	if (ring->ops->unmask(ring->wire, seen))
		ring->ops->remind(ring->wire);
	return 0;
}

void rxnic_line_deaf(struct rxnic_line *line)
{
	if (!line->receiving)
		return;
	WRITE_ONCE(line->receiving, false);
	/* from here on nobody schedules it but itself */
	synchronize_irq(line->ring.ops->irq(line->ring.wire));
	line->handler->close(line);
}

int rxnic_line_run(struct rxnic_line *line)
{
	const int err = rxnic_line_receive(line, line->to->handler);

	if (err)
		return err;
	__netif_tx_lock_bh(line->txq);
	line->untold = 0;
	WRITE_ONCE(line->running, true);
	__netif_tx_unlock_bh(line->txq);
	netif_tx_wake_queue(line->txq);
	return 0;
}

void rxnic_line_halt(struct rxnic_line *line)
{
	__netif_tx_lock_bh(line->txq);
	WRITE_ONCE(line->running, false);
	netif_tx_stop_queue(line->txq);
	__netif_tx_unlock_bh(line->txq);
	hrtimer_cancel(&line->hold);
	line->holding = false;
	rxnic_line_deaf(line);
}

int rxnic_line_restart(struct rxnic_line *line)
{
	int err;

	rxnic_line_halt(line);
	err = rxnic_fail("new epoch") ?
		      -EIO :
		      dma_ring_restart(&line->ring, line->ring.rx.side.position);
	rxnic_give_up(line);
	return err ?: rxnic_line_run(line);
}
