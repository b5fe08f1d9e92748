// SPDX-License-Identifier: GPL-2.0
/* table.c - every variant, a row each. */
#include "table.h"

#define ROW(name) &rxlab_ring_##name,
const struct rxlab_ring_variant *const rxlab_ring_variants[] = {
	ROW(naive) RXLAB_RING_VARIANTS(ROW)
};

const unsigned int rxlab_ring_variant_count =
	sizeof(rxlab_ring_variants) / sizeof(rxlab_ring_variants[0]);
