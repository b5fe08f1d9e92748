// SPDX-License-Identifier: GPL-2.0
// For user space what the kernel's own <linux/circ_buf.h> has; no header that is installed does.
// Offsets in a ring of `size` bytes, a power of two; one byte stays free.
#pragma once

#define CIRC_CNT(head, tail, size) (((head) - (tail)) & ((size)-1))
#define CIRC_SPACE(head, tail, size) CIRC_CNT((tail), ((head) + 1), (size))

// Of the free bytes those before the ring's end.
#define CIRC_SPACE_TO_END(head, tail, size)                                           \
    (CIRC_SPACE(head, tail, size) <= (size)-1 - (head) ? CIRC_SPACE(head, tail, size) \
                                                       : (size) - (head))
