/* SPDX-License-Identifier: GPL-2.0 */
/* table.h - the handlers of <rxlab/nic_handlers.h>. */
#ifndef RXNIC_HANDLERS_TABLE_H
#define RXNIC_HANDLERS_TABLE_H

#include <rxlab/nic_handlers.h>

#include "../rxnic.h"

#define RXNIC_HANDLER(name) extern const struct rxnic_handler rxnic_##name;
RXNIC_HANDLERS(RXNIC_HANDLER, RXNIC_HANDLER)
#undef RXNIC_HANDLER

#endif
