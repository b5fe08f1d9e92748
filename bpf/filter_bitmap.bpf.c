// SPDX-License-Identifier: GPL-2.0
/*
 * Port filter, rules found by a bit per port: one look where no rule applies, two where one does,
 * however many there are.
 */
#include "filter.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FILTER_TABLES * FILTER_PORTS / 64);
	__type(key, __u32);
	__type(value, __u64);
} bits SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FILTER_TABLES * FILTER_PORTS);
	__type(key, __u32);
	__type(value, __u32);
} entries SEC(".maps");

static __always_inline __u32 rule_of(__u32 set, __u32 table, __u16 port)
{
	__u32 at = (set * FILTER_TABLES + table) * FILTER_PORTS + port, word = at / 64, *entry;
	__u64 *bit = bpf_map_lookup_elem(&bits, &word);

	if (!bit || !(*bit >> at % 64 & 1))
		return 0;
	entry = bpf_map_lookup_elem(&entries, &at);
	return entry ? *entry : 0;
}

SEC("xdp")
int filter_bitmap(struct xdp_md *ctx)
{
	return filter(ctx);
}
