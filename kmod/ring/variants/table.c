// SPDX-License-Identifier: GPL-2.0
/* table.c - every variant, a row each. */
#include "table.h"

const struct rxlab_ring_variant *const rxlab_ring_variants[] = {
	&rxlab_ring_naive,
	&rxlab_ring_circ,
	&rxlab_ring_freerun,
	&rxlab_ring_cached,
	&rxlab_ring_batched,
};
const unsigned int rxlab_ring_variant_count = sizeof(rxlab_ring_variants) / sizeof(rxlab_ring_variants[0]);
