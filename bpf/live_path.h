/* SPDX-License-Identifier: GPL-2.0 */
/* What the runner and live_redirect tell each other. */
#pragma once
#include <linux/types.h>

enum { LIVE_PATHS = 16, LIVE_HEADER = 42 /* Ethernet, IPv4, UDP */ };

/* An entry of the map `live_paths`, written by the runner. */
struct live_path {
	__u32 ifindex;
	__u8 header[LIVE_HEADER];
	__u8 pad[2];
};

/* The program's one variable. The runner writes it before a sending and reads it after. */
struct live_progress {
	__u64 first_ns; /* bpf_ktime_get_ns() at frame 0 */
	__u64 last_ns;  /* and at frame `last` */
	__u32 frames;   /* so far; tells whose turn it is */
	__u32 last;
};
