// SPDX-License-Identifier: GPL-2.0
// Preloaded into QEMU, so that its threads meet in one order and not in another. Who waits in
// ppoll(2), as the main loop does, waits for MOST_US at most and is LATE_US late. A thread that has
// told the main loop of something, as a CPU's does of a stop, is CPU_LATE_US late at its next lock.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static __thread int has_told;

static struct timespec span(long us)
{
	return (struct timespec){us / 1000000, us % 1000000 * 1000};
}

static int is_shorter(struct timespec a, struct timespec b)
{
	return a.tv_sec < b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec < b.tv_nsec);
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
	struct timespec most = span(MOST_US), late = span(LATE_US);
	int ready;

	if (timeout && is_shorter(*timeout, most))
		most = *timeout;
	ready = syscall(SYS_ppoll, fds, count, &most, mask, _NSIG / 8);
	nanosleep(&late, NULL);
	return ready;
}

ssize_t write(int fd, const void *bytes, size_t count)
{
	// What an eventfd takes.
	has_told = CPU_LATE_US && count == sizeof(uint64_t) && gettid() != getpid();
	return syscall(SYS_write, fd, bytes, count);
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	static int (*lock)(pthread_mutex_t *mutex);
	struct timespec late = span(CPU_LATE_US);

	if (!lock)
		lock = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, "pthread_mutex_lock");
	if (has_told)
		nanosleep(&late, NULL);
	has_told = 0;
	return lock(mutex);
}
