/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nic_handlers.h - the receive handlers there are, for the module and for the experiments'
 * vocabulary. One more is a file in kmod/nic/handlers/ and a row here.
 */
#ifndef RXLAB_NIC_HANDLERS_H
#define RXLAB_NIC_HANDLERS_H

/* The first may be told apart, since lists have commas between. */
#define RXNIC_HANDLERS(FIRST, ROW) \
	FIRST(napi) \
	ROW(napi_threaded) \
	ROW(tasklet_greedy) \
	ROW(tasklet_budget) \
	ROW(workqueue) \
	ROW(bh_workqueue) \
	ROW(threaded_irq)

#endif
