// SPDX-License-Identifier: GPL-2.0
/* How old pktgen's frames are where the stack gets them. The filter of a packet socket, which takes
 * nothing: it sees a frame as the driver's poll hands it over, merged ones as one.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "probes.h"

char LICENSE[] SEC("license") = "GPL";

/* What pktgen puts first into a datagram (net/core/pktgen.c, struct pktgen_hdr). */
struct stamp {
	__be32 magic, sequence, seconds, microseconds;
};

enum { PKTGEN_MAGIC = 0xbe9be955, NS_PER_US = 1000, NS_PER_S = 1000000000 };

/* pktgen's clock is CLOCK_REALTIME, which BPF cannot read; CLOCK_TAI is ahead by whole seconds. */
const volatile __u32 tai_ahead_s;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct histogram);
} ages SEC(".maps");

static __always_inline __u64 made_at(const struct stamp *stamp)
{
	return (__u64)bpf_ntohl(stamp->seconds) * NS_PER_S +
	       (__u64)bpf_ntohl(stamp->microseconds) * NS_PER_US;
}

SEC("socket")
int frame_age(struct __sk_buff *skb)
{
	const __u32 before = sizeof(struct ethhdr) + sizeof(struct iphdr) + sizeof(struct udphdr);
	__u64 now = bpf_ktime_get_tai_ns() - (__u64)tai_ahead_s * NS_PER_S;
	struct histogram *age;
	struct stamp stamp;
	__u32 key = 0;

	if (bpf_skb_load_bytes(skb, before, &stamp, sizeof(stamp)) ||
	    stamp.magic != bpf_htonl(PKTGEN_MAGIC))
		return 0;
	age = bpf_map_lookup_elem(&ages, &key);
	if (age)
		histogram_add_since(age, made_at(&stamp), now);
	return 0;
}
