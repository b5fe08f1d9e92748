// SPDX-License-Identifier: GPL-2.0
/* Counts in a per-CPU array: no CPU writes another's line. */
#include "percpu_verdicts.h"

SEC("xdp")
int xdp_count_percpu(struct xdp_md *ctx)
{
	return count(ctx, XDP_DROP);
}
