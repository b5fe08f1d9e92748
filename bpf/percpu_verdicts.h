/* SPDX-License-Identifier: GPL-2.0 */
/* The counters of programs that are not about counting: one per CPU and verdict, so no update
 * is lost.
 */
#pragma once
#include "common.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XDP_REDIRECT + 1);
	__type(key, __u32);
	__type(value, struct verdict);
} xdp_verdicts SEC(".maps");

static __always_inline int count(const struct xdp_md *ctx, __u32 action)
{
	struct verdict *verdict = bpf_map_lookup_elem(&xdp_verdicts, &action);

	if (verdict) {
		verdict->packets++;
		verdict->bytes += frame_bytes(ctx);
	}
	return action;
}
