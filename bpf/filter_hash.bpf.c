// SPDX-License-Identifier: GPL-2.0
/* Port filter, rules found in a hash: memory for the ports that have one only. */
#include "filter.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct filter_port);
	__type(value, __u32);
} by_port SEC(".maps");

static __always_inline __u32 rule_of(__u32 set, __u32 table, __u16 port)
{
	const struct filter_port key = {.set = set, .table = table, .port = port};
	__u32 *entry = bpf_map_lookup_elem(&by_port, &key);

	return entry ? *entry : 0;
}

SEC("xdp")
int filter_hash(struct xdp_md *ctx)
{
	return filter(ctx);
}
