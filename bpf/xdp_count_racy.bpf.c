// SPDX-License-Identifier: GPL-2.0
/* The textbook counter, faulty on purpose: two CPUs that read the same value write the same
 * sum, one update is lost.
 */
#include "shared_verdicts.h"

SEC("xdp")
int xdp_count_racy(struct xdp_md *ctx)
{
	__u32 action = XDP_DROP;
	struct verdict *verdict = bpf_map_lookup_elem(&xdp_verdicts, &action);

	if (verdict) {
		verdict->packets++;
		verdict->bytes += frame_bytes(ctx);
	}
	return action;
}
