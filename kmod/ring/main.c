// SPDX-License-Identifier: GPL-2.0
/* main.c - dma_ring.ko: parameters, each checked before anything is touched, and /dev/dma_ring. */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <rxlab/ring_variants.h>

#include "dma_ring.h"

static char *channel_tx = "", *channel_rx = "", *variant = "cached", *transfer = "cyclic";
static char *mapping = "coherent", *notify = "watermark", *wire = "lossless";
static uint ring_bytes = SZ_64K, period_bytes = SZ_4K, bus_width = 8, maxburst = 8, batch = 32;
static uint watermark_bytes = SZ_8K, usecs, idle_usecs = 100, watchdog_usecs = 10000, fifo_bytes;
static unsigned long long rate;
static int irq_cpu = -1;
static uint fail_at;

module_param(channel_tx, charp, 0444);
MODULE_PARM_DESC(channel_tx,
		 "channel to the device, like dma0chan0 (default: any that can do cyclic "
		 "transfers)");
module_param(channel_rx, charp, 0444);
MODULE_PARM_DESC(channel_rx, "channel from the device (default: any)");
module_param(variant, charp, 0444);
#define NAME(name) " " #name
MODULE_PARM_DESC(variant, "one of naive" RXLAB_RING_VARIANTS(NAME) " (default cached)");
#undef NAME
module_param(transfer, charp, 0444);
MODULE_PARM_DESC(transfer,
		 "cyclic: paced by a wire; memcpy: descriptors over the filled span, for engines "
		 "that only copy (default cyclic)");
module_param(mapping, charp, 0444);
MODULE_PARM_DESC(mapping, "coherent or streaming (default coherent)");
module_param(notify, charp, 0444);
MODULE_PARM_DESC(notify,
		 "period: dmaengine's callback; watermark, timer: the wire's interrupt; poll "
		 "(default watermark)");
module_param(wire, charp, 0444);
MODULE_PARM_DESC(wire,
		 "lossless or lossy: whole records are dropped where there is no room (default "
		 "lossless)");
module_param(ring_bytes, uint, 0444);
MODULE_PARM_DESC(ring_bytes, "each ring, a power of two, 4096 to 2097152 (default 65536)");
module_param(period_bytes, uint, 0444);
MODULE_PARM_DESC(period_bytes, "divides ring_bytes, at most a quarter of it (default 4096)");
module_param(bus_width, uint, 0444);
MODULE_PARM_DESC(bus_width, "bytes: 1, 2, 4 or 8 (default 8)");
module_param(maxburst, uint, 0444);
MODULE_PARM_DESC(maxburst, "units of bus_width moved at once, 1 to 128 (default 8)");
module_param(batch, uint, 0444);
MODULE_PARM_DESC(batch, "variant batched: records per publication, 1 to 4096 (default 32)");
module_param(watermark_bytes, uint, 0444);
MODULE_PARM_DESC(watermark_bytes, "notify=watermark: bytes that make an interrupt (default 8192)");
module_param(usecs, uint, 0444);
MODULE_PARM_DESC(usecs,
		 "notify=timer, or besides the watermark: us from the first byte to the interrupt "
		 "(default 0: never)");
module_param(idle_usecs, uint, 0444);
MODULE_PARM_DESC(idle_usecs,
		 "us of silence after which what has come is told (default 100; 0: never)");
module_param(watchdog_usecs, uint, 0444);
MODULE_PARM_DESC(watchdog_usecs,
		 "us after which an unanswered interrupt is raised again (default 10000; 0: "
		 "never)");
module_param(fifo_bytes, uint, 0444);
MODULE_PARM_DESC(fifo_bytes, "the wire's own memory, a power of two (default: half the ring)");
module_param(rate, ullong, 0444);
MODULE_PARM_DESC(rate, "the line's bytes per second (default 0: as fast as the engine)");
module_param(irq_cpu, int, 0444);
MODULE_PARM_DESC(irq_cpu, "CPU of the wire's interrupt (default -1: any)");
module_param(fail_at, uint, 0444);
MODULE_PARM_DESC(fail_at, "for tests: the step of set-up that fails, from 1 (default 0: none)");

static struct dma_ring_device *device;
static unsigned int step;

static bool dma_ring_fail_at(const char *what)
{
	if (!fail_at || ++step != fail_at)
		return false;
	pr_info("dma_ring: step %u (%s) fails as asked\n", step, what);
	return true;
}

/* ---- parameters ---- */

static const char *const notify_names[] = { "period", "watermark", "timer", "poll" };

static int dma_ring_choose(const char *name, const char *value, const char *const *words, int count)
{
	return dma_ring_choice(KBUILD_MODNAME, name, value, words, count);
}

