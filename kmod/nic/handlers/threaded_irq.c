// SPDX-License-Identifier: GPL-2.0
/*
 * threaded_irq - the thread of the wire's interrupt: real-time priority, so before all ordinary
 * tasks.
 */
#include "table.h"

static int rxnic_threaded_irq_open(struct rxnic_line *line)
{
	return 0; /* the thread came with the interrupt and sleeps */
}

static irqreturn_t rxnic_threaded_irq_schedule(struct rxnic_line *line)
{
	return IRQ_WAKE_THREAD;
}

static void rxnic_threaded_irq_thread(struct rxnic_line *line)
{
	bool more;

	do {
		local_bh_disable();
		more = rxnic_rx_again(line, READ_ONCE(line->to->budget));
		local_bh_enable();
		cond_resched(); /* here it is right: this is a task */
	} while (more);
}

static void rxnic_threaded_irq_close(struct rxnic_line *line)
{
	synchronize_irq(line->ring.ops->irq(line->ring.wire)); /* its thread too */
}

const struct rxnic_handler rxnic_threaded_irq = {
	.name = "threaded_irq",
	.context = "thread irq/N-DEVICE",
	.open = rxnic_threaded_irq_open,
	.schedule = rxnic_threaded_irq_schedule,
	.thread = rxnic_threaded_irq_thread,
	.close = rxnic_threaded_irq_close,
};
