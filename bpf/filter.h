/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The port filter: reads a frame's ports, asks the engine for the rule, counts. An engine defines
 * rule_of() before filter().
 */
#pragma once
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_endian.h>
#include "common.h"
#include "filter_tables.h"

/* What is false or 0 here costs nothing: the verifier takes it out. */
const volatile __u8 drop_by_default = 0;
const volatile __u8 drop_fragments = 0;
const volatile __u8 drop_malformed = 0;
const volatile __u8 drop_other = 0;
const volatile __u8 has_source_rules = 1;
const volatile __u8 has_destination_rules = 1;
const volatile __u8 has_sets = 0;          /* rules for some addresses or VLANs only: */
const volatile __u8 has_prefixes = 0;      /* of source addresses */
const volatile __u8 has_to_prefixes = 0;
const volatile __u8 has_vlans = 0;
const volatile __u8 has_others = 0;        /* rules without ports */
/* With destination addresses or VLANs a packet's set is found in `combined`. */
const volatile __u32 to_classes = 1;     /* prefixes of destination addresses, and none */
const volatile __u32 vlan_classes = 1;
const volatile __u8 count_bytes = 1;     /* else packets only */
const volatile __u8 count_protocols = 1; /* maps parsed, ethertypes, ip_protocols */
const volatile __u8 count_ports = 1;
const volatile __u8 count_rules = 1;

#define COUNTERS(name, entries)                       \
	struct {                                      \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); \
		__uint(max_entries, entries);         \
		__type(key, __u32);                   \
		__type(value, struct verdict);        \
	} name SEC(".maps")

COUNTERS(xdp_verdicts, XDP_REDIRECT + 1);
COUNTERS(parsed, FILTER_KINDS);
COUNTERS(ip_protocols, 256);
COUNTERS(ports, FILTER_PORT_KEYS);
COUNTERS(rules, FILTER_FIRST_SLOT);

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u16);
	__type(value, struct verdict);
} ethertypes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct filter_prefix);
	__type(value, __u32);
} prefixes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct filter_prefix);
	__type(value, __u32);
} to_prefixes SEC(".maps");

#define WORDS(name)                              \
	struct {                                 \
		__uint(type, BPF_MAP_TYPE_ARRAY); \
		__uint(max_entries, 1);          \
		__type(key, __u32);              \
		__type(value, __u32);            \
	} name SEC(".maps")

WORDS(vlans);    /* class of a VLAN */
WORDS(combined); /* set of (class of source, of destination, of VLAN) */
WORDS(others);   /* entry of what has no ports */

/* No program reads these two. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct filter_text);
} rule_text SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct filter_settings);
} settings SEC(".maps");

struct packet {
	__u32 kind;               /* enum filter_kind */
	__u32 table;              /* protocol and family */
	__u16 ethertype;          /* after tags, host order */
	__u8 protocol;            /* after extension headers */
	__u8 is_ip;
	__u16 source, destination; /* host order */
	__u32 vlan;               /* key of vlans */
	void *address;            /* the source's, before the destination's; null: not IP */
};

static __always_inline __u32 rule_of(__u32 set, __u32 table, __u16 port);

/*
 * The IP datagram is what its own length says, not what the frame has: an Ethernet frame is padded
 * to 60 bytes, and padding is no port. `limit` is that length, from `data` on.
 */
static __always_inline void read_ports(struct packet *packet, void *data, void *end, __u32 at,
				       __u32 limit, int fragment)
{
	__be16 *ports = data + at;

	packet->kind = FILTER_OTHER_PROTOCOL;
	if (packet->protocol == IPPROTO_UDP)
		packet->table |= FILTER_UDP;
	else if (packet->protocol != IPPROTO_TCP)
		return;
	packet->kind = FILTER_TRUNCATED;
	if (at + 4 > limit || (void *)(ports + 2) > end)
		return;
	packet->source = bpf_ntohs(ports[0]);
	packet->destination = bpf_ntohs(ports[1]);
	packet->kind = fragment ? FILTER_FIRST_FRAGMENT : FILTER_WITH_PORTS;
}

