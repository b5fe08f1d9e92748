// SPDX-License-Identifier: GPL-2.0
/* Drops UDP datagrams to one port, passes everything else. */
#include "percpu_verdicts.h"
#include "udp_port.h"

const volatile __u16 drop_port = 9; /* host order */

SEC("xdp")
int xdp_port_drop(struct xdp_md *ctx)
{
	int port = udp_port((void *)(long)ctx->data, (void *)(long)ctx->data_end);

	return count(ctx, port == drop_port ? XDP_DROP : XDP_PASS);
}
