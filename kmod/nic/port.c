// SPDX-License-Identifier: GPL-2.0
/* port.c - the two network devices: up and down, MTU, XDP, statistics. */
#include "rxnic.h"

/* ---- the pair: its lines live while both ports are up ---- */

#define for_each_line(line, pair, side, index) \
	for (side = 0; side < 2; side++) \
		for (index = 0; index < (pair)->queues && \
		     (line = (pair)->ports[side]->tx_lines[index], true); index++)

static void rxnic_close_lines(struct rxnic_pair *pair, struct rxnic_line *but)
{
	struct rxnic_line *line;
	unsigned int side, i;

	for_each_line(line, pair, side, i) {
		if (line == but)
			return;
		rxnic_line_close(line);
	}
}

static int rxnic_open_lines(struct rxnic_pair *pair)
{
	struct rxnic_line *line;
	unsigned int side, i;

	for_each_line(line, pair, side, i) {
		const int err = rxnic_line_open(line);

		if (err) {
			rxnic_close_lines(pair, line);
			return err;
		}
	}
	return 0;
}

static void rxnic_halt_lines(struct rxnic_pair *pair)
{
	struct rxnic_line *line;
	unsigned int side, i;

	for_each_line(line, pair, side, i)
		rxnic_line_halt(line);
}

int rxnic_start(struct rxnic_pair *pair)
{
	struct rxnic_line *line;
	unsigned int side, i;
	int err;

	err = rxnic_open_lines(pair);
	if (err)
		return err;
	for_each_line(line, pair, side, i) {
		err = rxnic_line_run(line);
		if (err)
			goto halt;
	}
	pair->running = true;
	netif_carrier_on(pair->ports[0]->dev);
	netif_carrier_on(pair->ports[1]->dev);
	return 0;

halt:
	rxnic_halt_lines(pair);
	rxnic_close_lines(pair, NULL);
	return err;
}

void rxnic_stop(struct rxnic_pair *pair)
{
	pair->running = false;
	netif_carrier_off(pair->ports[0]->dev);
	netif_carrier_off(pair->ports[1]->dev);
	rxnic_halt_lines(pair);
	rxnic_close_lines(pair, NULL);
}

int rxnic_restart(struct rxnic_pair *pair)
{
	int err;

	if (!pair->running)
		return 0;
	rxnic_stop(pair);
	err = rxnic_start(pair);
	if (err)
		netdev_err(pair->ports[0]->dev,
			   "error %d: no carrier until one end was set down and up\n", err);
	return err;
}

/* A transfer failed: the lines concerned begin anew. */
void rxnic_reset(struct work_struct *work)
{
	struct rxnic_pair *pair = container_of(work, struct rxnic_pair, reset);
	struct rxnic_line *line;
	unsigned int side, i;

	rtnl_lock();
	for_each_line(line, pair, side, i) {
		if (!pair->running || !READ_ONCE(line->ring.error))
			continue;
		pair->resets++;
		if (rxnic_line_restart(line)) {
			netdev_err(line->from->dev,
				   "a line did not come back after a transfer error: no carrier "
				   "until one end was set down and up\n");
			rxnic_stop(pair);
		}
	}
	rtnl_unlock();
}

int rxnic_switch(struct rxnic_port *port, const struct rxnic_handler *handler)
{
	const struct rxnic_handler *before = port->handler;
	unsigned int i;
	int err = 0;

	WRITE_ONCE(port->handler, handler);
	if (!port->pair->running || before == handler)
		return 0;
	for (i = 0; i < port->pair->queues; i++)
		rxnic_line_deaf(port->rx_lines[i]);
	for (i = 0; i < port->pair->queues && !err; i++)
		err = rxnic_line_receive(port->rx_lines[i], handler);
	if (!err)
		return 0;
	/* As it was. */
	WRITE_ONCE(port->handler, before);
	for (i = 0; i < port->pair->queues; i++) {
		rxnic_line_deaf(port->rx_lines[i]);
		if (rxnic_line_receive(port->rx_lines[i], before))
			netdev_err(port->dev,
				   "neither handler %s nor %s can be run: set the interface down "
				   "and up\n", handler->name, before->name);
	}
	return err;
}

static int rxnic_tell_queues(struct rxnic_pair *pair, unsigned int queues)
{
	unsigned int side;
	int err = 0;

	for (side = 0; side < 2 && !err; side++) {
		err = netif_set_real_num_tx_queues(pair->ports[side]->dev, queues);
		if (!err)
			err = netif_set_real_num_rx_queues(pair->ports[side]->dev, queues);
	}
	return err;
}

