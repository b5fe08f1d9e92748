// SPDX-License-Identifier: GPL-2.0
/* faults.c - what goes wrong on purpose, and what is counted: /sys/kernel/debug/vdma. */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "vdma.h"

static const char *const names[VDMA_FAULTS] = {
	[VDMA_FAULT_LOST] = "lost",
	[VDMA_FAULT_LATE] = "late",
	[VDMA_FAULT_DUPLICATED] = "duplicated",
	[VDMA_FAULT_STALL] = "stall",
	[VDMA_FAULT_ERROR] = "error",
};

bool vdma_fault_hits(struct vdma_dev *vdma, enum vdma_fault fault)
{
	struct vdma_fault_point *point = &vdma->faults[fault];
	u32 interval = READ_ONCE(point->interval);

	if (!interval || (u32)atomic_inc_return(&point->events) % interval)
		return false;
	if (atomic_read(&point->times) >= 0 && atomic_dec_if_positive(&point->times) < 0)
		return false;
	atomic_inc(&point->hits);
	return true;
}

#define FIELD(s, wire, name) \
	seq_printf(s, "wire%d." #name " %llu\n", (wire)->index, rxlab_counter((wire)->stats.name))

static void vdma_show_wire(struct seq_file *s, struct vdma_wire *wire)
{
	seq_printf(s, "wire%d.published %llu\n", wire->index, rxlab_counter(wire->published));
	seq_printf(s, "wire%d.tx_moved %llu\n", wire->index, rxlab_counter(wire->tx_moved));
	seq_printf(s, "wire%d.rx_moved %llu\n", wire->index, rxlab_counter(wire->rx_moved));
	seq_printf(s, "wire%d.consumed %llu\n", wire->index, rxlab_counter(wire->consumed));
	seq_printf(s, "wire%d.masked %d\n", wire->index, rxlab_counter(wire->masked));
	FIELD(s, wire, interrupts);
	FIELD(s, wire, by_watermark);
	FIELD(s, wire, by_usecs);
	FIELD(s, wire, by_idle);
	FIELD(s, wire, by_watchdog);
	FIELD(s, wire, by_tx_space);
	FIELD(s, wire, lost);
	FIELD(s, wire, late);
	FIELD(s, wire, duplicated);
	FIELD(s, wire, tx_bytes);
	FIELD(s, wire, rx_bytes);
	FIELD(s, wire, tx_bursts);
	FIELD(s, wire, rx_bursts);
	FIELD(s, wire, tx_starved);
	FIELD(s, wire, rx_stalled);
	FIELD(s, wire, dropped_records);
	FIELD(s, wire, dropped_bytes);
	FIELD(s, wire, bad_headers);
	FIELD(s, wire, source_records);
	FIELD(s, wire, gap_bytes);
	FIELD(s, wire, epochs);
	FIELD(s, wire, stalls);
	FIELD(s, wire, errors);
	FIELD(s, wire, engine_ns);
}

static int stats_show(struct seq_file *s, void *unused)
{
	struct vdma_dev *vdma = s->private;
	unsigned int i;

	for (i = 0; i < vdma->channel_count; i++) {
		struct vdma_chan *chan = &vdma->channels[i];

		seq_printf(s, "%s.periods %llu\n", dma_chan_name(&chan->chan),
			   rxlab_counter(chan->periods));
		seq_printf(s, "%s.callbacks %llu\n", dma_chan_name(&chan->chan),
			   rxlab_counter(chan->callbacks_run));
		seq_printf(s, "%s.copied_bytes %llu\n", dma_chan_name(&chan->chan),
			   rxlab_counter(chan->copied_bytes));
		seq_printf(s, "%s.engine_ns %llu\n", dma_chan_name(&chan->chan),
			   rxlab_counter(chan->engine_ns));
	}
	mutex_lock(&vdma->wires_lock);
	for (i = 0; i < VDMA_MAX_WIRES; i++)
		if (vdma->wires[i])
			vdma_show_wire(s, vdma->wires[i]);
	mutex_unlock(&vdma->wires_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

/* debugfs is for people; a machine without it works all the same, so nothing here can fail. */
void vdma_faults_init(struct vdma_dev *vdma)
{
	struct dentry *faults;
	int i;

	vdma->late_usecs = 1000;
	vdma->stall_usecs = 1000;
	vdma->debugfs = debugfs_create_dir("vdma", NULL);
	debugfs_create_file("stats", 0400, vdma->debugfs, vdma, &stats_fops);
	faults = debugfs_create_dir("fault", vdma->debugfs);
	debugfs_create_u32("late_usecs", 0600, faults, &vdma->late_usecs);
	debugfs_create_u32("stall_usecs", 0600, faults, &vdma->stall_usecs);
	for (i = 0; i < VDMA_FAULTS; i++) {
		struct dentry *dir = debugfs_create_dir(names[i], faults);

		atomic_set(&vdma->faults[i].times, -1);
		debugfs_create_u32("interval", 0600, dir, &vdma->faults[i].interval);
		debugfs_create_atomic_t("times", 0600, dir, &vdma->faults[i].times);
		debugfs_create_atomic_t("hits", 0400, dir, &vdma->faults[i].hits);
	}
}

void vdma_faults_exit(struct vdma_dev *vdma)
{
	debugfs_remove_recursive(vdma->debugfs);
}
