// SPDX-License-Identifier: GPL-2.0
/*
 * rate.c - how many bytes the line takes by now. All of this runs in the engine, which is one
 * thread.
 */
#include <linux/math64.h>

#include "vdma.h"

/* A line that had nothing to send does not save up for later. */
void vdma_wire_forget_rate(struct vdma_wire *wire)
{
	wire->rate_since = 0;
}

u64 vdma_wire_budget(struct vdma_wire *wire, u64 now)
{
	const u64 rate = wire->config.bytes_per_second;
	u64 elapsed, allowed, unsent, most;

	if (!rate)
		return U64_MAX;
	if (!wire->rate_since) {
		wire->rate_since = now;
		wire->rate_bytes = 0;
	}
	elapsed = min_t(u64, now - wire->rate_since, 2 * NSEC_PER_SEC);
	allowed = div_u64(elapsed * rate, NSEC_PER_SEC);
	unsent = allowed - min(allowed, wire->rate_bytes);
	/*
	 * A line that had to wait does not catch up: 10 ms are for the engine's thread being late.
	 */
	most = max_t(u64, VDMA_CHUNK, div_u64(rate, 100));
	if (elapsed >= NSEC_PER_SEC || unsent > most) {
		/*
		 * Counted anew, so that it never overflows; what is left to send of the time that
		 * passed goes along.
		 */
		unsent = min(unsent, most);
		wire->rate_since = now - div64_u64(unsent * NSEC_PER_SEC, rate);
		wire->rate_bytes = 0;
	}
	return unsent;
}

u64 vdma_wire_moment(struct vdma_wire *wire)
{
	return div_u64(wire->config.bytes_per_second, USEC_PER_SEC / 50);
}

u64 vdma_wire_patience(struct vdma_wire *wire, u64 now, size_t count)
{
	const u64 rate = wire->config.bytes_per_second;
	u64 when =
		wire->rate_since + div64_u64((wire->rate_bytes + count) * NSEC_PER_SEC, rate) + 1;

	return when > now ? when - now : 0;
}
