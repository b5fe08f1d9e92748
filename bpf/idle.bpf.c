// SPDX-License-Identifier: GPL-2.0
/* Time each CPU spends in idle states. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "probes.h"

char LICENSE[] SEC("license") = "GPL";

/* State of the tracepoint cpu_idle that means "left idle": (u32)-1, PWR_EVENT_EXIT in the
 * kernel.
 */
#define IDLE_LEFT 0xffffffffU

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct idle_time);
} idle SEC(".maps");

SEC("raw_tp/cpu_idle")
int cpu_idle(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 key = 0, state = ctx->args[0];
	struct idle_time *time = bpf_map_lookup_elem(&idle, &key);

	if (!time)
		return 0;
	if (state != IDLE_LEFT) {
		time->since = bpf_ktime_get_ns();
	} else if (time->since) {
		time->total += bpf_ktime_get_ns() - time->since;
		time->since = 0;
	}
	return 0;
}
