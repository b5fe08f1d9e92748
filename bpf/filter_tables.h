/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the port filter's programs and the runner agree on.
 *
 * A rule applies to a port in one direction of one protocol and family: eight tables of 65,536
 * ports. What a port's most specific rule is was decided when the rules were compiled; the program
 * looks it up, for each direction, and takes the better rank of the two. A rule without ports
 * applies to every destination port, and to what has none: one entry of `others` per IP protocol
 * and family, one for what is not IP. Rules for some addresses or VLANs only make sets: each has
 * tables of its own, with all that applies to its packets. Set 0 is everybody else's.
 */
#pragma once
#include <linux/types.h>

enum {
	FILTER_PORTS = 65536,
	FILTER_TABLES = 8, /* direction << 2 | protocol << 1 | family */
	FILTER_SOURCE = 0, FILTER_DESTINATION = 1 << 2,
	FILTER_TCP = 0, FILTER_UDP = 1 << 1,
	FILTER_IPV4 = 0, FILTER_IPV6 = 1,
};

/* An entry: rank << 17 | slot << 1 | drop; 0: no rule. The better of two is the smaller. */
enum {
	FILTER_SLOT_SHIFT = 1,
	FILTER_RANK_SHIFT = 17,
	FILTER_SLOTS = 1 << 16,
	FILTER_MOST_RULES = (1 << 15) - 1
};

/* Slots of `rules` that no rule has: who decided where no rule did. */
enum filter_slot {
	FILTER_BY_DEFAULT,        /* TCP and UDP that no rule applies to */
	FILTER_BY_FRAGMENTS,      /* later fragments: they have no ports */
	FILTER_BY_MALFORMED,      /* truncated, malformed, too many tags or headers */
	FILTER_BY_OTHER,          /* neither TCP nor UDP */
	FILTER_FIRST_SLOT = 8,
};

/* What a frame turned out to be: keys of `parsed`. */
enum filter_kind {
	FILTER_NOT_IP,
	FILTER_OTHER_PROTOCOL,    /* IP, and neither TCP nor UDP */
	FILTER_WITH_PORTS,
	FILTER_FIRST_FRAGMENT,    /* its ports were read, so its rule decided */
	FILTER_LATER_FRAGMENT,
	FILTER_TRUNCATED,         /* ends before what its headers say */
	FILTER_MALFORMED,         /* its headers contradict themselves */
	FILTER_TOO_DEEP,          /* more tags or extension headers than are followed */
	FILTER_KINDS,
};

enum { FILTER_MOST_TAGS = 4, FILTER_MOST_EXTENSIONS = 8, FILTER_MOST_AH = 2 /* of IPv4 */ };

/* Key of `ports`: protocol << 17 | dropped << 16 | destination port. */
enum { FILTER_PORT_DROPPED = 1 << 16, FILTER_PORT_UDP = 1 << 17, FILTER_PORT_KEYS = 1 << 18 };

/* Keys of `others`: set * FILTER_OTHERS + (family << 8 | IP protocol), or + FILTER_NO_IP. */
enum { FILTER_NO_IP = 512, FILTER_OTHERS = 513 };

/* Key of `vlans`: 0 for untagged, else id + 1. */
enum { FILTER_VLANS = 4097 };

/* Key of `prefixes` and `to_prefixes`: prefix_bits counts from `family` on. */
struct filter_prefix {
	__u32 prefix_bits;
	__u8 family;              /* FILTER_IPV4 or FILTER_IPV6 */
	__u8 address[16];         /* IPv4 in the first four */
	__u8 zero[3];
};
enum { FILTER_FAMILY_BITS = 8 };

/* Key of `by_port` (hash engine). */
struct filter_port {
	__u16 set;
	__u16 table;
	__u32 port;
};

/* Key of `by_range` (LPM engine): prefix_bits counts from `set` on, the port is big-endian. */
struct filter_range {
	__u32 prefix_bits;
	__u8 set[2];              /* big-endian */
	__u8 table;
	__u8 zero;
	__u8 port[2];
	__u8 end[2];
};
enum { FILTER_RANGE_BITS = 32 };  /* before the port */

/* Values of `rule_text`, by slot: what people and `rxlab xdp rules` read. */
struct filter_text {
	__u32 rank;
	char rule[252];
};

/*
 * Entry 0 of `settings`: what tells a filter of `rxlab xdp` from other programs, wherever it is
 * found.
 */
enum { FILTER_MAGIC = 0x666c7872 /* "rxlf" */, FILTER_VERSION = 3 };
struct filter_settings {
	__u32 magic, version;
	__u8 drop_by_default, drop_fragments, drop_malformed, drop_other;
	__u32 next_slot;
	char engine[8];
	/* the folder of its maps' pins, below rxlab/ of a bpffs; empty: it has none */
	char pins[48];
	__u64 namespace_id;       /* the device it was loaded on: the inode of its namespace, */
	char name[16];            /* and its name, IFNAMSIZ */
};
