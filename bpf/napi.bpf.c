// SPDX-License-Identifier: GPL-2.0
/* NAPI: how many packets each poll handled, and how often that was all its budget allows. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "probes.h"

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct napi_polls);
} napi SEC(".maps");

/* Arguments: the NAPI, packets handled, budget. Netpoll's budget is 0: it handles no packets,
 * whatever there is.
 */
SEC("raw_tp/napi_poll")
int napi_poll(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 key = 0, work = ctx->args[1], budget = ctx->args[2];
	struct napi_polls *polls;

	if (!budget)
		return 0;
	polls = bpf_map_lookup_elem(&napi, &key);
	if (!polls)
		return 0;
	histogram_add(&polls->packets, work);
	if (work >= budget)
		polls->exhausted++;
	return 0;
}
