// SPDX-License-Identifier: GPL-2.0
/* channel.c - the dmaengine API: descriptors, cookies, residue, callbacks. */
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "vdma.h"

#define MAX_BURST 1024u  /* bytes */

static struct vdma_chan *to_vdma_chan(struct dma_chan *chan)
{
	return container_of(chan, struct vdma_chan, chan);
}

static struct vdma_desc *to_vdma_desc(struct dma_async_tx_descriptor *tx)
{
	return container_of(tx, struct vdma_desc, tx);
}

static void vdma_free_descs(struct list_head *list)
{
	struct vdma_desc *desc, *next;

	list_for_each_entry_safe(desc, next, list, node) {
		list_del(&desc->node);
		dma_descriptor_unmap(&desc->tx);
		kfree(desc);
	}
}

/* ---- descriptors ---- */

/*
 * Once it is submitted and the lock is free, whoever issues what is pending on the channel has it
 * done, and it is gone.
 */
static dma_cookie_t vdma_tx_submit(struct dma_async_tx_descriptor *tx)
{
	struct vdma_chan *chan = to_vdma_chan(tx->chan);
	dma_cookie_t cookie;
	unsigned long flags;

	raw_spin_lock_irqsave(&chan->lock, flags);
	cookie = max(chan->chan.cookie + 1, DMA_MIN_COOKIE);
	chan->chan.cookie = tx->cookie = cookie;
	list_move_tail(&to_vdma_desc(tx)->node, &chan->submitted);
	raw_spin_unlock_irqrestore(&chan->lock, flags);
	return cookie;
}

static struct vdma_desc *vdma_new_desc(struct vdma_chan *chan, unsigned int spans,
				       unsigned long flags)
{
	struct vdma_desc *desc = kzalloc(struct_size(desc, spans, spans), GFP_NOWAIT);
	unsigned long irqs;

	if (!desc)
		return NULL;
	dma_async_tx_descriptor_init(&desc->tx, &chan->chan);
	desc->tx.tx_submit = vdma_tx_submit;
	desc->tx.flags = flags;
	desc->span = desc->spans;
	/* Where it is never submitted, terminating the channel frees it. */
	raw_spin_lock_irqsave(&chan->lock, irqs);
	list_add_tail(&desc->node, &chan->prepared);
	raw_spin_unlock_irqrestore(&chan->lock, irqs);
	return desc;
}

static struct vdma_desc *vdma_new_desc_of_one(struct vdma_chan *chan, dma_addr_t addr, size_t len,
					      unsigned long flags)
{
	struct vdma_desc *desc = vdma_new_desc(chan, 1, flags);

	if (desc) {
		desc->spans[0] = (struct vdma_span){ addr, len };
		desc->len = len;
	}
	return desc;
}

static struct dma_async_tx_descriptor *vdma_refuse(struct vdma_chan *chan, const char *why)
{
	dev_err(chan->vdma->dev, "%s refused: %s\n", dma_chan_name(&chan->chan), why);
	return NULL;
}

static struct dma_async_tx_descriptor *vdma_prep_memcpy(struct dma_chan *dma_chan, dma_addr_t dst,
							dma_addr_t src, size_t len,
							unsigned long flags)
{
	struct vdma_chan *chan = to_vdma_chan(dma_chan);
	struct vdma_desc *desc;

	if (!len || len > VDMA_MAX_LENGTH)
		return vdma_refuse(chan, "a copy is of 1 byte to 64 MiB");
	desc = vdma_new_desc_of_one(chan, dst, len, flags);
	if (!desc)
		return NULL;
	desc->src = src;
	return &desc->tx;
}

/* The burst of the memory's far side: what the peripheral takes or gives at once. */
static const char *vdma_burst_of(const struct dma_slave_config *config, bool tx, u32 *width,
				 u32 *burst)
{
	const u32 maxburst = tx ? config->dst_maxburst : config->src_maxburst;

	*width = (tx ? config->dst_addr_width : config->src_addr_width) ?: 8;
	if (*width > 8 || !is_power_of_2(*width))
		return "the bus is 1, 2, 4 or 8 bytes wide";
	if (maxburst > MAX_BURST / *width)
		return "a burst is of 1024 bytes at most";
	*burst = *width * (maxburst ?: 1);
	return NULL;
}

