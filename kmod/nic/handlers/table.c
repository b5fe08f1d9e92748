// SPDX-License-Identifier: GPL-2.0
/* table.c - every handler, a row each. */
#include "table.h"

const struct rxnic_handler *const rxnic_handlers[] = {
#define RXNIC_HANDLER(name) &rxnic_##name,
	RXNIC_HANDLERS(RXNIC_HANDLER, RXNIC_HANDLER)
#undef RXNIC_HANDLER
};
const unsigned int rxnic_handler_count = ARRAY_SIZE(rxnic_handlers);

const struct rxnic_handler *rxnic_handler_named(const char *name)
{
	const char *names[ARRAY_SIZE(rxnic_handlers)];
	int i;

	for (i = 0; i < rxnic_handler_count; i++)
		names[i] = rxnic_handlers[i]->name;
	i = dma_ring_choice(KBUILD_MODNAME, "handler", name, names, rxnic_handler_count);
	if (i < 0)
		return NULL;
	if (rxnic_handlers[i]->missing) {
		pr_err("%s: handler=%s: %s\n", KBUILD_MODNAME, name, rxnic_handlers[i]->missing);
		return NULL;
	}
	return rxnic_handlers[i];
}
