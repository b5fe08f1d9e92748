// SPDX-License-Identifier: GPL-2.0
/*
 * rx.c - frames out of the receive ring: the core that all handlers share.
 *
 * Each frame is copied into a page of its own. In the ring XDP would be wrong: adjust_tail would
 * write into the next record, and PASS, TX and REDIRECT outlive the slot. The page is reused for as
 * long as nobody keeps it.
 */
#include <linux/bpf_trace.h>

#include "rxnic.h"

enum { DO_FLUSH = 1 << 0, DO_TX = 1 << 1 };

static bool rxnic_new_page(struct rxnic_line *line)
{
	line->page = rxnic_fail_page() ? NULL : page_pool_dev_alloc_pages(line->pool);
	return line->page;
}

/* To the stack, page and all. */
static void rxnic_pass(struct rxnic_line *line, const struct xdp_buff *xdp,
		       struct rxnic_rx_counts *rx)
{
	const u32 meta = xdp->data_meta <= xdp->data ? xdp->data - xdp->data_meta : 0;
	const bool napi = line->handler->napi;
	struct sk_buff *skb;

	skb = napi ? napi_build_skb(xdp->data_hard_start, line->page_bytes) :
		     build_skb(xdp->data_hard_start, line->page_bytes);
	if (unlikely(!skb)) {
		rx->rx_no_skb++;
		return;
	}
	skb_mark_for_recycle(skb);
	line->page = NULL;
	skb_reserve(skb, xdp->data - xdp->data_hard_start);
	__skb_put(skb, xdp->data_end - xdp->data);
	if (meta)
		skb_metadata_set(skb, meta);
	skb_record_rx_queue(skb, line->index);
	skb->protocol = eth_type_trans(skb, line->to->dev);
	rx->rx_passed++;
	if (napi)
		napi_gro_receive(&line->napi, skb);
	else
		netif_receive_skb(skb);
}

static unsigned int rxnic_run_xdp(struct rxnic_line *line, struct bpf_prog *prog,
				  struct xdp_buff *xdp, struct rxnic_rx_counts *rx)
{
	struct net_device *dev = line->to->dev;
	const u32 verdict = bpf_prog_run_xdp(prog, xdp);

	switch (verdict) {
	case XDP_DROP:
		rx->xdp_drop++;
		return 0;
	case XDP_PASS:
		rx->xdp_pass++;
		rxnic_pass(line, xdp, rx);
		return 0;
	case XDP_TX:
		if (rxnic_xdp_tx(line->to->tx_lines[line->index], xdp)) {
			rx->xdp_tx++;
			return DO_TX;
		}
		rx->xdp_tx_dropped++;
		break;
	case XDP_REDIRECT:
		if (!xdp_do_redirect(dev, xdp, prog)) {
			rx->xdp_redirect++;
			line->page = NULL;
			return DO_FLUSH;
		}
		rx->xdp_redirect_dropped++;
		break;
	default:
		bpf_warn_invalid_xdp_action(dev, prog, verdict);
		fallthrough;
	case XDP_ABORTED:
		rx->xdp_aborted++;
	}
	trace_xdp_exception(dev, prog, verdict);
	return 0;
}

/*
 * Of a frame from the wire's own source. Whoever wants it to begin anew asks: it is cleared by the
 * one who adds to it. Not inlined, for other frames would pay for it in registers.
 */
static noinline void rxnic_add_latency(struct rxnic_line *line, u64 arrived)
{
	const u64 ns = ktime_get_ns() - arrived;

	if (unlikely(READ_ONCE(line->latency_anew))) {
		memset(&line->latency, 0, sizeof(line->latency));
		/* what is seen after it is cleared; pairs with latency_show() */
		smp_store_release(&line->latency_anew, false);
	}
	histogram_add(&line->latency, ns);
}

