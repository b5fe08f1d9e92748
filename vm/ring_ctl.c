// SPDX-License-Identifier: GPL-2.0
/* ring_ctl RECORDS MIN MAX SEED [QUIET_MS]: one stream through /dev/dma_ring; its counters, a line
 * each.
 */
#include "rxlab/ring_uapi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

/*
 * As a program of 32 bits would: by its system call, for which this one is linked into the lowest
 * 4 GiB (-static, not as a position-independent executable).
 */
static int compat_ioctl(int fd, unsigned long command, void *argument)
{
#ifdef __x86_64__
	long result;

	asm volatile("int $0x80"
		     : "=a"(result)
		     : "a"(54L), "b"((long)fd), "c"(command), "d"(argument)
		     : "memory", "r8", "r9", "r10", "r11");
	if (result >= 0)
		return 0;
	errno = (int)-result;
	return -1;
#else
	return ioctl(fd, command, argument);
#endif
}

int main(int argc, char **argv)
{
	static struct dma_ring_run run;
	int fd;

	if (argc < 5) {
		fprintf(stderr, "usage: ring_ctl RECORDS MIN MAX SEED [QUIET_MS]\n");
		return 2;
	}
	run.version = DMA_RING_VERSION;
	run.records = strtoull(argv[1], NULL, 0);
	run.payload_min = (__u32)strtoul(argv[2], NULL, 0);
	run.payload_max = (__u32)strtoul(argv[3], NULL, 0);
	run.seed = strtoull(argv[4], NULL, 0);
	run.quiet_ms = argc > 5 ? (__u32)strtoul(argv[5], NULL, 0) : 500;
	fd = open(DMA_RING_DEVICE, O_RDWR);
	if (fd < 0 || (getenv("RING_CTL_COMPAT") ? compat_ioctl(fd, DMA_RING_RUN, &run) :
						  ioctl(fd, DMA_RING_RUN, &run))) {
		fprintf(stderr, "ring_ctl: %s: %s\n", DMA_RING_DEVICE, strerror(errno));
		return 1;
	}
#define PRINT(name) printf(#name " %llu\n", (unsigned long long)run.counters.name);
	DMA_RING_COUNTERS(PRINT)
	return 0;
}
