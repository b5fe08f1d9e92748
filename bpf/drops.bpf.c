// SPDX-License-Identifier: GPL-2.0
/* Packets that the kernel dropped, by reason and by the place in the kernel that dropped them. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "probes.h"

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, DROP_PLACES + 1);
	__type(key, __u32);
	__type(value, struct dropped);
} drops SEC(".maps");

/*
 * Each CPU has places of its own, taken in the order in which they are first needed near where the
 * key falls; the last one counts what found none.
 */
static __always_inline struct dropped *place_of(__u64 location, __u32 reason)
{
	__u32 first = (location * HASH_FACTOR >> 32) + reason, i, key;
	struct dropped *place;

	for (i = 0; i < DROP_PROBES; i++) {
		key = (first + i) & (DROP_PLACES - 1);
		place = bpf_map_lookup_elem(&drops, &key);
		if (!place)
			return 0;
		if (!place->packets) {
			place->location = location;
			place->reason = reason;
			return place;
		}
		if (place->location == location && place->reason == reason)
			return place;
	}
	key = DROP_PLACES;
	return bpf_map_lookup_elem(&drops, &key);
}

/* Arguments: the packet, the place, the reason (since 5.17). */
SEC("raw_tp/kfree_skb")
int kfree_skb(struct bpf_raw_tracepoint_args *ctx)
{
	struct dropped *place = place_of(ctx->args[1], ctx->args[2]);

	if (place)
		place->packets++;
	return 0;
}