static const char *vdma_join_wire(struct vdma_chan *chan, enum dma_transfer_direction direction,
				  u32 burst, bool cyclic, struct vdma_wire **joined)
{
	const struct vdma_peripheral *peripheral = chan->config.peripheral_config;
	const bool tx = direction == DMA_MEM_TO_DEV;
	struct vdma_chan **end, *other;
	struct vdma_wire *wire;
	const char *why = NULL;
	unsigned long flags;

	if (!peripheral || chan->config.peripheral_size != sizeof(*peripheral) || !peripheral->wire)
		return "no peripheral paces this channel: dma_slave_config.peripheral_config has "
		       "no wire";
	wire = to_vdma_wire(peripheral->wire);
	if (burst > wire->config.fifo_bytes)
		return "the wire's FIFO does not hold a burst, so none would ever move";
	if (!cyclic && wire->config.mode == VDMA_WIRE_LOSSY)
		return "a lossy wire lays whole records into a ring: a list is neither";
	end = tx ? &wire->tx : &wire->rx;
	raw_spin_lock_irqsave(&wire->lock, flags);
	other = tx ? wire->rx : wire->tx;
	if (*end && *end != chan)
		why = "another channel is at this end of the wire";
	else if (other == chan)
		why = "this channel is at the other end of the wire";
	else if (cyclic && READ_ONCE(*(tx ? &wire->tx_moved : &wire->rx_moved)))
		why = "bytes have moved over the wire: it needs a new epoch before a ring begins "
		      "anew";
	else
		WRITE_ONCE(*end, chan); /* the engine may be at the other end */
	raw_spin_unlock_irqrestore(&wire->lock, flags);
	*joined = wire;
	return why;
}

void vdma_chan_leave_wire(struct vdma_chan *chan)
{
	struct vdma_wire *wire = chan->wire;
	unsigned long flags;

	if (!wire)
		return;
	raw_spin_lock_irqsave(&wire->lock, flags);
	if (wire->tx == chan)
		WRITE_ONCE(wire->tx, NULL);
	if (wire->rx == chan)
		WRITE_ONCE(wire->rx, NULL);
	raw_spin_unlock_irqrestore(&wire->lock, flags);
	chan->wire = NULL;
	memset(&chan->config, 0, sizeof(chan->config));
}

/*
 * Makes the wire the channel's pace. Returns why not; what runs on the channel is not touched then.
 */
static const char *vdma_pace(struct vdma_chan *chan, enum dma_transfer_direction direction,
			     size_t period, bool cyclic)
{
	struct vdma_wire *wire;
	unsigned long flags;
	u32 width, burst;
	const char *why;

	if (direction != DMA_MEM_TO_DEV && direction != DMA_DEV_TO_MEM)
		return "cyclic transfers and lists are between memory and a device";
	why = vdma_burst_of(&chan->config, direction == DMA_MEM_TO_DEV, &width, &burst);
	if (!why && cyclic && period % burst)
		why = "the burst does not divide the period";
	if (!why)
		why = vdma_join_wire(chan, direction, burst, cyclic, &wire);
	if (why)
		return why;
	/* A list may be on its way while the next one is prepared. */
	raw_spin_lock_irqsave(&chan->lock, flags);
	chan->wire = wire;
	chan->width = width;
	chan->burst = burst;
	raw_spin_unlock_irqrestore(&chan->lock, flags);
	return NULL;
}

static struct dma_async_tx_descriptor *vdma_prep_cyclic(struct dma_chan *dma_chan, dma_addr_t addr,
							size_t len, size_t period,
							enum dma_transfer_direction direction,
							unsigned long flags)
{
	struct vdma_chan *chan = to_vdma_chan(dma_chan);
	struct vdma_desc *desc;
	const char *why;

	if (!len || len > VDMA_MAX_LENGTH || !period || len % period)
		return vdma_refuse(chan, "the period does not divide the buffer");
	why = vdma_pace(chan, direction, period, true);
	if (why)
		return vdma_refuse(chan, why);
	desc = vdma_new_desc_of_one(chan, addr, len, flags);
	if (!desc)
		return NULL;
	desc->paced = desc->cyclic = true;
	desc->period = period;
	return &desc->tx;
}

static const char *vdma_check_list(struct scatterlist *list, unsigned int spans, u32 width,
				   size_t *len)
{
	struct scatterlist *sg;
	unsigned int i;

	*len = 0;
	for_each_sg(list, sg, spans, i) {
		if (!sg_dma_len(sg) || sg_dma_len(sg) % width)
			return "a span is of whole units of the bus's width, one at least";
		*len += sg_dma_len(sg);
	}
	return !*len || *len > VDMA_MAX_LENGTH ? "a list is of 1 byte to 64 MiB" : NULL;
}

