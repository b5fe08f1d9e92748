/* SPDX-License-Identifier: GPL-2.0 */
/* What every XDP program shares: the context, its verdict counters, its licence. */
#pragma once
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "verdicts.h"

char LICENSE[] SEC("license") = "GPL";

static __always_inline __u64 frame_bytes(const struct xdp_md *ctx)
{
	return ctx->data_end - ctx->data;
}
