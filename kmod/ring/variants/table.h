/* SPDX-License-Identifier: GPL-2.0 */
/* table.h - the variants of <rxlab/ring_variants.h>, and naive. */
#ifndef RXLAB_RING_VARIANTS_TABLE_H
#define RXLAB_RING_VARIANTS_TABLE_H

#include <rxlab/ring.h>
#include <rxlab/ring_variants.h>

#define DECLARE(name) extern const struct rxlab_ring_variant rxlab_ring_##name;
DECLARE(naive)
RXLAB_RING_VARIANTS(DECLARE)
#undef DECLARE

extern const struct rxlab_ring_variant *const rxlab_ring_variants[];
extern const unsigned int rxlab_ring_variant_count;

#endif
