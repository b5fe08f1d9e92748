// SPDX-License-Identifier: GPL-2.0
/* Drops UDP datagrams to one port at tc ingress; the qdisc counts them. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include "udp_port.h"

const volatile __u16 drop_port = 9; /* host order */

SEC("tc")
int tc_port_drop(struct __sk_buff *skb)
{
	int port = udp_port((void *)(long)skb->data, (void *)(long)skb->data_end);

	return port == drop_port ? TC_ACT_SHOT : TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