static struct dma_async_tx_descriptor *
vdma_prep_slave_sg(struct dma_chan *dma_chan, struct scatterlist *list, unsigned int spans,
		   enum dma_transfer_direction direction, unsigned long flags, void *context)
{
	struct vdma_chan *chan = to_vdma_chan(dma_chan);
	const char *why = vdma_pace(chan, direction, 0, false);
	struct vdma_desc *desc;
	struct scatterlist *sg;
	unsigned int i;
	size_t len;

	if (!why)
		why = vdma_check_list(list, spans, chan->width, &len);
	if (why)
		return vdma_refuse(chan, why);
	desc = vdma_new_desc(chan, spans, flags);
	if (!desc)
		return NULL;
	desc->paced = true;
	desc->len = desc->period = len;
	for_each_sg(list, sg, spans, i)
		desc->spans[i] = (struct vdma_span){ sg_dma_address(sg), sg_dma_len(sg) };
	return &desc->tx;
}

/* ---- control ---- */

static int vdma_config(struct dma_chan *dma_chan, struct dma_slave_config *config)
{
	struct vdma_chan *chan = to_vdma_chan(dma_chan);
	unsigned long flags;
	bool busy;

	/*
	 * What is prepared counts too: it has the wire and the burst of the configuration before.
	 */
	raw_spin_lock_irqsave(&chan->lock, flags);
	busy = chan->active || !list_empty(&chan->prepared) || !list_empty(&chan->submitted) ||
	       !list_empty(&chan->issued);
	raw_spin_unlock_irqrestore(&chan->lock, flags);
	if (busy) {
		dev_err(chan->vdma->dev,
			"%s: not configured while a transfer is prepared or runs\n",
			dma_chan_name(dma_chan));
		return -EBUSY;
	}
	vdma_chan_leave_wire(chan);
	chan->config = *config;
	return 0;
}

static bool vdma_sends(const struct vdma_chan *chan)
{
	return READ_ONCE(chan->wire->tx) == chan;
}

static void vdma_start_next(struct vdma_chan *chan)
{
	struct vdma_wire *wire = chan->wire;

	if (chan->active || list_empty(&chan->issued))
		return;
	chan->active = list_first_entry(&chan->issued, struct vdma_desc, node);
	list_del(&chan->active->node);
	if (!chan->active->paced)
		return;
	chan->moved = vdma_sends(chan) ? wire->tx_moved : wire->rx_moved;
	if (chan->active->cyclic) {
		/* Its byte at an offset of the ring is that of the position modulo the ring. */
		if (!vdma_sends(chan))
			WRITE_ONCE(wire->rx_ring, chan->active->len);
		return;
	}
	chan->active->start = chan->moved;
	if (vdma_sends(chan))
		/* a list is ready as a whole */
		WRITE_ONCE(wire->published, chan->moved + chan->active->len);
}

static void vdma_issue_pending(struct dma_chan *dma_chan)
{
	struct vdma_chan *chan = to_vdma_chan(dma_chan);
	unsigned long flags;

	raw_spin_lock_irqsave(&chan->lock, flags);
	list_splice_tail_init(&chan->submitted, &chan->issued);
	vdma_start_next(chan);
	raw_spin_unlock_irqrestore(&chan->lock, flags);
	vdma_kick(chan->vdma);
}

static struct vdma_desc *vdma_find_desc(struct vdma_chan *chan, dma_cookie_t cookie)
{
	struct vdma_desc *desc;

	if (chan->active && chan->active->tx.cookie == cookie)
		return chan->active;
	list_for_each_entry(desc, &chan->issued, node)
		if (desc->tx.cookie == cookie)
			return desc;
	list_for_each_entry(desc, &chan->submitted, node)
		if (desc->tx.cookie == cookie)
			return desc;
	return NULL;
}

static u32 vdma_residue_of(const struct vdma_chan *chan, const struct vdma_desc *desc)
{
	if (desc != chan->active)
		return desc->len;
	if (!desc->paced)
		return desc->len - desc->copied;
	return desc->len - (u32)((chan->moved - desc->start) % desc->len);
}

static enum dma_status vdma_tx_status(struct dma_chan *dma_chan, dma_cookie_t cookie,
				      struct dma_tx_state *state)
{
	struct vdma_chan *chan = to_vdma_chan(dma_chan);
	const struct vdma_desc *desc;
	enum dma_status status;
	unsigned long flags;

