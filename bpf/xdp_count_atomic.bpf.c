// SPDX-License-Identifier: GPL-2.0
/* Counts with locked additions: exact, but every CPU pulls the same line. */
#include "shared_verdicts.h"

SEC("xdp")
int xdp_count_atomic(struct xdp_md *ctx)
{
	__u32 action = XDP_DROP;
	struct verdict *verdict = bpf_map_lookup_elem(&xdp_verdicts, &action);

	if (verdict) {
		__sync_fetch_and_add(&verdict->packets, 1);
		__sync_fetch_and_add(&verdict->bytes, frame_bytes(ctx));
	}
	return action;
}
