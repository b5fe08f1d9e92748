/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kernel.h - what kernels name differently, under one name each; features.mk has asked which it is.
 */
#ifndef RXLAB_KERNEL_H
#define RXLAB_KERNEL_H

#include <linux/compiler.h>
#include <linux/hrtimer.h>

#ifndef RXLAB_HAS_HRTIMER_SETUP
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/* Where it is gone an interrupt moves at once, unless its chip says otherwise. */
#ifndef RXLAB_HAS_MOVE_PCNTXT
#define IRQ_MOVE_PCNTXT 0
#endif

/*
 * A counter whose writers have a lock, or are one context, as somebody without it reads it: whole,
 * and not quite now. Who decides by it looks again. Writers stay plain, so that KCSAN tells of two
 * at once.
 */
#define rxlab_counter(counter) data_race(READ_ONCE(counter))

/* The symbol namespace of ring_link.ko: a word, a string since 6.13. */
#ifdef RXLAB_NAMESPACE_IS_A_WORD
#define RXLAB_RING_NAMESPACE RXLAB_RING
#else
#define RXLAB_RING_NAMESPACE "RXLAB_RING"
#endif

#endif
