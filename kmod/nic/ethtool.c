// SPDX-License-Identifier: GPL-2.0
/*
 * ethtool.c - counters and settings; each setting changes the data path. Sizes of rings are bytes:
 * there are no descriptors.
 */
#include <linux/ethtool.h>

#include "rxnic.h"

#define SHORT_FRAME 80 /* bytes of a record with a frame of 60 bytes: what rx-frames counts */

static void rxnic_get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, KBUILD_MODNAME, sizeof(info->driver));
	strscpy(info->bus_info, dev_name(&dev->dev), sizeof(info->bus_info));
}

/* ---- counters ---- */

/* Of the wire that ends here, and of the one that begins here. */
#define WIRE_RX(C) \
	C(interrupts) C(by_watermark) C(by_usecs) C(by_watchdog) C(lost) C(late) C(duplicated) \
	C(rx_bytes) C(rx_bursts) C(rx_stalled) C(dropped_records) C(bad_headers) \
	C(source_records) C(errors) C(engine_ns)
#define WIRE_TX(C) C(by_tx_space) C(tx_bytes) C(tx_bursts) C(tx_starved)

#define NAME(name) #name,
#define WIRE_NAME(name) "wire_" #name,
static const char names[][ETH_GSTRING_LEN] = {
	RXNIC_TX_COUNTERS(NAME) RXNIC_RX_COUNTERS(NAME)
	"interrupts", "given_up", "peer_given_up",
	WIRE_RX(WIRE_NAME) WIRE_TX(WIRE_NAME)
};
#undef NAME
#undef WIRE_NAME

static u64 *rxnic_add_line_pair(struct rxnic_line *to_us, struct rxnic_line *from_us, u64 *sums)
{
	struct vdma_wire_stats wire;
	struct rxnic_tx_counts tx;
	struct rxnic_rx_counts rx;

	rxnic_tx_counts(from_us, &tx);
	rxnic_rx_counts(to_us, &rx);
#define ADD(name) *sums++ += tx.name;
	RXNIC_TX_COUNTERS(ADD)
#undef ADD
#define ADD(name) *sums++ += rx.name;
	RXNIC_RX_COUNTERS(ADD)
#undef ADD
	*sums++ += to_us->interrupts_before + rxlab_counter(to_us->ring.interrupts);
	*sums++ += to_us->given_up;
	*sums++ += from_us->given_up;
	rxnic_wire_stats(to_us, &wire);
#define ADD(name) *sums++ += wire.name;
	WIRE_RX(ADD)
	rxnic_wire_stats(from_us, &wire);
	WIRE_TX(ADD)
#undef ADD
	return sums;
}

static int rxnic_get_sset_count(struct net_device *dev, int set)
{
	return set == ETH_SS_STATS ? ARRAY_SIZE(names) * (1 + RXNIC_MAX_QUEUES) : -EOPNOTSUPP;
}

static void rxnic_get_strings(struct net_device *dev, u32 set, u8 *text)
{
	unsigned int queue, i;

	if (set != ETH_SS_STATS)
		return;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		ethtool_sprintf(&text, "%s", names[i]);
	for (queue = 0; queue < RXNIC_MAX_QUEUES; queue++)
		for (i = 0; i < ARRAY_SIZE(names); i++)
			ethtool_sprintf(&text, "q%u_%s", queue, names[i]);
}

static void rxnic_get_ethtool_stats(struct net_device *dev, struct ethtool_stats *stats,
				    u64 *values)
{
	const struct rxnic_port *port = rxnic_port(dev);
	u64 *each = values + ARRAY_SIZE(names);
	unsigned int i;

	memset(values, 0, rxnic_get_sset_count(dev, ETH_SS_STATS) * sizeof(*values));
	for (i = 0; i < RXNIC_MAX_QUEUES; i++) {
		rxnic_add_line_pair(port->rx_lines[i], port->tx_lines[i], values);
		each = rxnic_add_line_pair(port->rx_lines[i], port->tx_lines[i], each);
	}
}

/* ---- settings ---- */

