// SPDX-License-Identifier: GPL-2.0
/*
 * From waking a kernel thread that receives packets to its first instruction: ksoftirqd, threaded
 * NAPI, threaded interrupts.
 *
 * Tracepoints hand over tasks, whose names a raw tracepoint's program cannot read but for the
 * current one's. So a task is known by its address once it has been seen to leave a CPU under such
 * a name; its first turn of all is not timed. Two tasks that fall on one place take it from each
 * other.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "probes.h"

char LICENSE[] SEC("license") = "GPL";

struct known {
	__u64 task;  /* address; 0: nobody yet */
	__u64 woken; /* 0: it is not waiting since it was woken */
	__u32 kind;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, WAKEUP_PLACES);
	__type(key, __u32);
	__type(value, struct known);
} known SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WAKEUP_KINDS);
	__type(key, __u32);
	__type(value, struct histogram);
} wakeups SEC(".maps");

static __always_inline struct known *place_of(__u64 task)
{
	__u32 key = task * HASH_FACTOR >> 32 & (WAKEUP_PLACES - 1);

	return bpf_map_lookup_elem(&known, &key);
}

static __always_inline int begins(const char *name, const char *start, int length)
{
	int i;

	for (i = 0; i < length; i++)
		if (name[i] != start[i])
			return 0;
	return 1;
}

/* Of the current task; WAKEUP_KINDS: it is none of them. */
static __always_inline __u32 kind_of_current(void)
{
	char name[16] = {};

	bpf_get_current_comm(name, sizeof(name));
	if (begins(name, "ksoftirqd/", 10))
		return WAKEUP_KSOFTIRQD;
	if (begins(name, "napi/", 5))
		return WAKEUP_NAPI;
	if (begins(name, "irq/", 4))
		return WAKEUP_IRQ;
	return WAKEUP_KINDS;
}

/* Argument: the task. */
SEC("raw_tp/sched_wakeup")
int wakeup(struct bpf_raw_tracepoint_args *ctx)
{
	struct known *place = place_of(ctx->args[0]);

	if (place && place->task == ctx->args[0])
		place->woken = bpf_ktime_get_ns();
	return 0;
}

/* Arguments: preemption, the one that leaves, which is current still, the one that comes. */
SEC("raw_tp/sched_switch")
int switched(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 leaves = ctx->args[1], comes = ctx->args[2];
	struct known *place = place_of(comes);
	struct histogram *waited;
	__u32 kind;

	if (place && place->task == comes && place->woken) {
		kind = place->kind;
		waited = bpf_map_lookup_elem(&wakeups, &kind);
		if (waited)
			histogram_add_since(waited, place->woken, bpf_ktime_get_ns());
		place->woken = 0;
	}
	place = place_of(leaves);
	if (!place || place->task == leaves)
		return 0;
	kind = kind_of_current();
	if (kind == WAKEUP_KINDS)
		return 0;
	place->woken = 0;
	place->kind = kind;
	place->task = leaves;
	return 0;
}
