// SPDX-License-Identifier: GPL-2.0
/* With BPF_PROG_TEST_RUN's live frames this is a generator: frames go out of each path's
 * interface in turn. Each sending thread has a copy of the program, so its progress is shared
 * with nobody. It notes the time itself: around the system call the kernel waits for grace
 * periods, and what it says of the time in between is cut to whole ns per frame and leaves out
 * what ksoftirqd did.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "live_path.h"

const volatile __u32 paths = 1;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LIVE_PATHS);
	__type(key, __u32);
	__type(value, struct live_path);
} live_paths SEC(".maps");

struct live_progress progress;

SEC("xdp")
int live_redirect(struct xdp_md *ctx)
{
	__u8 *data = (void *)(long)ctx->data;
	__u32 frame = progress.frames++;
	__u32 key = paths > 1 ? frame % paths : 0;
	struct live_path *path = bpf_map_lookup_elem(&live_paths, &key);

	if (frame == 0)
		progress.first_ns = bpf_ktime_get_ns();
	if (frame == progress.last)
		progress.last_ns = bpf_ktime_get_ns();
	if (!path || data + LIVE_HEADER > (__u8 *)(long)ctx->data_end)
		return XDP_ABORTED;
	/* The page of a frame sent before still has the header of the path it went. */
	if (paths > 1)
		__builtin_memcpy(data, path->header, LIVE_HEADER);
	return bpf_redirect(path->ifindex, 0);
}

char LICENSE[] SEC("license") = "GPL";
