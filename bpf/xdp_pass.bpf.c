// SPDX-License-Identifier: GPL-2.0
/* Counts a frame and hands it to the stack. */
#include "percpu_verdicts.h"

SEC("xdp")
int xdp_pass(struct xdp_md *ctx)
{
	return count(ctx, XDP_PASS);
}
