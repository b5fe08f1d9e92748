// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - rxnic.ko: a pair of network devices joined by rings, DMA and a wire.
 *
 * Parameters are what the devices begin with, each checked before anything is touched. What ethtool
 * and sysfs can set later is set there.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include <rxlab/ring_variants.h>

#include "rxnic.h"

static char *variant = "batched", *handler = "napi", *wire = "lossless", *mapping = "coherent";
static uint queues = 1, ring_bytes = SZ_64K, maxburst = 128, batch = 256;
static uint usecs = 50, watchdog_usecs = 10000;
static uint tx_frames = 256, tx_usecs = 50, work, budget = 64;
static unsigned long long rate;
static int watermark_bytes = -1, irq_cpu = -1;
static uint fail_at, fail_page;

module_param(queues, uint, 0444);
MODULE_PARM_DESC(queues, "of each port, 1 to 4, four DMA channels each; ethtool -L (default 1)");
module_param(ring_bytes, uint, 0444);
MODULE_PARM_DESC(ring_bytes,
		 "each ring, a power of two, 8192 to 2097152; ethtool -G (default 65536)");
module_param(variant, charp, 0444);
#define NAME(name) " " #name
MODULE_PARM_DESC(variant, "of the ring, one of" RXLAB_RING_VARIANTS(NAME) " (default batched)");
#undef NAME
module_param(batch, uint, 0444);
MODULE_PARM_DESC(batch, "variant batched: frames per publication, 1 to 4096 (default 256)");
module_param(mapping, charp, 0444);
MODULE_PARM_DESC(mapping, "coherent or streaming (default coherent)");
module_param(maxburst, uint, 0444);
MODULE_PARM_DESC(maxburst, "units of 8 bytes moved at once, 1 to 128 (default 128)");
module_param(wire, charp, 0444);
MODULE_PARM_DESC(wire,
		 "lossless, or lossy: frames are dropped where there is no room (default "
		 "lossless)");
module_param(rate, ullong, 0444);
MODULE_PARM_DESC(rate, "the line's bytes per second (default 0: as fast as the engine)");
module_param(handler, charp, 0444);
MODULE_PARM_DESC(handler, "what receives; /sys/class/net/DEVICE/rxnic/handler (default napi)");
module_param(work, uint, 0444);
MODULE_PARM_DESC(work,
		 "iterations of work per packet received; /sys/class/net/DEVICE/rxnic/work "
		 "(default 0)");
module_param(budget, uint, 0444);
MODULE_PARM_DESC(budget,
		 "frames per call of a handler that is not NAPI, 1 to 4096; "
		 "/sys/class/net/DEVICE/rxnic/budget (default 64)");
module_param(watermark_bytes, int, 0444);
MODULE_PARM_DESC(watermark_bytes,
		 "bytes that make an interrupt, 80 per short frame; 0: never; ethtool -C rx-frames "
		 "(default -1: 20480, or half the ring where that is less)");
module_param(usecs, uint, 0444);
MODULE_PARM_DESC(usecs,
		 "us from the first byte to the interrupt; ethtool -C rx-usecs (default 50)");
module_param(watchdog_usecs, uint, 0444);
MODULE_PARM_DESC(watchdog_usecs,
		 "us after which an unanswered interrupt is raised again (default 10000; 0: "
		 "never)");
module_param(tx_frames, uint, 0444);
MODULE_PARM_DESC(tx_frames,
		 "frames that make a doorbell at once; ethtool -C tx-frames (default 256)");
module_param(tx_usecs, uint, 0444);
MODULE_PARM_DESC(tx_usecs,
		 "us between doorbells else; 0: one per frame; ethtool -C tx-usecs (default 50)");
module_param(irq_cpu, int, 0444);
MODULE_PARM_DESC(irq_cpu, "CPU of the interrupts at first (default -1: any)");
module_param(fail_at, uint, 0444);
MODULE_PARM_DESC(fail_at, "for tests: the step of set-up that fails, from 1 (default 0: none)");
module_param(fail_page, uint, 0644);
MODULE_PARM_DESC(fail_page,
		 "for tests: every so manieth page for a frame is not to be had (default 0: none)");

static struct rxnic_pair *pair;
static unsigned int step;

bool rxnic_fail(const char *what)
{
	if (!fail_at || ++step != fail_at)
		return false;
	pr_info("rxnic: step %u (%s) fails as asked\n", step, what);
	return true;
}

bool rxnic_fail_page(void)
{
	static atomic_t pages;
	const unsigned int interval = READ_ONCE(fail_page);

	return unlikely(interval) && !(atomic_inc_return(&pages) % interval);
}

/* ---- parameters ---- */

static int rxnic_refuse(const char *what, u64 value, const char *why)
{
	pr_err("rxnic: %s=%llu %s\n", what, value, why);
	return -EINVAL;
}

