/* SPDX-License-Identifier: GPL-2.0 */
/* table.h - the handlers there are. One more is a file beside this one, a line here and a row in table.c. */
#ifndef RXNIC_HANDLERS_TABLE_H
#define RXNIC_HANDLERS_TABLE_H

#include "../rxnic.h"

extern const struct rxnic_handler rxnic_napi;
extern const struct rxnic_handler rxnic_napi_threaded;
extern const struct rxnic_handler rxnic_tasklet_greedy;
extern const struct rxnic_handler rxnic_tasklet_budget;
extern const struct rxnic_handler rxnic_workqueue;
extern const struct rxnic_handler rxnic_bh_workqueue;
extern const struct rxnic_handler rxnic_threaded_irq;

#endif