	/* Under the engine's own lock: what the residue says has moved is in memory. */
	raw_spin_lock_irqsave(&chan->lock, flags);
	status = dma_async_is_complete(cookie, dma_chan->completed_cookie, dma_chan->cookie);
	desc = status == DMA_COMPLETE ? NULL : vdma_find_desc(chan, cookie);
	dma_set_tx_state(state, dma_chan->completed_cookie, dma_chan->cookie,
			 desc ? vdma_residue_of(chan, desc) : 0);
	if (desc && desc == chan->active && chan->failed)
		status = DMA_ERROR;
	else if (desc && desc == chan->active && chan->paused)
		status = DMA_PAUSED;
	raw_spin_unlock_irqrestore(&chan->lock, flags);
	return status;
}

static int vdma_set_paused(struct dma_chan *dma_chan, bool paused)
{
	struct vdma_chan *chan = to_vdma_chan(dma_chan);
	unsigned long flags;

	raw_spin_lock_irqsave(&chan->lock, flags);
	chan->paused = paused;
	raw_spin_unlock_irqrestore(&chan->lock, flags);
	if (!paused)
		vdma_kick(chan->vdma);
	return 0;
}

static int vdma_pause(struct dma_chan *chan)
{
	return vdma_set_paused(chan, true);
}

static int vdma_resume(struct dma_chan *chan)
{
	return vdma_set_paused(chan, false);
}

static int vdma_terminate_all(struct dma_chan *dma_chan)
{
	struct vdma_chan *chan = to_vdma_chan(dma_chan);
	unsigned long flags;
	LIST_HEAD(gone);

	raw_spin_lock_irqsave(&chan->lock, flags);
	if (chan->active) {
		list_add(&chan->active->node, &gone);
		/* What is left of a list is never sent, and the receiver does not wait for it. */
		if (chan->active->paced && !chan->active->cyclic && vdma_sends(chan))
			WRITE_ONCE(chan->wire->published, chan->moved);
	}
	chan->active = NULL;
	chan->cyclic_due = NULL;
	chan->paused = chan->failed = false;
	list_splice_tail_init(&chan->issued, &gone);
	list_splice_tail_init(&chan->submitted, &gone);
	list_splice_tail_init(&chan->prepared, &gone);
	list_splice_tail_init(&chan->done, &gone);
	raw_spin_unlock_irqrestore(&chan->lock, flags);
	vdma_free_descs(&gone);
	return 0;
}

static void vdma_synchronize(struct dma_chan *dma_chan)
{
	struct vdma_chan *chan = to_vdma_chan(dma_chan);

	irq_work_sync(&chan->interrupt);
	tasklet_kill(&chan->callbacks);
}

static int vdma_alloc_chan_resources(struct dma_chan *dma_chan)
{
	dma_chan->cookie = dma_chan->completed_cookie = DMA_MIN_COOKIE;
	return 0;
}

static void vdma_free_chan_resources(struct dma_chan *dma_chan)
{
	struct vdma_chan *chan = to_vdma_chan(dma_chan);

	vdma_terminate_all(dma_chan);
	vdma_synchronize(dma_chan);
	vdma_chan_leave_wire(chan);
}

/* ---- completion: the controller's interrupt, then a tasklet ---- */

static void vdma_call_back(const struct dma_async_tx_descriptor *tx,
			   enum dmaengine_tx_result outcome)
{
	const struct dmaengine_result result = { .result = outcome };

	if (tx->callback_result)
		tx->callback_result(tx->callback_param, &result);
	else if (tx->callback)
		tx->callback(tx->callback_param);
}

static void vdma_run_callbacks(struct tasklet_struct *tasklet)
{
	struct vdma_chan *chan = from_tasklet(chan, tasklet, callbacks);
	struct dma_async_tx_descriptor cyclic = { };
	struct vdma_desc *desc, *next;
	LIST_HEAD(done);

	raw_spin_lock_irq(&chan->lock);
	list_splice_tail_init(&chan->done, &done);
	/* By value: the client may terminate the transfer while its callback runs. */
	if (chan->cyclic_due) {
		cyclic = chan->cyclic_due->tx;
		chan->cyclic_due = NULL;
		chan->callbacks_run++;
	}
	raw_spin_unlock_irq(&chan->lock);

	vdma_call_back(&cyclic, DMA_TRANS_NOERROR);
	list_for_each_entry_safe(desc, next, &done, node) {
		list_del(&desc->node);
		dma_descriptor_unmap(&desc->tx);
		vdma_call_back(&desc->tx, desc->result);
		dma_run_dependencies(&desc->tx);
		kfree(desc);
	}
}

