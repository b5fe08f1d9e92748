// SPDX-License-Identifier: GPL-2.0
/*
 * tx.c - frames into the transmit ring, and when the engine is told of them.
 *
 * All of it under the transmit queue's lock: the stack, XDP_TX and XDP_REDIRECT share the ring.
 *
 * A doorbell costs more than a frame. So it is rung at once when it was not rung for tx_usecs; from
 * then on frames are held back until there are tx_frames of them or the time has passed. A frame
 * that comes alone is never late.
 */
#include <linux/skbuff.h>

#include "rxnic.h"

static void rxnic_doorbell(struct rxnic_line *line)
{
	struct dma_ring *ring = &line->ring;

	line->untold = 0;
	u64_stats_inc(&line->tx.tx_doorbells);
	ring->config.variant->flush(&ring->tx.side);
	ring->ops->doorbell(ring->wire);
}

static __always_inline void rxnic_tell(struct rxnic_line *line)
{
	const struct rxnic_port *port = line->from;
	u32 usecs;

	if (!line->untold || (line->holding && line->untold < READ_ONCE(port->tx_frames)))
		return;
	rxnic_doorbell(line);
	usecs = READ_ONCE(port->tx_usecs);
	if (usecs && !line->holding) {
		line->holding = true;
		hrtimer_start(&line->hold, ns_to_ktime(usecs * (u64)NSEC_PER_USEC),
			      HRTIMER_MODE_REL_SOFT);
	}
}

enum hrtimer_restart rxnic_held(struct hrtimer *timer)
{
	struct rxnic_line *line = container_of(timer, struct rxnic_line, hold);
	enum hrtimer_restart again = HRTIMER_NORESTART;
	u32 usecs;

	__netif_tx_lock(line->txq, smp_processor_id());
	if (line->running && line->untold) {
		u64_stats_update_begin(&line->tx_sync);
		u64_stats_inc(&line->tx.tx_held);
		rxnic_doorbell(line);
		u64_stats_update_end(&line->tx_sync);
		usecs = max(READ_ONCE(line->from->tx_usecs), 1u);
		hrtimer_forward_now(timer, ns_to_ktime(usecs * (u64)NSEC_PER_USEC));
		again = HRTIMER_RESTART;
	} else {
		line->holding = false;
	}
	__netif_tx_unlock(line->txq);
	return again;
}

static u64 rxnic_room(const struct rxlab_ring_side *tx)
{
	return tx->cached + tx->size - tx->position;
}

/* Before the longest frame would find no room: so no frame of the stack is ever refused. */
static noinline void rxnic_stop_when_full(struct rxnic_line *line)
{
	struct dma_ring *ring = &line->ring;
	struct rxlab_ring_side *tx = &ring->tx.side;

	rxlab_ring_peer(tx);
	if (rxnic_room(tx) >= line->room || netif_tx_queue_stopped(line->txq))
		return;
	u64_stats_inc(&line->tx.tx_stops);
	netif_tx_stop_queue(line->txq);
	rxnic_doorbell(line);
	/*
	 * Woken when a quarter is free. That may be so already: then the interrupt comes at once,
	 * after the stop.
	 */
	ring->ops->arm_tx(ring->wire,
			  tx->position + max_t(u64, line->room, tx->size / 4) - tx->size);
}

static __always_inline void *rxnic_reserve(struct rxnic_line *line, u32 length)
{
	struct dma_ring *ring = &line->ring;
	struct rxlab_record *record;

	if (unlikely(!line->running || length > line->longest))
		return NULL;
	record = ring->config.variant->reserve(&ring->tx.side, rxlab_record_bytes(length));
	if (unlikely(!record))
		return NULL;
	record->length = length;
	record->sequence = line->sequence;
	/* Of the header alone: the frame has checksums of its own. */
	record->check = rxlab_check_step((u64)line->sequence << 32 | length, 0);
	return record + 1;
}

static __always_inline void rxnic_commit(struct rxnic_line *line, u32 length)
{
	struct dma_ring *ring = &line->ring;

	ring->config.variant->commit(&ring->tx.side);
	line->sequence++;
	line->untold++;
	u64_stats_inc(&line->tx.tx_frames);
	u64_stats_add(&line->tx.tx_bytes, length);
	if (unlikely(rxnic_room(&ring->tx.side) < line->room))
		rxnic_stop_when_full(line);
}