/*
 * Of every extension header, and of IPv4's authentication header: the next one, and how long it is.
 */
struct extension {
	__u8 next;
	__u8 length;
	__be16 fragment;          /* fragment header: offset and flags */
	__be32 rest;
};

enum { MORE_FRAGMENTS = 0x2000, FRAGMENT_OFFSET = 0x1fff, PLAIN_IPV4 = 0x45 /* no options */ };

static __always_inline void read_ipv4(struct packet *packet, void *data, void *end, __u32 at)
{
	struct iphdr *ip = data + at;
	__u32 header, limit, i;

	packet->kind = FILTER_TRUNCATED;
	if ((void *)(ip + 1) > end)
		return;
	header = ip->ihl * 4;
	limit = bpf_ntohs(ip->tot_len);
	packet->kind = FILTER_MALFORMED;
	if (ip->version != 4 || header < sizeof(*ip) || limit < header)
		return;
	packet->is_ip = 1;
	packet->protocol = ip->protocol;
	packet->address = &ip->saddr;
	packet->kind = FILTER_LATER_FRAGMENT;
	if (ip->frag_off & bpf_htons(FRAGMENT_OFFSET))
		return;
	limit += at;
	at += header;
#pragma unroll
	for (i = 0; i <= FILTER_MOST_AH; i++) {
		struct extension *ah = data + at;

		if (packet->protocol != IPPROTO_AH) {
			read_ports(packet, data, end, at, limit,
				   ip->frag_off & bpf_htons(MORE_FRAGMENTS));
			return;
		}
		packet->kind = FILTER_TOO_DEEP;
		if (i == FILTER_MOST_AH)
			return;
		packet->kind = FILTER_TRUNCATED;
		if (at + sizeof(*ah) > limit || (void *)(ah + 1) > end)
			return;
		at += (ah->length + 2) * 4;
		packet->protocol = ah->next;
	}
}

enum { MORE_FRAGMENTS_V6 = 1, FRAGMENT_OFFSET_V6 = 0xfff8 };

static __always_inline void read_ipv6(struct packet *packet, void *data, void *end, __u32 at)
{
	struct ipv6hdr *ip = data + at;
	__u32 limit, fragment = 0, i;
	__u8 next;

	packet->table |= FILTER_IPV6;
	packet->kind = FILTER_TRUNCATED;
	if ((void *)(ip + 1) > end)
		return;
	packet->kind = FILTER_MALFORMED;
	if (ip->version != 6)
		return;
	packet->is_ip = 1;
	packet->address = &ip->saddr;
	next = ip->nexthdr;
	at += sizeof(*ip);
	limit = at + bpf_ntohs(ip->payload_len);
#pragma unroll
	for (i = 0; i <= FILTER_MOST_EXTENSIONS; i++) {
		struct extension *extension = data + at;

		packet->protocol = next;
		if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING &&
		    next != IPPROTO_FRAGMENT && next != IPPROTO_AH && next != IPPROTO_DSTOPTS &&
		    next != IPPROTO_MH && next != 139 /* HIP */ && next != 140 /* Shim6 */) {
			read_ports(packet, data, end, at, limit, fragment);
			return;
		}
		packet->kind = FILTER_TOO_DEEP;
		if (i == FILTER_MOST_EXTENSIONS)
			return;
		packet->kind = FILTER_TRUNCATED;
		if (at + sizeof(*extension) > limit || (void *)(extension + 1) > end)
			return;
		if (next == IPPROTO_FRAGMENT) {
			at += sizeof(*extension);
			if (extension->fragment & bpf_htons(FRAGMENT_OFFSET_V6)) {
				packet->protocol = extension->next;
				packet->kind = FILTER_LATER_FRAGMENT;
				return;
			}
			fragment |= extension->fragment & bpf_htons(MORE_FRAGMENTS_V6);
		} else if (next == IPPROTO_AH) {
			at += (extension->length + 2) * 4;
		} else {
			at += (extension->length + 1) * 8;
		}
		next = extension->next;
	}
}

enum { VLAN_ID = 0x0fff };

