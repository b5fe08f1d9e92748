// SPDX-License-Identifier: GPL-2.0
/* Counts packets and no bytes, in a per-CPU array. */
#include "percpu_verdicts.h"

SEC("xdp")
int xdp_count_packets(struct xdp_md *ctx)
{
	__u32 action = XDP_DROP;
	struct verdict *verdict = bpf_map_lookup_elem(&xdp_verdicts, &action);

	if (verdict)
		verdict->packets++;
	return action;
}
