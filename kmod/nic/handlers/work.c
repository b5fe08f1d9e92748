// SPDX-License-Identifier: GPL-2.0
/* Workqueues: a work item per line, which queues itself again when its budget is used up. */
#include "table.h"

static void rxnic_work_receive(struct work_struct *work, struct workqueue_struct *queue)
{
	struct rxnic_line *line = container_of(work, struct rxnic_line, work);
	bool more;

	local_bh_disable();
	more = rxnic_rx_again(line, READ_ONCE(line->to->budget));
	local_bh_enable();
	if (more)
		queue_work(queue, work);
}

static void rxnic_work_close(struct rxnic_line *line)
{
	cancel_work_sync(&line->work);
}

/* workqueue - a kernel worker of the CPU that took the interrupt: a task among tasks. */
static void rxnic_in_worker(struct work_struct *work)
{
	rxnic_work_receive(work, system_highpri_wq);
}

static int rxnic_workqueue_open(struct rxnic_line *line)
{
	INIT_WORK(&line->work, rxnic_in_worker);
	return 0;
}

static irqreturn_t rxnic_workqueue_schedule(struct rxnic_line *line)
{
	queue_work(system_highpri_wq, &line->work);
	return IRQ_HANDLED;
}

const struct rxnic_handler rxnic_workqueue = {
	.name = "workqueue",
	.context = "thread kworker/CPU:NH",
	.open = rxnic_workqueue_open,
	.schedule = rxnic_workqueue_schedule,
	.close = rxnic_work_close,
};

/*
 * bh_workqueue - what replaces tasklets since 6.9: softIRQ context, but with a workqueue's calls.
 */
#ifdef RXNIC_HAS_BH_WORKQUEUE
static void rxnic_in_bh_worker(struct work_struct *work)
{
	rxnic_work_receive(work, system_bh_wq);
}

static int rxnic_bh_workqueue_open(struct rxnic_line *line)
{
	INIT_WORK(&line->work, rxnic_in_bh_worker);
	return 0;
}

static irqreturn_t rxnic_bh_workqueue_schedule(struct rxnic_line *line)
{
	queue_work(system_bh_wq, &line->work);
	return IRQ_HANDLED;
}
#endif

const struct rxnic_handler rxnic_bh_workqueue = {
	.name = "bh_workqueue",
	.context = "TASKLET softIRQ, as a work item",
#ifdef RXNIC_HAS_BH_WORKQUEUE
	.open = rxnic_bh_workqueue_open,
	.schedule = rxnic_bh_workqueue_schedule,
	.close = rxnic_work_close,
#else
	.missing = "this kernel has no BH workqueues (6.9 brought them)",
#endif
};