static __always_inline int is_tag(__be16 type)
{
	return type == bpf_htons(ETH_P_8021Q) || type == bpf_htons(ETH_P_8021AD) ||
	       type == bpf_htons(ETH_P_QINQ1) || type == bpf_htons(ETH_P_QINQ2) ||
	       type == bpf_htons(ETH_P_QINQ3);
}

static __always_inline void read_frame(struct packet *packet, struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 at = sizeof(struct ethhdr), i;
	__be16 type;

	packet->kind = FILTER_TRUNCATED;
	if (data + at > end)
		return;
	/* the packed member itself would be read byte by byte */
	type = *(__be16 *)(data + offsetof(struct ethhdr, h_proto));
#pragma unroll
	for (i = 0; i < FILTER_MOST_TAGS; i++) {
		if (!is_tag(type))
			break;
		packet->ethertype = bpf_ntohs(type);
		if (data + at + 4 > end)
			return;
		if (has_vlans && i == 0)
			packet->vlan = (bpf_ntohs(*(__be16 *)(data + at)) & VLAN_ID) + 1;
		type = *(__be16 *)(data + at + 2);
		at += 4;
	}
	packet->ethertype = bpf_ntohs(type);
	packet->kind = FILTER_TOO_DEEP;
	if (is_tag(type))
		return;
	if (type == bpf_htons(ETH_P_IP))
		read_ipv4(packet, data, end, at);
	else if (type == bpf_htons(ETH_P_IPV6))
		read_ipv6(packet, data, end, at);
	else
		packet->kind = FILTER_NOT_IP;
}

/* The longest prefix of an address that the rules have; 0: none. */
static __always_inline __u32 class_of(void *map, const struct packet *packet, void *address,
				      void *end)
{
	struct filter_prefix key = {.family = packet->table & FILTER_IPV6};
	__u32 bytes = key.family ? 16 : 4, *class;

	if (address + bytes > end)
		return 0;
	key.prefix_bits = FILTER_FAMILY_BITS + bytes * 8;
	if (key.family)
		__builtin_memcpy(key.address, address, 16);
	else
		__builtin_memcpy(key.address, address, 4);
	class = bpf_map_lookup_elem(map, &key);
	return class ? *class : 0;
}

static __always_inline __u32 word_of(void *map, __u32 key)
{
	__u32 *word = bpf_map_lookup_elem(map, &key);

	return word ? *word : 0;
}

static __always_inline __u32 set_of(const struct packet *packet, void *end)
{
	__u32 set = 0;

	if (has_prefixes && packet->address)
		set = class_of(&prefixes, packet, packet->address, end);
	if (!has_to_prefixes && !has_vlans)
		return set;
	set *= to_classes;
	if (has_to_prefixes && packet->address)
		set += class_of(&to_prefixes, packet,
				packet->address + (packet->table & FILTER_IPV6 ? 16 : 4), end);
	set *= vlan_classes;
	if (has_vlans)
		set += word_of(&vlans, packet->vlan);
	return word_of(&combined, set);
}

/* For what has no ports. */
static __always_inline __u32 other_rule(const struct packet *packet, void *end)
{
	__u32 key = FILTER_NO_IP;

	if (packet->is_ip)
		key = (packet->table & FILTER_IPV6) << 8 | packet->protocol;
	return word_of(&others, (has_sets ? set_of(packet, end) : 0) * FILTER_OTHERS + key);
}

static __always_inline __u32 best_rule(const struct packet *packet, void *end)
{
	const __u32 set = has_sets ? set_of(packet, end) : 0;
	__u32 best = 0, other;

	if (has_destination_rules)
		best = rule_of(set, packet->table | FILTER_DESTINATION, packet->destination);
	if (has_source_rules) {
		other = rule_of(set, packet->table | FILTER_SOURCE, packet->source);
		if (other && (!best || other < best))
			best = other;
	}
	return best;
}

static __always_inline void add(struct verdict *counter, __u64 bytes)
{
	if (!counter)
		return;
	counter->packets++;
	if (count_bytes)
		counter->bytes += bytes;
}

