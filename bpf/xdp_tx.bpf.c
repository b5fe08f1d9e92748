// SPDX-License-Identifier: GPL-2.0
/* Sends everything back where it came from, as it is. */
#include "percpu_verdicts.h"

SEC("xdp")
int xdp_tx(struct xdp_md *ctx)
{
	return count(ctx, XDP_TX);
}
