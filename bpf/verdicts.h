/* SPDX-License-Identifier: GPL-2.0 */
/* Layout of the map `xdp_verdicts`, known to the XDP programs and to the runner. */
#pragma once
#include <linux/types.h>

/* Entry k of the map counts the XDP action k % VERDICT_STRIDE. A stride of eight 16-byte
 * entries is 128 bytes: two cache lines, so that CPUs with a group each share neither a line
 * nor the line prefetched with it.
 */
enum { VERDICT_STRIDE = 8 };

struct verdict {
	__u64 packets;
	__u64 bytes;
};