static struct dma_ring_config *rxnic_tx_config(struct rxnic_port *port)
{
	return &port->pair->config[port != port->pair->ports[0]];
}

static struct dma_ring_config *rxnic_rx_config(struct rxnic_port *port)
{
	return rxnic_tx_config(port->peer);
}

static void rxnic_get_ringparam(struct net_device *dev, struct ethtool_ringparam *ring,
				struct kernel_ethtool_ringparam *more,
				struct netlink_ext_ack *extack)
{
	struct rxnic_port *port = rxnic_port(dev);

	ring->rx_max_pending = ring->tx_max_pending = SZ_2M;
	ring->rx_pending = rxnic_rx_config(port)->ring_bytes;
	ring->tx_pending = rxnic_tx_config(port)->ring_bytes;
}

static int rxnic_check_ring(const struct rxnic_port *from, const struct dma_ring_config *config,
			    u32 bytes, struct netlink_ext_ack *extack)
{
	if (!is_power_of_2(bytes) || bytes < SZ_8K) {
		NL_SET_ERR_MSG_MOD(extack,
				   "rings are measured in bytes: a power of two from 8192 to "
				   "2097152");
		return -EINVAL;
	}
	if ((int)from->dev->mtu > rxnic_most_mtu(from, bytes)) {
		NL_SET_ERR_MSG_MOD(extack,
				   "a frame of the present MTU would not fit a quarter of the "
				   "ring");
		return -EINVAL;
	}
	if (config->wire.watermark_bytes > bytes - rxnic_period_bytes(bytes)) {
		NL_SET_ERR_MSG_MOD(extack,
				   "rx-frames would never come: a ring holds its bytes less a "
				   "sixteenth, 80 per short frame");
		return -EINVAL;
	}
	return 0;
}

static void rxnic_set_ring(struct dma_ring_config *config, u32 bytes)
{
	config->ring_bytes = bytes;
	config->period_bytes = rxnic_period_bytes(bytes);
	config->wire.fifo_bytes = bytes / 2;
}

static int rxnic_set_ringparam(struct net_device *dev, struct ethtool_ringparam *ring,
			       struct kernel_ethtool_ringparam *more,
			       struct netlink_ext_ack *extack)
{
	struct rxnic_port *port = rxnic_port(dev);
	struct rxnic_pair *pair = port->pair;
	const struct dma_ring_config before[2] = { pair->config[0], pair->config[1] };
	const bool running = pair->running;
	int err;

	err = rxnic_check_ring(port, rxnic_tx_config(port), ring->tx_pending, extack) ?:
	      rxnic_check_ring(port->peer, rxnic_rx_config(port), ring->rx_pending, extack);
	if (err)
		return err;
	if (running)
		rxnic_stop(pair);
	rxnic_set_ring(rxnic_tx_config(port), ring->tx_pending);
	rxnic_set_ring(rxnic_rx_config(port), ring->rx_pending);
	err = running ? rxnic_start(pair) : 0;
	if (err) {
		NL_SET_ERR_MSG_MOD(extack, "no memory for rings of that size");
		memcpy(pair->config, before, sizeof(before));
		if (rxnic_start(pair))
			netdev_err(dev,
				   "no memory for the rings as they were: no carrier until one end "
				   "was set down and up\n");
	}
	rxnic_update_max_mtu(port);
	rxnic_update_max_mtu(port->peer);
	return err;
}

static int rxnic_get_coalesce(struct net_device *dev, struct ethtool_coalesce *coalesce,
			      struct kernel_ethtool_coalesce *more, struct netlink_ext_ack *extack)
{
	struct rxnic_port *port = rxnic_port(dev);
	const struct vdma_wire_config *wire = &rxnic_rx_config(port)->wire;

	coalesce->rx_coalesce_usecs = wire->usecs;
	coalesce->rx_max_coalesced_frames = DIV_ROUND_UP(wire->watermark_bytes, SHORT_FRAME);
	coalesce->tx_coalesce_usecs = port->tx_usecs;
	coalesce->tx_max_coalesced_frames = port->tx_frames;
	return 0;
}

