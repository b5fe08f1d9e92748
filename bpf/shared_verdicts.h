/* SPDX-License-Identifier: GPL-2.0 */
/* Counters that all CPUs share. */
#pragma once
#include "common.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, XDP_REDIRECT + 1);
	__type(key, __u32);
	__type(value, struct verdict);
} xdp_verdicts SEC(".maps");
