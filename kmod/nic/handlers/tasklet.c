// SPDX-License-Identifier: GPL-2.0
/*
 * Tasklets: TASKLET softIRQ. No other bottom half of this CPU runs before one returns, and no task.
 */
#include "table.h"

static irqreturn_t rxnic_tasklet_wake(struct rxnic_line *line)
{
	tasklet_schedule(&line->tasklet);
	return IRQ_HANDLED;
}

static void rxnic_tasklet_close(struct rxnic_line *line)
{
	tasklet_kill(&line->tasklet);
}

/*
 * tasklet_greedy - the "before": all there is, and all that comes meanwhile, with no end while
 * frames come faster than they are dealt with. The textbook remedy, cond_resched() in the loop, is
 * none: softIRQ context cannot schedule (README.md).
 */
static void rxnic_greedy(struct tasklet_struct *tasklet)
{
	struct rxnic_line *line = from_tasklet(line, tasklet, tasklet);

	while (rxnic_rx_again(line, 64))
		;
}

static int rxnic_greedy_open(struct rxnic_line *line)
{
	tasklet_setup(&line->tasklet, rxnic_greedy);
	return 0;
}

const struct rxnic_handler rxnic_tasklet_greedy = {
	.name = "tasklet_greedy",
	.context = "TASKLET softIRQ, without end under load",
	.open = rxnic_greedy_open,
	.schedule = rxnic_tasklet_wake,
	.close = rxnic_tasklet_close,
};

/*
 * tasklet_budget - what is left after a budget waits for its turn: others run between, and
 * ksoftirqd takes over under load.
 */
static void rxnic_within_budget(struct tasklet_struct *tasklet)
{
	struct rxnic_line *line = from_tasklet(line, tasklet, tasklet);

	if (rxnic_rx_again(line, READ_ONCE(line->to->budget)))
		tasklet_schedule(tasklet);
}

static int rxnic_budget_open(struct rxnic_line *line)
{
	tasklet_setup(&line->tasklet, rxnic_within_budget);
	return 0;
}

const struct rxnic_handler rxnic_tasklet_budget = {
	.name = "tasklet_budget",
	.context = "TASKLET softIRQ, or ksoftirqd",
	.open = rxnic_budget_open,
	.schedule = rxnic_tasklet_wake,
	.close = rxnic_tasklet_close,
};
