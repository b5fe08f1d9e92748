// SPDX-License-Identifier: GPL-2.0
/* Drops every frame after exactly `planted_instructions` extra instructions: the ruler that the
 * lab is checked with.
 *
 * The number is taken apart into powers of two. The verifier knows the constant and deletes
 * each branch with the side not taken; a branch goes only where one of its sides is never
 * reached, so both sides end in a jump of their own, which is then a jump to the next
 * instruction and goes too. The move and the mask before a branch stay: whatever the number,
 * the same overhead. A group is register additions, which no JIT merges, blinds or spreads over
 * several instructions.
 */
#include "percpu_verdicts.h"

const volatile __u16 planted_instructions __attribute__((btf_decl_tag("range 0 1023"))) = 0;

#define PLANT(bit)                                    \
	"r2 = r1\n"                                   \
	"r2 &= " #bit "\n"                            \
	"if r2 == 0 goto +1 + " #bit "\n"             \
	".rept " #bit "\n"                            \
	"r3 += r3\n"                                  \
	".endr\n"                                     \
	"goto +1\n"                                   \
	"goto +0\n"

SEC("xdp")
int xdp_planted(struct xdp_md *ctx)
{
	__u64 planted = planted_instructions;

	asm volatile("r1 = %0\n"
		     "r3 = r1\n"
		     PLANT(1) PLANT(2) PLANT(4) PLANT(8) PLANT(16)
		     PLANT(32) PLANT(64) PLANT(128) PLANT(256) PLANT(512)
		     :
		     : "r"(planted)
		     : "r1", "r2", "r3");
	return count(ctx, XDP_DROP);
}
