// SPDX-License-Identifier: GPL-2.0
/* The least that counts packets without losing any: one number per CPU. What the other counters
 * are compared with.
 */
#include "common.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} packets SEC(".maps");

SEC("xdp")
int xdp_count_minimal(struct xdp_md *ctx)
{
	__u32 key = 0;
	__u64 *count = bpf_map_lookup_elem(&packets, &key);

	if (count)
		(*count)++;
	return XDP_DROP;
}
