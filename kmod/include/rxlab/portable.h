/* SPDX-License-Identifier: GPL-2.0 */
/*
 * portable.h - the kernel's words for ordering, where there is no kernel: user space, C11 or C++.
 * ThreadSanitizer knows these.
 */
#ifndef RXLAB_PORTABLE_H
#define RXLAB_PORTABLE_H

#ifdef __KERNEL__
#include <asm/barrier.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include <linux/types.h>
#include <string.h>

typedef __u8 u8;
typedef __u32 u32;
typedef __u64 u64;

#define smp_store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define smp_load_acquire(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#ifndef __cplusplus
#include <stdbool.h>
#include <stddef.h>
#endif
#endif

/* Two cache lines: the adjacent-line prefetcher of x86 fetches them together. */
#define RXLAB_FAR_APART __attribute__((aligned(128)))

#endif