static int rxnic_check_coalesce(const struct ethtool_coalesce *coalesce,
				const struct dma_ring_config *rx, struct netlink_ext_ack *extack)
{
	const u32 most = (rx->ring_bytes - rx->period_bytes) / SHORT_FRAME;

	if (coalesce->rx_max_coalesced_frames > most) {
		NL_SET_ERR_MSG_MOD(extack,
				   "rx-frames would never come: a ring holds its bytes less a "
				   "sixteenth, 80 per short frame");
		return -EINVAL;
	}
	if (!coalesce->rx_coalesce_usecs && coalesce->rx_max_coalesced_frames != 1) {
		NL_SET_ERR_MSG_MOD(extack,
				   "rx-usecs 0 leaves the last frames untold, unless rx-frames is "
				   "1");
		return -EINVAL;
	}
	if (coalesce->rx_coalesce_usecs > USEC_PER_SEC ||
	    coalesce->tx_coalesce_usecs > USEC_PER_SEC) {
		NL_SET_ERR_MSG_MOD(extack, "a time is above a second");
		return -EINVAL;
	}
	if (coalesce->tx_max_coalesced_frames < 1 || coalesce->tx_max_coalesced_frames > 4096) {
		NL_SET_ERR_MSG_MOD(extack, "tx-frames is not 1 to 4096");
		return -EINVAL;
	}
	return 0;
}

static int rxnic_set_coalesce(struct net_device *dev, struct ethtool_coalesce *coalesce,
			      struct kernel_ethtool_coalesce *more, struct netlink_ext_ack *extack)
{
	struct rxnic_port *port = rxnic_port(dev);
	struct dma_ring_config *rx = rxnic_rx_config(port);
	const u32 frames = coalesce->rx_max_coalesced_frames;
	int err = rxnic_check_coalesce(coalesce, rx, extack);
	unsigned int i;

	if (err)
		return err;
	/* one frame is one however short it is */
	rx->wire.watermark_bytes = frames == 1 ? 1 : frames * SHORT_FRAME;
	rx->wire.usecs = coalesce->rx_coalesce_usecs;
	rx->notify = frames ? DMA_RING_WATERMARK : DMA_RING_TIMER;
	WRITE_ONCE(port->tx_usecs, coalesce->tx_coalesce_usecs);
	WRITE_ONCE(port->tx_frames, coalesce->tx_max_coalesced_frames);
	for (i = 0; port->pair->running && i < port->pair->queues && !err; i++) {
		struct dma_ring *ring = &port->rx_lines[i]->ring;

		err = ring->ops->policy(ring->wire, rx->wire.watermark_bytes, rx->wire.usecs);
	}
	return err;
}

static void rxnic_get_channels(struct net_device *dev, struct ethtool_channels *channels)
{
	channels->max_combined = RXNIC_MAX_QUEUES;
	channels->combined_count = rxnic_port(dev)->pair->queues;
}

static int rxnic_set_channels(struct net_device *dev, struct ethtool_channels *channels)
{
	if (!channels->combined_count)
		return -EINVAL;
	return rxnic_set_queues(rxnic_port(dev)->pair, channels->combined_count);
}

const struct ethtool_ops rxnic_ethtool_ops = {
	.supported_coalesce_params = ETHTOOL_COALESCE_USECS | ETHTOOL_COALESCE_MAX_FRAMES,
	.get_drvinfo = rxnic_get_drvinfo,
	.get_link = ethtool_op_get_link,
	.get_ts_info = ethtool_op_get_ts_info,
	.get_sset_count = rxnic_get_sset_count,
	.get_strings = rxnic_get_strings,
	.get_ethtool_stats = rxnic_get_ethtool_stats,
	.get_ringparam = rxnic_get_ringparam,
	.set_ringparam = rxnic_set_ringparam,
	.get_coalesce = rxnic_get_coalesce,
	.set_coalesce = rxnic_set_coalesce,
	.get_channels = rxnic_get_channels,
	.set_channels = rxnic_set_channels,
};
