// SPDX-License-Identifier: GPL-2.0
/* A socket that takes nothing. The kernel counts each packet as one error; what GRO merged into
 * one is counted here.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} merged_beyond SEC(".maps"); /* datagrams beyond the first of each packet */

SEC("socket")
int socket_deaf(struct __sk_buff *skb)
{
	__u32 key = 0;
	__u64 *count;

	if (skb->gso_segs > 1) {
		count = bpf_map_lookup_elem(&merged_beyond, &key);
		if (count)
			*count += skb->gso_segs - 1;
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