static int dma_ring_read_parameters(struct dma_ring_config *config)
{
	static const char *const mappings[] = { "coherent", "streaming" };
	static const char *const modes[] = { "lossless", "lossy" };
	static const char *const transfers[] = { "cyclic", "memcpy" };
	const int map = dma_ring_choose("mapping", mapping, mappings, 2);
	const int how = dma_ring_choose("notify", notify, notify_names, ARRAY_SIZE(notify_names));
	const int mode = dma_ring_choose("wire", wire, modes, 2);
	const int how_moved = dma_ring_choose("transfer", transfer, transfers, 2);

	config->variant = dma_ring_variant(KBUILD_MODNAME, variant);
	if (!config->variant || map < 0 || how < 0 || mode < 0 || how_moved < 0)
		return -EINVAL;
	if (how_moved == DMA_RING_MEMCPY && how != DMA_RING_PERIOD && how != DMA_RING_POLL) {
		pr_err("dma_ring: notify=%s needs a wire: with transfer=memcpy it is period (a "
		       "descriptor's callback) or poll\n", notify);
		return -EINVAL;
	}
	config->user = config->name = KBUILD_MODNAME;
	config->fail = dma_ring_fail_at;
	config->tx_channel = channel_tx;
	config->rx_channel = channel_rx;
	config->transfer = how_moved;
	config->mapping = map;
	config->notify = how;
	config->ring_bytes = ring_bytes;
	config->period_bytes = period_bytes;
	config->bus_width = bus_width;
	config->maxburst = maxburst;
	config->batch = batch;
	config->wire = (struct vdma_wire_config){
		.mode = mode,
		.fifo_bytes = fifo_bytes ?: ring_bytes / 2,
		.bytes_per_second = rate,
		.watermark_bytes = how == DMA_RING_WATERMARK ? watermark_bytes : 0,
		.usecs = how == DMA_RING_PERIOD || how == DMA_RING_POLL ? 0 : usecs,
		.idle_usecs = how == DMA_RING_PERIOD || how == DMA_RING_POLL ? 0 : idle_usecs,
		.watchdog_usecs = watchdog_usecs,
		.irq_cpu = irq_cpu,
	};
	return dma_ring_check(config);
}

/* ---- /dev/dma_ring ---- */

static int dma_ring_check_run(const struct dma_ring_run *run)
{
	if (run->version != DMA_RING_VERSION)
		return -EPROTO;
	if (!run->records || run->quiet_ms < 1 || run->quiet_ms > 60000 ||
	    run->payload_min > run->payload_max)
		return -EINVAL;
	if (run->payload_max > ring_bytes ||
	    rxlab_record_bytes(run->payload_max) > RXLAB_RING_MOST(ring_bytes)) {
		pr_err("dma_ring: records of %u bytes: a ring of %u takes %llu at most, header "
		       "included\n", run->payload_max, ring_bytes,
		       (u64)RXLAB_RING_MOST(ring_bytes));
		return -EINVAL;
	}
	return 0;
}

static long dma_ring_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct dma_ring_run *run;
	long err;

	if (command != DMA_RING_RUN)
		return -ENOTTY;
	run = memdup_user((void __user *)argument, sizeof(*run));
	if (IS_ERR(run))
		return PTR_ERR(run);
	err = dma_ring_check_run(run);
	if (!err && !mutex_trylock(&device->running))
		err = -EBUSY;
	if (!err) {
		err = dma_ring_stream(device, run);
		mutex_unlock(&device->running);
	}
	if (!err && copy_to_user((void __user *)argument, run, sizeof(*run)))
		err = -EFAULT;
	kfree(run);
	return err;
}

static const struct file_operations dma_ring_fops = {
	/* an open file holds the module: it is not unloaded while a run goes on */
	.owner = THIS_MODULE,
	.unlocked_ioctl = dma_ring_ioctl,
	.compat_ioctl = compat_ptr_ioctl, /* the argument is laid out the same */
};

static struct miscdevice misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "dma_ring",
	.fops = &dma_ring_fops,
	.mode = 0600,
};

static void dma_ring_say(const struct dma_ring *ring)
{
	const struct dma_ring_config *config = &ring->config;

	pr_info("DMA ring buffer: %s to %s, %s%u bytes, period %u, %s, variant %s, notify %s\n",
		dma_chan_name(ring->tx.chan), dma_chan_name(ring->rx.chan),
		config->transfer == DMA_RING_MEMCPY ? "copies, " : "", config->ring_bytes,
		config->period_bytes,
		config->mapping == DMA_RING_STREAMING ? "streaming" : "coherent",
		config->variant->name, notify_names[config->notify]);
}

static int __init dma_ring_init(void)
{
	int err;

	device = kzalloc(sizeof(*device), GFP_KERNEL);
	if (!device)
		return -ENOMEM;
	mutex_init(&device->running);
	init_waitqueue_head(&device->wait);
	device->ring.told = dma_ring_told;
	err = dma_ring_read_parameters(&device->ring.config);
	if (!err)
		err = dma_ring_open(&device->ring);
	if (err)
		goto free;
	err = dma_ring_fail_at("/dev/dma_ring") ? -ENOMEM : misc_register(&misc);
	if (err)
		goto close;
	dma_ring_say(&device->ring);
	return 0;

close:
	dma_ring_close(&device->ring);
free:
	kfree(device);
	return err;
}

static void __exit dma_ring_exit(void)
{
	misc_deregister(&misc);
	dma_ring_close(&device->ring);
	kfree(device);
}

module_init(dma_ring_init);
module_exit(dma_ring_exit);

MODULE_DESCRIPTION("a ring buffer over cyclic DMA, in variants");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(RXLAB_RING_NAMESPACE);
