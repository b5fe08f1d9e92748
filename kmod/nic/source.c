// SPDX-License-Identifier: GPL-2.0
/*
 * source.c - /sys/class/net/DEVICE/rxnic/source*: an open loop. The wire offers frames to this
 * device at a rate of its own.
 *
 *   source_frames   the list, in the file's own order: each frame a u32 length (this machine's byte
 *                   order), then as many bytes
 *   source          "RATE [COUNT]" begins: RATE frames a second, shared by the queues, COUNT in all
 *                   (0: without end). "0" ends it
 *   latency         of these frames, wire to verdict: "frames sum max" in ns, then a line per
 *                   bucket of histogram.h; writing begins anew
 */
#include <linux/mm.h>

#include "rxnic.h"

#define MOST_BYTES SZ_1M

static struct rxnic_port *rxnic_port_of(struct device *device)
{
	return rxnic_port(to_net_dev(device));
}

/* ---- the list ---- */

/* The attribute is constant in newer kernels: of the type that the kernel's own prototype has. */
typedef ssize_t old_write(struct file *, struct kobject *, struct bin_attribute *, char *, loff_t,
			  size_t);
#define IS_OLD_WRITE \
	__builtin_types_compatible_p(typeof(*((struct bin_attribute *)NULL)->write), old_write)
typedef typeof(__builtin_choose_expr(IS_OLD_WRITE, (struct bin_attribute *)NULL,
				     (const struct bin_attribute *)NULL)) rxnic_attribute;

static ssize_t rxnic_frames_write(struct file *file, struct kobject *kobj,
				  rxnic_attribute attribute, char *bytes, loff_t at, size_t count)
{
	struct rxnic_port *port = rxnic_port_of(kobj_to_dev(kobj));
	ssize_t err = count;

	if (at + count > MOST_BYTES)
		return -EFBIG;
	mutex_lock(&port->source_lock);
	if (!port->source)
		port->source = kvmalloc(MOST_BYTES, GFP_KERNEL);
	if (!port->source || at > (at ? port->source_bytes : 0)) {
		err = port->source ? -EINVAL : -ENOMEM;
	} else {
		memcpy(port->source + at, bytes, count);
		port->source_bytes = at + count;
	}
	mutex_unlock(&port->source_lock);
	return err;
}

struct bin_attribute rxnic_source_frames = {
	.attr = { .name = "source_frames", .mode = 0200 },
	.write = rxnic_frames_write,
};

/* ---- on and off ---- */

static int rxnic_set_source(struct rxnic_port *port, u64 rate, u64 count)
{
	const unsigned int queues = port->pair->queues;
	unsigned int i;
	int err = 0;

	if (!port->pair->running)
		return -ENETDOWN;
	for (i = 0; i < queues && !err; i++) {
		struct dma_ring *ring = &port->rx_lines[i]->ring;

		err = ring->ops->source(ring->wire, port->source, port->source_bytes,
					DIV_ROUND_UP_ULL(rate, queues),
					DIV_ROUND_UP_ULL(count, queues));
	}
	if (err == -EINVAL)
		netdev_err(port->dev,
			   "source: needs wire=lossy, a list of whole frames that fit the ring in "
			   "source_frames, and at most 100000000 a second\n");
	return err;
}

static ssize_t source_store(struct device *device, struct device_attribute *attribute,
			    const char *text, size_t size)
{
	struct rxnic_port *port = rxnic_port_of(device);
	u64 rate, count = 0;
	int err;

	if (sscanf(text, "%llu %llu", &rate, &count) < 1)
		return -EINVAL;
	if (!rtnl_trylock())
		return restart_syscall();
	mutex_lock(&port->source_lock);
	err = rxnic_set_source(port, rate, count);
	mutex_unlock(&port->source_lock);
	rtnl_unlock();
	return err ?: size;
}
struct device_attribute rxnic_source = __ATTR(source, 0200, NULL, source_store);

/* ---- latency ---- */

/* What was counted before it was to begin anew is none. */
static bool rxnic_has_latency(const struct rxnic_line *line)
{
	/* before it is read; pairs with rxnic_add_latency() */
	return !smp_load_acquire(&line->latency_anew);
}

static u64 rxnic_latency_count(const struct rxnic_port *port, u32 bucket)
{
	u64 count = 0;
	unsigned int i;

	for (i = 0; i < RXNIC_MAX_QUEUES; i++)
		if (rxnic_has_latency(port->rx_lines[i]))
			count += rxlab_counter(port->rx_lines[i]->latency.counts[bucket]);
	return count;
}

static ssize_t latency_show(struct device *device, struct device_attribute *attribute, char *text)
{
	struct rxnic_port *port = rxnic_port_of(device);
	u64 frames = 0, sum = 0, most = 0;
	u32 bucket, i;
	int at;

	for (i = 0; i < RXNIC_MAX_QUEUES; i++) {
		const struct histogram *latency = &port->rx_lines[i]->latency;

		if (!rxnic_has_latency(port->rx_lines[i]))
			continue;
		sum += rxlab_counter(latency->sum);
		most = max(most, rxlab_counter(latency->max));
	}
	for (bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++)
		frames += rxnic_latency_count(port, bucket);
	at = sysfs_emit(text, "%llu %llu %llu\n", frames, sum, most);
	for (bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
		const u64 count = rxnic_latency_count(port, bucket);

		if (count)
			at += sysfs_emit_at(text, at, "%u %llu\n", bucket, count);
	}
	return at;
}

static ssize_t latency_store(struct device *device, struct device_attribute *attribute,
			     const char *text, size_t size)
{
	struct rxnic_port *port = rxnic_port_of(device);
	unsigned int i;

	for (i = 0; i < RXNIC_MAX_QUEUES; i++)
		WRITE_ONCE(port->rx_lines[i]->latency_anew, true);
	return size;
}
struct device_attribute rxnic_latency = __ATTR(latency, 0600, latency_show, latency_store);
