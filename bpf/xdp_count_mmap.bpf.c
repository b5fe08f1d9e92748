// SPDX-License-Identifier: GPL-2.0
/* Counts in one array that user space can map, a group of entries per CPU: exact like a per-CPU
 * array, read without a system call. Frames on CPUs beyond the last group are not counted, so
 * conservation reports them.
 */
#include "common.h"

enum { MAX_CPUS = 1024 };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, MAX_CPUS * VERDICT_STRIDE);
	__type(key, __u32);
	__type(value, struct verdict);
} xdp_verdicts SEC(".maps");

SEC("xdp")
int xdp_count_mmap(struct xdp_md *ctx)
{
	__u32 key = bpf_get_smp_processor_id() * VERDICT_STRIDE + XDP_DROP;
	struct verdict *verdict = bpf_map_lookup_elem(&xdp_verdicts, &key);

	if (verdict) {
		verdict->packets++;
		verdict->bytes += frame_bytes(ctx);
	}
	return XDP_DROP;
}
