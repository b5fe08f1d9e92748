// SPDX-License-Identifier: GPL-2.0
// Preloaded into QEMU: whoever waits in ppoll(2), as its main loop does, waits for MOST_US at most,
// and is LATE_US late.
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
	const struct timespec late = {0, LATE_US * 1000};
	struct timespec most = {MOST_US / 1000000, MOST_US % 1000000 * 1000};
	int ready;

	if (timeout && timeout->tv_sec <= most.tv_sec && timeout->tv_nsec < most.tv_nsec)
		most = *timeout;
	ready = syscall(SYS_ppoll, fds, count, &most, mask, _NSIG / 8);
	nanosleep(&late, NULL);
	return ready;
}
