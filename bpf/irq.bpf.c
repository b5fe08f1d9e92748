// SPDX-License-Identifier: GPL-2.0
/*
 * Hard-IRQ handlers: entry -> exit of each, less those that ran within it, and how often each
 * interrupt number and vector ran. They run with interrupts off, yet within one another: a vector
 * (irq_work, call_function_single) calls the handlers of a number. Without the inner ones' time,
 * the times of all of them add up.
 */
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

/* Below IRQ_NESTED as the verifier sees it: the compiler may test another register than it uses. */
static __always_inline __u32 place(__u32 depth)
{
	asm volatile("" : "+r"(depth));
	return depth & (IRQ_NESTED - 1);
}

static __always_inline int enter(void)
{
	struct irq_times *times = this_cpu();
	__u32 at;

	if (!times)
		return 0;
	at = place(times->depth < IRQ_NESTED ? times->depth : 0); /* exits unseen: begins anew */
	times->entered[at] = bpf_ktime_get_ns();
	times->inner[at + 1] = 0;
	times->depth = at + 1;
	return 0;
}

/* Nothing when its entry was not seen. */
static __always_inline struct irq_times *leave(void)
{
	struct irq_times *times = this_cpu();
	__u64 took, inner;
	__u32 at;

	if (!times || !times->depth)
		return 0;
	at = times->depth - 1;
	if (at >= IRQ_NESTED)
		return 0;
	at = place(at);
	times->depth = at;
	took = bpf_ktime_get_ns() - times->entered[at];
	inner = times->inner[at + 1];
	histogram_add(&times->entry_to_exit, took - (inner < took ? inner : took));
	times->inner[at] += took; /* of the one around it, or of none */
	return times;
}

SEC("raw_tp/irq_handler_entry")
int irq_entry(struct bpf_raw_tracepoint_args *ctx)
{
	return enter();
}

SEC("raw_tp/irq_handler_exit")
int irq_exit(struct bpf_raw_tracepoint_args *ctx)
{
	struct irq_times *times = leave();
	__u32 number = ctx->args[0];

	if (!times)
		return 0;
	if (number >= IRQ_NUMBERS)
		number = IRQ_NUMBERS - 1;
	times->by_number[number]++;
	return 0;
}

/* x86's tracepoints (trace/events of irq_vectors); elsewhere there are none. */
#define VECTOR(name, index)                                                     \
	SEC("raw_tp/" #name "_entry")                                           \
	int if_there_##name##_entry(struct bpf_raw_tracepoint_args *ctx)        \
	{                                                                       \
		return enter();                                                 \
	}                                                                       \
	SEC("raw_tp/" #name "_exit")                                            \
	int if_there_##name##_exit(struct bpf_raw_tracepoint_args *ctx)         \
	{                                                                       \
		struct irq_times *times = leave();                              \
                                                                                \
		if (times)                                                      \
			times->by_vector[index]++;                              \
		return 0;                                                       \
	}

VECTOR(local_timer, IRQ_LOCAL_TIMER)
VECTOR(reschedule, IRQ_RESCHEDULE)
VECTOR(call_function, IRQ_CALL_FUNCTION)
VECTOR(call_function_single, IRQ_CALL_FUNCTION_SINGLE)
VECTOR(irq_work, IRQ_WORK)
