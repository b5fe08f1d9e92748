// SPDX-License-Identifier: GPL-2.0
/* Drops every frame and counts nothing: the floor under the counters. The driver's own
 * statistics count it.
 */
#include "common.h"

SEC("xdp")
int xdp_count_none(struct xdp_md *ctx)
{
	return XDP_DROP;
}
