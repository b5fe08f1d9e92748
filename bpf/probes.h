/* SPDX-License-Identifier: GPL-2.0 */
/* What the probes leave for the runner: one value per CPU and key. Times in nanoseconds of
 * bpf_ktime_get_ns().
 */
#pragma once
#include "../kmod/include/rxlab/histogram.h"

enum { SOFTIRQ_VECTORS = 10 };

struct softirq_times { /* map `softirqs`, key: vector */
	__u64 raised;  /* oldest raise not yet served, 0: none */
	__u64 entered; /* 0: not inside */
	struct histogram raise_to_entry;
	struct histogram entry_to_exit;
};

/* Interrupt numbers above the last one counted by itself share its place. */
enum { IRQ_NUMBERS = 256 };

/* Interrupts that have a vector of their own and no number; the timer's is one of them. */
enum {
	IRQ_LOCAL_TIMER,
	IRQ_RESCHEDULE,
	IRQ_CALL_FUNCTION,
	IRQ_CALL_FUNCTION_SINGLE,
	IRQ_WORK,
	IRQ_VECTORS
};

/* Interrupts within one another: irq_work's vector and in it a handler, and those that QEMU or
 * a hypervisor adds.
 */
enum { IRQ_NESTED = 8 };

struct irq_times { /* map `irqs`, one key */
	__u32 depth, unused;
	__u64 entered[IRQ_NESTED];   /* by depth: when it began */
	/* by depth: ns of those that ended there, in the one around them */
	__u64 inner[IRQ_NESTED + 1];
	struct histogram entry_to_exit; /* of each, less what those within it took */
	__u32 by_number[IRQ_NUMBERS];
	__u32 by_vector[IRQ_VECTORS];
};

struct napi_polls { /* map `napi`, one key */
	__u64 exhausted; /* polls that handled as many packets as they may */
	struct histogram packets;
};

struct idle_time { /* map `idle`, one key */
	__u64 since; /* entered idle then, 0: not idle */
	__u64 total; /* of finished idle periods */
};

/* Reasons and places of dropped packets that each CPU tells apart; how many it looks at for one. */
enum { DROP_PLACES = 256, DROP_PROBES = 8 };
#define HASH_FACTOR 0x9e3779b97f4a7c15ULL /* 2^64 by the golden ratio */

struct dropped { /* map `drops`, keys: 0 to DROP_PLACES, the last one for all that found no place */
	__u64 packets;
	__u64 location;
	__u32 reason, unused;
};

/* Kernel threads that receive packets, keys of the map `wakeups`, whose values are histograms. */
enum { WAKEUP_KSOFTIRQD, WAKEUP_NAPI, WAKEUP_IRQ, WAKEUP_KINDS };
/* Tasks that are known by their address: many times as many places as there are such threads. */
enum { WAKEUP_PLACES = 1024 };
