/* SPDX-License-Identifier: GPL-2.0 */
/* table.h - the handlers there are. One more is a file beside this one and a row here. */
#ifndef RXNIC_HANDLERS_TABLE_H
#define RXNIC_HANDLERS_TABLE_H

#include "../rxnic.h"

#define RXNIC_HANDLERS(ROW) \
	ROW(napi) \
	ROW(napi_threaded) \
	ROW(tasklet_greedy) \
	ROW(tasklet_budget) \
	ROW(workqueue) \
	ROW(bh_workqueue) \
	ROW(threaded_irq)

#define RXNIC_HANDLER(name) extern const struct rxnic_handler rxnic_##name;
RXNIC_HANDLERS(RXNIC_HANDLER)
#undef RXNIC_HANDLER

#endif
