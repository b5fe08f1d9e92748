/* SPDX-License-Identifier: GPL-2.0 */
/* table.h - the variants there are. One more is a file beside this one, a line here and a row in table.c. */
#ifndef RXLAB_RING_VARIANTS_TABLE_H
#define RXLAB_RING_VARIANTS_TABLE_H

#include <rxlab/ring.h>

extern const struct rxlab_ring_variant rxlab_ring_naive;
extern const struct rxlab_ring_variant rxlab_ring_circ;
extern const struct rxlab_ring_variant rxlab_ring_freerun;
extern const struct rxlab_ring_variant rxlab_ring_cached;
extern const struct rxlab_ring_variant rxlab_ring_batched;

extern const struct rxlab_ring_variant *const rxlab_ring_variants[];
extern const unsigned int rxlab_ring_variant_count;

#endif
