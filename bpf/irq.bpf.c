// SPDX-License-Identifier: GPL-2.0
/* Hard-IRQ handlers: entry -> exit of all of them together, and how often each interrupt number ran. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "probes.h"

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct irq_times);
} irqs SEC(".maps");

static __always_inline struct irq_times *this_cpu(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&irqs, &key);
}

SEC("raw_tp/irq_handler_entry")
int irq_entry(struct bpf_raw_tracepoint_args *ctx)
{
	struct irq_times *times = this_cpu();

	if (times)
		times->entered = bpf_ktime_get_ns();
	return 0;
}

SEC("raw_tp/irq_handler_exit")
int irq_exit(struct bpf_raw_tracepoint_args *ctx)
{
	struct irq_times *times = this_cpu();
	__u32 number = ctx->args[0];

	if (!times)
		return 0;
	histogram_add_since(&times->entry_to_exit, times->entered, bpf_ktime_get_ns());
	times->entered = 0;
	if (number >= IRQ_NUMBERS)
		number = IRQ_NUMBERS - 1;
	times->by_number[number]++;
	return 0;
}