static int rxnic_check_numbers(void)
{
	if (queues < 1 || queues > RXNIC_MAX_QUEUES)
		return rxnic_refuse("queues", queues, "is not 1 to 4");
	if (ring_bytes < SZ_8K)
		return rxnic_refuse("ring_bytes", ring_bytes,
				    "is less than 8192: a frame of 1514 bytes does not fit a "
				    "quarter of it");
	if (budget < 1 || budget > 4096)
		return rxnic_refuse("budget", budget, "is not 1 to 4096");
	if (work > RXNIC_MAX_WORK)
		return rxnic_refuse("work", work, "is more than 1000000");
	if (tx_frames < 1 || tx_frames > 4096)
		return rxnic_refuse("tx_frames", tx_frames, "is not 1 to 4096");
	if (tx_usecs > USEC_PER_SEC)
		return rxnic_refuse("tx_usecs", tx_usecs, "is above a second");
	if (watermark_bytes < 0)
		watermark_bytes = min_t(u32, 256 * 80, ring_bytes / 2);
	if (!usecs && watermark_bytes != 1)
		return rxnic_refuse("usecs", usecs,
				    "leaves frames below the watermark untold, unless "
				    "watermark_bytes is 1");
	return 0;
}

/* Frames are short beside a ring: a period is what full stays away from empty. */
u32 rxnic_period_bytes(u32 ring_bytes)
{
	return max(ring_bytes / 16, maxburst * 8);
}

static int rxnic_read_parameters(struct dma_ring_config *config)
{
	static const char *const mappings[] = { "coherent", "streaming" };
	static const char *const modes[] = { "lossless", "lossy" };
	const int map = dma_ring_choice(KBUILD_MODNAME, "mapping", mapping, mappings, 2);
	const int mode = dma_ring_choice(KBUILD_MODNAME, "wire", wire, modes, 2);
	int err;

	config->variant = dma_ring_variant(KBUILD_MODNAME, variant);
	if (!config->variant || map < 0 || mode < 0)
		return -EINVAL;
	if (!strcmp(variant, "naive")) {
		pr_err("rxnic: variant=naive loses frames that nobody can count; dma_ring.ko shows "
		       "its faults\n");
		return -EINVAL;
	}
	err = rxnic_check_numbers();
	if (err)
		return err;
	config->user = KBUILD_MODNAME;
	config->fail = rxnic_fail;
	config->tx_channel = config->rx_channel = "";
	config->transfer = DMA_RING_CYCLIC;
	config->mapping = map;
	config->notify = watermark_bytes ? DMA_RING_WATERMARK : DMA_RING_TIMER;
	config->ring_bytes = ring_bytes;
	config->period_bytes = rxnic_period_bytes(ring_bytes);
	config->bus_width = 8;
	config->maxburst = maxburst;
	config->batch = batch;
	config->own_doorbell = true;
	config->wire = (struct vdma_wire_config){
		.mode = mode,
		.fifo_bytes = ring_bytes / 2,
		.bytes_per_second = rate,
		.watermark_bytes = watermark_bytes,
		.usecs = usecs,
		.watchdog_usecs = watchdog_usecs,
		.irq_cpu = irq_cpu,
	};
	return dma_ring_check(config);
}

/* ---- devices ---- */

static void rxnic_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &rxnic_netdev_ops;
	dev->ethtool_ops = &rxnic_ethtool_ops;
	dev->sysfs_groups[0] = &rxnic_sysfs_group;
	/*
	 * IFF_TX_SKB_SHARING stays: a frame is copied, its skb never kept. Netpoll would have it
	 * freed with interrupts off.
	 */
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE | IFF_DISABLE_NETPOLL;
	/*
	 * The checksum is completed while the frame is copied; so frames in pieces cost nothing
	 * either.
	 */
	dev->hw_features = NETIF_F_HW_CSUM | NETIF_F_SG | NETIF_F_FRAGLIST;
	dev->features = dev->vlan_features = dev->hw_features | NETIF_F_HIGHDMA;
	dev->min_mtu = ETH_MIN_MTU;
#ifdef RXNIC_HAS_XDP_FEATURES
	dev->xdp_features = NETDEV_XDP_ACT_BASIC | NETDEV_XDP_ACT_REDIRECT |
			    NETDEV_XDP_ACT_NDO_XMIT;
#endif
}

static struct rxnic_port *rxnic_new_port(const struct rxnic_handler *which)
{
	struct net_device *dev =
		rxnic_fail("network device") ?
			NULL :
			alloc_netdev_mqs(sizeof(struct rxnic_port), "rxnic%d", NET_NAME_ENUM,
					 rxnic_setup, RXNIC_MAX_QUEUES, RXNIC_MAX_QUEUES);
	struct rxnic_port *port;