netdev_tx_t rxnic_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct rxnic_line *line = rxnic_port(dev)->tx_lines[skb_get_queue_mapping(skb)];
	const u32 length = skb->len;
	void *frame;

	u64_stats_update_begin(&line->tx_sync);
	frame = rxnic_reserve(line, length);
	if (likely(frame)) {
		/* XDP may have left too little room for a copy that goes beyond the frame. */
		if (likely(!skb_is_nonlinear(skb) && skb->ip_summed != CHECKSUM_PARTIAL &&
			   rxnic_room(&line->ring.tx.side) >= line->room))
			rxnic_copy(frame, skb->data, length);
		else
			/* the checksum is completed on the way: that is what HW_CSUM is here */
			skb_copy_and_csum_dev(skb, frame);
		if (unlikely(skb_shinfo(skb)->tx_flags & SKBTX_ANY_TSTAMP))
			skb_tx_timestamp(skb);
		rxnic_commit(line, length);
	} else {
		u64_stats_inc(&line->tx.tx_dropped);
	}
	/*
	 * A queue that was stopped has told already, and calls nobody back for the frames after it.
	 */
	if (likely(line->running) &&
	    (!netdev_xmit_more() || line->untold >= READ_ONCE(line->from->tx_frames)))
		rxnic_tell(line);
	u64_stats_update_end(&line->tx_sync);
	if (likely(frame))
		consume_skb(skb);
	else
		kfree_skb(skb);
	return NETDEV_TX_OK;
}

/* ---- XDP ---- */

static bool rxnic_put(struct rxnic_line *line, const void *data, u32 length,
		      u64_stats_t *counter)
{
	void *frame = rxnic_reserve(line, length);

	if (!frame) {
		u64_stats_inc(&line->tx.tx_dropped);
		return false;
	}
	memcpy(frame, data, length);
	u64_stats_inc(counter);
	rxnic_commit(line, length);
	return true;
}

bool rxnic_xdp_tx(struct rxnic_line *line, const struct xdp_buff *xdp)
{
	bool sent;

	__netif_tx_lock(line->txq, smp_processor_id());
	u64_stats_update_begin(&line->tx_sync);
	sent = rxnic_put(line, xdp->data, xdp->data_end - xdp->data, &line->tx.tx_xdp);
	u64_stats_update_end(&line->tx_sync);
	__netif_tx_unlock(line->txq);
	return sent;
}

void rxnic_xdp_tx_end(struct rxnic_line *line)
{
	__netif_tx_lock(line->txq, smp_processor_id());
	if (line->running) {
		u64_stats_update_begin(&line->tx_sync);
		rxnic_tell(line);
		u64_stats_update_end(&line->tx_sync);
	}
	__netif_tx_unlock(line->txq);
}

int rxnic_xdp_xmit(struct net_device *dev, int count, struct xdp_frame **frames, u32 flags)
{
	struct rxnic_port *port = rxnic_port(dev);
	struct rxnic_line *line =
		port->tx_lines[smp_processor_id() % READ_ONCE(dev->real_num_tx_queues)];
	int i, sent = 0;

	if (unlikely(flags & ~XDP_XMIT_FLAGS_MASK))
		return -EINVAL;
	if (unlikely(!netif_carrier_ok(dev)))
		return -ENETDOWN;
	__netif_tx_lock(line->txq, smp_processor_id());
	u64_stats_update_begin(&line->tx_sync);
	while (sent < count &&
	       rxnic_put(line, frames[sent]->data, frames[sent]->len, &line->tx.tx_redirected))
		sent++;
	/* The caller drops the others: rxnic_put() has counted the first of them. */
	if (sent < count)
		u64_stats_add(&line->tx.tx_dropped, count - sent - 1);
	if ((flags & XDP_XMIT_FLUSH) && line->running)
		rxnic_tell(line);
	u64_stats_update_end(&line->tx_sync);
	__netif_tx_unlock(line->txq);
	for (i = 0; i < sent; i++)
		xdp_return_frame(frames[i]);
	return sent;
}
