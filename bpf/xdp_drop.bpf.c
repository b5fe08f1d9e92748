// SPDX-License-Identifier: GPL-2.0
/* Counts and drops every frame. */
#include "percpu_verdicts.h"

SEC("xdp")
int xdp_drop(struct xdp_md *ctx)
{
	return count(ctx, XDP_DROP);
}