/* Both ports have the same number: a queue of one ends at the queue of the other. */
int rxnic_set_queues(struct rxnic_pair *pair, unsigned int queues)
{
	const unsigned int before = pair->queues;
	const bool running = pair->running;
	int err;

	if (running)
		rxnic_stop(pair);
	err = rxnic_tell_queues(pair, queues);
	if (err)
		rxnic_tell_queues(pair, before);
	else
		pair->queues = queues;
	if (running && rxnic_start(pair)) {
		/* Channels or memory for so many are not to be had. */
		rxnic_tell_queues(pair, before);
		pair->queues = before;
		err = rxnic_start(pair) ?: -ENOSPC;
	}
	return err;
}

/* ---- a port ---- */

static int rxnic_open(struct net_device *dev)
{
	struct rxnic_port *port = rxnic_port(dev);
	const int err = port->peer->up ? rxnic_start(port->pair) : 0;

	port->up = !err;
	return err;
}

static int rxnic_close(struct net_device *dev)
{
	struct rxnic_port *port = rxnic_port(dev);

	port->up = false;
	if (port->pair->running)
		rxnic_stop(port->pair);
	return 0;
}

/* Frames have to fit the ring, and the page of an XDP program at the other end. */
int rxnic_most_mtu(const struct rxnic_port *port, u32 ring_bytes)
{
	const int by_ring =
		RXLAB_RING_MOST(ring_bytes) - sizeof(struct rxlab_record) - RXNIC_FRAME(0);

	return min3(by_ring, RXNIC_MAX_MTU,
		    rtnl_dereference(port->peer->prog) ? RXNIC_XDP_MTU : RXNIC_MAX_MTU);
}

void rxnic_update_max_mtu(struct rxnic_port *port)
{
	struct rxnic_pair *pair = port->pair;

	port->dev->max_mtu = rxnic_most_mtu(port, pair->config[port != pair->ports[0]].ring_bytes);
}

static int rxnic_change_mtu(struct net_device *dev, int mtu)
{
	WRITE_ONCE(dev->mtu, mtu);
	return rxnic_restart(rxnic_port(dev)->pair);
}

static int rxnic_xdp(struct net_device *dev, struct netdev_bpf *bpf)
{
	struct rxnic_port *port = rxnic_port(dev);
	struct bpf_prog *before;

	if (bpf->command != XDP_SETUP_PROG)
		return -EINVAL;
	if (bpf->prog && port->peer->dev->mtu > RXNIC_XDP_MTU) {
		NL_SET_ERR_MSG_MOD(bpf->extack,
				   "the other port's MTU is too large for XDP: a frame would not "
				   "fit a page");
		return -EINVAL;
	}
	before = rcu_replace_pointer(port->prog, bpf->prog, lockdep_rtnl_is_held());
	rxnic_update_max_mtu(port->peer);
	if (before)
		bpf_prog_put(before); /* after a grace period */
	return 0;
}

static void rxnic_get_stats64(struct net_device *dev, struct rtnl_link_stats64 *stats)
{
	struct rxnic_port *port = rxnic_port(dev);
	unsigned int i;

	for (i = 0; i < RXNIC_MAX_QUEUES; i++) {
		struct rxnic_line *line = port->rx_lines[i];
		struct vdma_wire_stats wire;
		struct rxnic_tx_counts tx;
		struct rxnic_rx_counts rx;

		rxnic_tx_counts(port->tx_lines[i], &tx);
		stats->tx_packets += tx.tx_frames;
		stats->tx_bytes += tx.tx_bytes;
		stats->tx_dropped += tx.tx_dropped;
		rxnic_rx_counts(line, &rx);
		stats->rx_packets += rx.rx_frames;
		stats->rx_bytes += rx.rx_bytes;
		stats->rx_dropped += rx.rx_no_page + rx.rx_no_skb;
		stats->rx_errors += rx.rx_bad;
		rxnic_wire_stats(line, &wire);
		stats->rx_missed_errors += wire.dropped_records + READ_ONCE(line->given_up);
	}
}

const struct net_device_ops rxnic_netdev_ops = {
	.ndo_open = rxnic_open,
	.ndo_stop = rxnic_close,
	.ndo_start_xmit = rxnic_xmit,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_validate_addr = eth_validate_addr,
	.ndo_change_mtu = rxnic_change_mtu,
	.ndo_get_stats64 = rxnic_get_stats64,
	.ndo_bpf = rxnic_xdp,
	.ndo_xdp_xmit = rxnic_xdp_xmit,
};