static __always_inline void add_ethertype(__u16 type, __u64 bytes)
{
	struct verdict *counter = bpf_map_lookup_elem(&ethertypes, &type);
	const struct verdict first = {1, count_bytes ? bytes : 0};

	if (counter)
		add(counter, bytes);
	else
		bpf_map_update_elem(&ethertypes, &type, &first, BPF_NOEXIST);
}

/*
 * What nearly every frame is, at the least price: untagged IPv4 without options, whole, TCP or UDP.
 * False: read_frame() it.
 */
static __always_inline int read_plain_ipv4(struct packet *packet, struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct iphdr *ip = data + sizeof(struct ethhdr);
	__be16 *ports = (void *)(ip + 1);

	if ((void *)(ports + 2) > end ||
	    *(__be16 *)(data + offsetof(struct ethhdr, h_proto)) != bpf_htons(ETH_P_IP))
		return 0;
	if (*(__u8 *)ip != PLAIN_IPV4 ||
	    ip->frag_off & bpf_htons(MORE_FRAGMENTS | FRAGMENT_OFFSET) ||
	    bpf_ntohs(ip->tot_len) < sizeof(*ip) + 4)
		return 0;
	if (ip->protocol != IPPROTO_UDP && ip->protocol != IPPROTO_TCP)
		return 0;
	packet->kind = FILTER_WITH_PORTS;
	packet->table = ip->protocol == IPPROTO_UDP ? FILTER_UDP : FILTER_TCP;
	packet->ethertype = ETH_P_IP;
	packet->protocol = ip->protocol;
	packet->is_ip = 1;
	packet->source = bpf_ntohs(ports[0]);
	packet->destination = bpf_ntohs(ports[1]);
	packet->address = &ip->saddr;
	return 1;
}

static __always_inline int judge(const struct packet *packet, struct xdp_md *ctx)
{
	const __u64 bytes = frame_bytes(ctx);
	__u32 slot, drop, action, entry, key;

	if (packet->kind == FILTER_WITH_PORTS || packet->kind == FILTER_FIRST_FRAGMENT) {
		entry = best_rule(packet, (void *)(long)ctx->data_end);
		slot = entry ? (entry >> FILTER_SLOT_SHIFT) & (FILTER_SLOTS - 1) :
			       FILTER_BY_DEFAULT;
		drop = entry ? entry & 1 : drop_by_default;
		if (count_ports) {
			key = packet->destination | (drop ? FILTER_PORT_DROPPED : 0) |
			      (packet->table & FILTER_UDP ? FILTER_PORT_UDP : 0);
			add(bpf_map_lookup_elem(&ports, &key), bytes);
		}
	} else if (packet->kind >= FILTER_TRUNCATED) {
		slot = FILTER_BY_MALFORMED;
		drop = drop_malformed;
	} else {
		entry = has_others ? other_rule(packet, (void *)(long)ctx->data_end) : 0;
		if (entry) {
			slot = (entry >> FILTER_SLOT_SHIFT) & (FILTER_SLOTS - 1);
			drop = entry & 1;
		} else if (packet->kind == FILTER_LATER_FRAGMENT) {
			slot = FILTER_BY_FRAGMENTS;
			drop = drop_fragments;
		} else {
			slot = FILTER_BY_OTHER;
			drop = drop_other;
		}
	}
	if (count_protocols) {
		key = packet->kind; /* a member's address would keep the whole packet in memory */
		add(bpf_map_lookup_elem(&parsed, &key), bytes);
		add_ethertype(packet->ethertype, bytes);
		if (packet->is_ip) {
			key = packet->protocol;
			add(bpf_map_lookup_elem(&ip_protocols, &key), bytes);
		}
	}
	if (count_rules)
		add(bpf_map_lookup_elem(&rules, &slot), bytes);
	action = drop ? XDP_DROP : XDP_PASS;
	add(bpf_map_lookup_elem(&xdp_verdicts, &action), bytes);
	return action;
}

static __always_inline int filter(struct xdp_md *ctx)
{
	struct packet plain = {}, packet = {};

	if (read_plain_ipv4(&plain, ctx))
		return judge(&plain, ctx); /* apart, so that what is constant here costs nothing */
	read_frame(&packet, ctx);
	return judge(&packet, ctx);
}
