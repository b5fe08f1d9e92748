/* SPDX-License-Identifier: GPL-2.0 */
/* What `kernel_name` is asked, and answers. */
#pragma once
#include <linux/types.h>

struct kernel_name {
	__u64 address;
	/* "veth_poll [veth]", "bpf_prog_0123456789abcdef_drop [bpf]"; longer ones are cut */
	char name[120];
};
