/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ring_variants.h - the ring variants there are, for the kernel and for user space. One more is a
 * file in kmod/ring/variants/ and a row here. naive is not among them: it loses records, so whoever
 * wants it names it.
 */
#ifndef RXLAB_RING_VARIANTS_H
#define RXLAB_RING_VARIANTS_H

#define RXLAB_RING_VARIANTS(VARIANT) \
	VARIANT(circ) \
	VARIANT(circ_two_part) \
	VARIANT(freerun) \
	VARIANT(cached) \
	VARIANT(batched)

#endif