static __always_inline unsigned int rxnic_receive(struct rxnic_line *line, struct bpf_prog *prog,
						  const struct rxlab_record *record,
						  struct xdp_buff *xdp,
						  struct rxnic_rx_counts *rx)
{
	const struct rxlab_ring_variant *variant = line->ring.config.variant;
	const u32 length = record->length;
	unsigned int later = 0;
	bool bad = false;
	u64 arrived = 0;
	u32 work, i;
	void *start;

	rx->rx_frames++;
	if (unlikely(record->check != rxlab_check_step((u64)record->sequence << 32 | length, 0))) {
		/*
		 * Not a frame that was sent: one of the wire's own, with the time of its arrival;
		 * or none at all.
		 */
		arrived = record->sequence == RXLAB_SOURCE_SEQUENCE ? record->check : 0;
		bad = !arrived;
	}
	if (unlikely(bad || length < ETH_HLEN || length > line->longest)) {
		rx->rx_bad++;
		variant->release(&line->ring.rx.side);
		return 0;
	}
	rx->rx_bytes += length;
	if (unlikely(!line->page) && !rxnic_new_page(line)) {
		rx->rx_no_page++;
		variant->release(&line->ring.rx.side);
		return 0;
	}
	start = page_address(line->page);
	rxnic_copy(start + XDP_PACKET_HEADROOM, record + 1, length);
	variant->release(&line->ring.rx.side);
	work = READ_ONCE(line->to->work);
	for (i = 0; i < work; i++)
		line->worked = rxlab_check_step(line->worked, i);
	xdp_prepare_buff(xdp, start, XDP_PACKET_HEADROOM, length, true);
	if (prog)
		later = rxnic_run_xdp(line, prog, xdp, rx);
	else
		rxnic_pass(line, xdp, rx);
	if (unlikely(arrived))
		rxnic_add_latency(line, arrived);
	return later;
}

static void rxnic_count(struct rxnic_line *line, const struct rxnic_rx_counts *rx)
{
	u64_stats_update_begin(&line->rx_sync);
#define ADD(name) u64_stats_add(&line->rx.name, rx->name);
	RXNIC_RX_COUNTERS(ADD)
#undef ADD
	u64_stats_update_end(&line->rx_sync);
}

int rxnic_rx(struct rxnic_line *line, int budget)
{
	const struct rxlab_ring_variant *variant = line->ring.config.variant;
	struct rxlab_ring_side *side = &line->ring.rx.side;
	struct bpf_prog *prog = rcu_dereference_bh(line->to->prog);
	struct rxnic_rx_counts rx = {};
#ifdef RXNIC_HAS_BPF_NET_CONTEXT
	struct bpf_net_context storage;
	struct bpf_net_context *context = line->handler->napi ? NULL : bpf_net_ctx_set(&storage);
#endif
	const struct rxlab_record *record;
	unsigned int later = 0;
	struct xdp_buff xdp;

	xdp_init_buff(&xdp, line->page_bytes, &line->rxq);
	while (rx.rx_frames < budget && (record = variant->peek(side)))
		later |= rxnic_receive(line, prog, record, &xdp, &rx);
	variant->flush(side);
	if (later & DO_FLUSH)
		xdp_do_flush();
	if (later & DO_TX)
		rxnic_xdp_tx_end(line->to->tx_lines[line->index]);
#ifdef RXNIC_HAS_BPF_NET_CONTEXT
	bpf_net_ctx_clear(context);
#endif
	rx.rx_polls = !!rx.rx_frames;
	rx.rx_exhausted = rx.rx_frames >= budget;
	rxnic_count(line, &rx);
	return rx.rx_frames;
}

bool rxnic_rx_done(struct rxnic_line *line)
{
	struct dma_ring *ring = &line->ring;

	/* Who made it deaf lets the wire tell again. */
	return !READ_ONCE(line->receiving) || !ring->ops->unmask(ring->wire, ring->rx.side.cached);
}

bool rxnic_rx_again(struct rxnic_line *line, int budget)
{
	return rxnic_rx(line, budget) == budget ? READ_ONCE(line->receiving) : !rxnic_rx_done(line);
}