static void vdma_controller_interrupt(struct irq_work *work)
{
	tasklet_schedule(&container_of(work, struct vdma_chan, interrupt)->callbacks);
}

void vdma_chan_complete(struct vdma_chan *chan, enum dmaengine_tx_result result)
{
	struct vdma_desc *desc = chan->active;

	desc->result = result;
	chan->chan.completed_cookie = desc->tx.cookie;
	list_add_tail(&desc->node, &chan->done);
	chan->active = NULL;
	vdma_start_next(chan);
	irq_work_queue(&chan->interrupt);
}

void vdma_chan_period(struct vdma_chan *chan)
{
	if (!chan->active->cyclic) {
		vdma_chan_complete(chan, DMA_TRANS_NOERROR);
		return;
	}
	chan->periods++;
	if (!chan->active->tx.callback && !chan->active->tx.callback_result)
		return;
	chan->cyclic_due = chan->active;
	irq_work_queue(&chan->interrupt);
}

/* ---- set-up ---- */

struct vdma_chan *vdma_chan_of(struct dma_chan *chan)
{
	return chan->device->device_tx_status == vdma_tx_status ? to_vdma_chan(chan) : NULL;
}

static void vdma_init_channel(struct vdma_dev *vdma, struct vdma_chan *chan)
{
	chan->vdma = vdma;
	chan->chan.device = &vdma->dma;
	raw_spin_lock_init(&chan->lock);
	INIT_LIST_HEAD(&chan->prepared);
	INIT_LIST_HEAD(&chan->submitted);
	INIT_LIST_HEAD(&chan->issued);
	INIT_LIST_HEAD(&chan->done);
	init_irq_work(&chan->interrupt, vdma_controller_interrupt);
	tasklet_setup(&chan->callbacks, vdma_run_callbacks);
	list_add_tail(&chan->chan.device_node, &vdma->dma.channels);
}

void vdma_channels_init(struct vdma_dev *vdma)
{
	const u32 widths = BIT(DMA_SLAVE_BUSWIDTH_1_BYTE) | BIT(DMA_SLAVE_BUSWIDTH_2_BYTES) |
			   BIT(DMA_SLAVE_BUSWIDTH_4_BYTES) | BIT(DMA_SLAVE_BUSWIDTH_8_BYTES);
	struct dma_device *dma = &vdma->dma;
	unsigned int i;

	INIT_LIST_HEAD(&dma->channels);
	for (i = 0; i < vdma->channel_count; i++)
		vdma_init_channel(vdma, &vdma->channels[i]);
	dma_cap_set(DMA_SLAVE, dma->cap_mask);
	dma_cap_set(DMA_CYCLIC, dma->cap_mask);
	dma_cap_set(DMA_MEMCPY, dma->cap_mask);
	/* for those who ask, not for whoever wants a copy made */
	dma_cap_set(DMA_PRIVATE, dma->cap_mask);
	dma->src_addr_widths = dma->dst_addr_widths = widths;
	dma->directions = BIT(DMA_DEV_TO_MEM) | BIT(DMA_MEM_TO_DEV);
	dma->max_burst = MAX_BURST;
	dma->residue_granularity = DMA_RESIDUE_GRANULARITY_BURST;
	dma->device_alloc_chan_resources = vdma_alloc_chan_resources;
	dma->device_free_chan_resources = vdma_free_chan_resources;
	dma->device_prep_dma_memcpy = vdma_prep_memcpy;
	dma->device_prep_dma_cyclic = vdma_prep_cyclic;
	dma->device_prep_slave_sg = vdma_prep_slave_sg;
	dma->device_config = vdma_config;
	dma->device_pause = vdma_pause;
	dma->device_resume = vdma_resume;
	dma->device_terminate_all = vdma_terminate_all;
	dma->device_synchronize = vdma_synchronize;
	dma->device_issue_pending = vdma_issue_pending;
	dma->device_tx_status = vdma_tx_status;
}

void vdma_channels_exit(struct vdma_dev *vdma)
{
	unsigned int i;

	for (i = 0; i < vdma->channel_count; i++)
		vdma_synchronize(&vdma->channels[i].chan);
}
