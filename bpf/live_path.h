/* SPDX-License-Identifier: GPL-2.0 */
/* An entry of live_redirect's map `live_paths`, written by the runner. */
#pragma once
#include <linux/types.h>

enum { LIVE_PATHS = 16, LIVE_HEADER = 42 /* Ethernet, IPv4, UDP */ };

struct live_path {
	__u32 ifindex;
	__u8 header[LIVE_HEADER];
	__u8 pad[2];
};
