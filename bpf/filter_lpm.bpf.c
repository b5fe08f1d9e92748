// SPDX-License-Identifier: GPL-2.0
/* Port filter, rules found in a trie of port prefixes: a range of ports is a few entries. */
#include "filter.h"

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct filter_range);
	__type(value, __u32);
} by_range SEC(".maps");

static __always_inline __u32 rule_of(__u32 set, __u32 table, __u16 port)
{
	const struct filter_range key = {
		.prefix_bits = FILTER_RANGE_BITS + 16,
		.set = {set >> 8, set}, .table = table, .port = {port >> 8, port},
	};
	__u32 *entry = bpf_map_lookup_elem(&by_range, &key);

	return entry ? *entry : 0;
}

SEC("xdp")
int filter_lpm(struct xdp_md *ctx)
{
	return filter(ctx);
}
