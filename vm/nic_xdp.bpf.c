// SPDX-License-Identifier: GPL-2.0
/* One program per verdict, for vm/test-nic. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp") int drop(struct xdp_md *ctx) { return XDP_DROP; }
SEC("xdp") int pass(struct xdp_md *ctx) { return XDP_PASS; }
SEC("xdp") int back(struct xdp_md *ctx) { return XDP_TX; }
SEC("xdp") int aborted(struct xdp_md *ctx) { return XDP_ABORTED; }
SEC("xdp") int unknown(struct xdp_md *ctx) { return 99; }

/* Out of the device it came in by, through ndo_xdp_xmit. */
SEC("xdp") int redirect(struct xdp_md *ctx) { return bpf_redirect(ctx->ingress_ifindex, 0); }

/*
 * Longer and shorter again, at both ends, and metadata: the frame that is passed is the one that
 * came.
 */
SEC("xdp") int adjust(struct xdp_md *ctx)
{
	if (bpf_xdp_adjust_head(ctx, -64) || bpf_xdp_adjust_head(ctx, 64) ||
	    bpf_xdp_adjust_tail(ctx, 64) || bpf_xdp_adjust_tail(ctx, -64))
		return XDP_DROP;
	return bpf_xdp_adjust_meta(ctx, -8) ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
