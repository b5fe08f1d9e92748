// SPDX-License-Identifier: GPL-2.0
/*
 * napi - the kernel's own: in softIRQ context by turns with all other devices, each with a budget.
 */
#include "table.h"

int rxnic_poll(struct napi_struct *napi, int budget)
{
	struct rxnic_line *line = container_of(napi, struct rxnic_line, napi);
	const int received = rxnic_rx(line, budget);

	/*
	 * Told again only after NAPI is ready to be scheduled: what came between the two would else
	 * be forgotten.
	 */
	if (received < budget && napi_complete_done(napi, received) && !rxnic_rx_done(line))
		napi_schedule(napi);
	return received;
}

static int rxnic_napi_open_in(struct rxnic_line *line, bool threaded)
{
	const int err = dev_set_threaded(line->to->dev, threaded);

	if (err)
		return err;
	napi_enable(&line->napi);
	return 0;
}

static int rxnic_napi_open(struct rxnic_line *line)
{
	return rxnic_napi_open_in(line, false);
}

static irqreturn_t rxnic_napi_wake(struct rxnic_line *line)
{
	napi_schedule(&line->napi);
	return IRQ_HANDLED;
}

static void rxnic_napi_close(struct rxnic_line *line)
{
	napi_disable(&line->napi);
}

const struct rxnic_handler rxnic_napi = {
	.name = "napi",
	.context = "NET_RX softIRQ, or ksoftirqd",
	.napi = true,
	.open = rxnic_napi_open,
	.schedule = rxnic_napi_wake,
	.close = rxnic_napi_close,
};

/*
 * napi_threaded - the same in a kernel thread of its own, which the scheduler treats as any task.
 */

static int rxnic_napi_threaded_open(struct rxnic_line *line)
{
	return rxnic_napi_open_in(line, true);
}

const struct rxnic_handler rxnic_napi_threaded = {
	.name = "napi_threaded",
	.context = "thread napi/DEVICE-ID",
	.napi = true,
	.open = rxnic_napi_threaded_open,
	.schedule = rxnic_napi_wake,
	.close = rxnic_napi_close,
};
