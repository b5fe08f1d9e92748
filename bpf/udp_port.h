/* SPDX-License-Identifier: GPL-2.0 */
/* The port filter of XDP and tc programs: IPv4, UDP, not a later fragment. */
#pragma once
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/types.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>

enum { IP_OFFSET_MASK = 0x1fff, IP_MIN_WORDS = 5 };

/* Destination port of the frame in host order, or -1 where there is none to read. */
static __always_inline int udp_port(void *data, void *end)
{
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *udp;

	if ((void *)(ip + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return -1;
	if (ip->ihl < IP_MIN_WORDS || ip->protocol != IPPROTO_UDP)
		return -1;
	/* A later fragment carries payload where the port would be. */
	if (ip->frag_off & bpf_htons(IP_OFFSET_MASK))
		return -1;
	udp = (void *)ip + ip->ihl * 4;
	if ((void *)(udp + 1) > end)
		return -1;
	return bpf_ntohs(udp->dest);
}