	if (!dev)
		return NULL;
	eth_hw_addr_random(dev);
	netif_carrier_off(dev);
	port = rxnic_port(dev);
	port->dev = dev;
	port->pair = pair;
	mutex_init(&port->source_lock);
	port->handler = which;
	port->work = work;
	port->budget = budget;
	port->tx_frames = tx_frames;
	port->tx_usecs = tx_usecs;
	return port;
}

static int rxnic_new_lines(struct rxnic_port *from, struct rxnic_port *to)
{
	unsigned int i;

	for (i = 0; i < RXNIC_MAX_QUEUES; i++) {
		struct rxnic_line *line =
			rxnic_fail("line") ? NULL : kzalloc(sizeof(*line), GFP_KERNEL);

		if (!line)
			return -ENOMEM;
		from->tx_lines[i] = to->rx_lines[i] = line;
		line->from = from;
		line->to = to;
		line->index = i;
		line->txq = netdev_get_tx_queue(from->dev, i);
		spin_lock_init(&line->wire_lock);
		u64_stats_init(&line->tx_sync);
		u64_stats_init(&line->rx_sync);
		hrtimer_setup(&line->hold, rxnic_held, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
		snprintf(line->name, sizeof(line->name), "rxnic%d-rx-%u", to == pair->ports[1], i);
	}
	return 0;
}

static void rxnic_free_pair(void)
{
	unsigned int side, i;

	for (side = 0; side < 2; side++)
		for (i = 0; pair->ports[side] && i < RXNIC_MAX_QUEUES; i++)
			kfree(pair->ports[side]->tx_lines[i]);
	for (side = 0; side < 2; side++)
		if (pair->ports[side]) {
			kvfree(pair->ports[side]->source);
			free_netdev(pair->ports[side]->dev);
		}
	kfree(pair);
}

static int rxnic_new_pair(const struct rxnic_handler *which)
{
	unsigned int side;
	int err;

	for (side = 0; side < 2; side++) {
		pair->config[side] = pair->config[0];
		pair->ports[side] = rxnic_new_port(which);
		if (!pair->ports[side])
			return -ENOMEM;
	}
	pair->ports[0]->peer = pair->ports[1];
	pair->ports[1]->peer = pair->ports[0];
	err = rxnic_new_lines(pair->ports[0], pair->ports[1]);
	return err ?: rxnic_new_lines(pair->ports[1], pair->ports[0]);
}

/*
 * Are there channels and memory for all lines at once? It is said now, and not when the devices are
 * set up.
 */
static int rxnic_try_lines(void)
{
	unsigned int i, opened = 0;
	int err = 0;

	for (i = 0; i < 2 * queues && !err; i++) {
		err = rxnic_line_open_ring(pair->ports[i % 2]->tx_lines[i / 2]);
		opened += !err;
	}
	for (i = 0; i < opened; i++)
		dma_ring_close(&pair->ports[i % 2]->tx_lines[i / 2]->ring);
	return err;
}

static int rxnic_register_ports(void)
{
	unsigned int side;
	int err;

	rtnl_lock();
	err = rxnic_set_queues(pair, queues);
	for (side = 0; side < 2 && !err; side++) {
		rxnic_update_max_mtu(pair->ports[side]);
		err = rxnic_fail("registration") ?
			      -ENOMEM :
			      register_netdevice(pair->ports[side]->dev);
		if (err && side)
			unregister_netdevice(pair->ports[0]->dev);
	}
	rtnl_unlock();
	return err;
}

static int __init rxnic_init(void)
{
	const struct rxnic_handler *which = rxnic_handler_named(handler);
	int err;

	pair = which ? kzalloc(sizeof(*pair), GFP_KERNEL) : NULL;
	if (!pair)
		return which ? -ENOMEM : -EINVAL;
	INIT_WORK(&pair->reset, rxnic_reset);
	err = rxnic_read_parameters(&pair->config[0]);
	if (!err)
		err = rxnic_new_pair(which);
	if (!err)
		err = rxnic_try_lines();
	if (!err)
		err = rxnic_register_ports();
	if (err) {
		rxnic_free_pair();
		return err;
	}
	pr_info("rxnic: %s and %s, %u queues, rings of %u bytes, variant %s, wire %s, handler %s\n",
		netdev_name(pair->ports[0]->dev), netdev_name(pair->ports[1]->dev), queues,
		ring_bytes, variant, wire, handler);
	return 0;
}

static void __exit rxnic_exit(void)
{
	unregister_netdev(pair->ports[0]->dev);
	unregister_netdev(pair->ports[1]->dev);
	cancel_work_sync(&pair->reset);
	rxnic_free_pair();
}

module_init(rxnic_init);
module_exit(rxnic_exit);

MODULE_DESCRIPTION("a pair of network devices on DMA rings, with receive handlers as variants");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(RXLAB_RING_NAMESPACE);
