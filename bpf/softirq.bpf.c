// SPDX-License-Identifier: GPL-2.0
/* SoftIRQ latency per vector and CPU: raise -> entry (waiting) and entry -> exit (serving). */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "probes.h"

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SOFTIRQ_VECTORS);
	__type(key, __u32);
	__type(value, struct softirq_times);
} softirqs SEC(".maps");

/* The three tracepoints have one argument, the vector. */
static __always_inline struct softirq_times *times_of(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 vector = ctx->args[0];

	return bpf_map_lookup_elem(&softirqs, &vector);
}

/* A vector raised again before it is served waits since its first raise. */
SEC("raw_tp/softirq_raise")
int softirq_raise(struct bpf_raw_tracepoint_args *ctx)
{
	struct softirq_times *times = times_of(ctx);

	if (times && !times->raised)
		times->raised = bpf_ktime_get_ns();
	return 0;
}

/*
 * An interrupt that raises between the read and the zeroing finds the old raise and leaves it: its
 * own is then skipped at the next entry, never charged with a time that is not its own.
 */
SEC("raw_tp/softirq_entry")
int softirq_entry(struct bpf_raw_tracepoint_args *ctx)
{
	struct softirq_times *times = times_of(ctx);
	__u64 raised, now;

	if (!times)
		return 0;
	raised = times->raised;
	times->raised = 0;
	now = bpf_ktime_get_ns();
	times->entered = now;
	histogram_add_since(&times->raise_to_entry, raised, now);
	return 0;
}

SEC("raw_tp/softirq_exit")
int softirq_exit(struct bpf_raw_tracepoint_args *ctx)
{
	struct softirq_times *times = times_of(ctx);

	if (!times)
		return 0;
	histogram_add_since(&times->entry_to_exit, times->entered, bpf_ktime_get_ns());
	times->entered = 0;
	return 0;
}
