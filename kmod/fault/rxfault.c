// SPDX-License-Identifier: GPL-2.0
/*
 * rxfault: does one fault on purpose, then refuses to be loaded.
 *
 * vm/test-debug loads it to see that each checker of a debug kernel is awake and that what it says
 * is found in the log. Not for a kernel that anybody needs: some faults end it.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/timer.h>

#define NAME "rxfault"

static char *fault = "";
module_param(fault, charp, 0444);
MODULE_PARM_DESC(fault, "which one: see rxfault_faults[]");

/* What the compiler may not foresee. */
static noinline size_t rxfault_opaque(size_t value)
{
	OPTIMIZER_HIDE_VAR(value);
	return value;
}

/* ---- memory ---- */

static void rxfault_use_after_free(void)
{
	u8 *memory = kzalloc(64, GFP_KERNEL);

	kfree(memory);
	if (memory)
		(void)READ_ONCE(memory[rxfault_opaque(8)]);
}

static void rxfault_out_of_bounds(void)
{
	u8 *memory = kzalloc(64, GFP_KERNEL);

	if (memory)
		(void)READ_ONCE(memory[rxfault_opaque(64)]);
	kfree(memory);
}

/* Several, for a pointer to the last may be left in a register or on a stack. */
static void rxfault_leak(void)
{
	int i;

	for (i = 0; i < 16; i++) {
		u8 *memory = kzalloc(128, GFP_KERNEL);

		OPTIMIZER_HIDE_VAR(memory);
	}
}

static void rxfault_index(void)
{
	static int array[8];
	int value = array[rxfault_opaque(8)]; /* READ_ONCE() takes its address, which is legal */

	OPTIMIZER_HIDE_VAR(value);
}

/* ---- contexts and locks ---- */

static void rxfault_sleep(void)
{
	preempt_disable();
	might_sleep();
	preempt_enable();
}

static void rxfault_lock_order(void)
{
	static DEFINE_MUTEX(first);
	static DEFINE_MUTEX(second);

	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static unsigned int rxfault_counter;

static int rxfault_count(void *unused)
{
	while (!kthread_should_stop()) {
		rxfault_counter++;
		barrier();
		cond_resched();
	}
	return 0;
}

static void rxfault_race(void)
{
	struct task_struct *other = kthread_run(rxfault_count, NULL, NAME);
	const unsigned long end = jiffies + 3 * HZ;

	if (IS_ERR(other))
		return;
	while (time_before(jiffies, end)) {
		rxfault_counter++;
		barrier();
		cond_resched();
	}
	kthread_stop(other);
}

/* ---- what has a life of its own ---- */

static void rxfault_expired(struct timer_list *timer)
{
}

static void rxfault_active_timer(void)
{
	struct timer_list *timer = kzalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, rxfault_expired, 0);
	mod_timer(timer, jiffies + 1000 * HZ);
	kfree(timer);
}

static void rxfault_dma(void)
{
	struct platform_device *device = platform_device_register_simple(NAME, PLATFORM_DEVID_NONE,
									 NULL, 0);

	if (IS_ERR(device))
		return;
	device->dev.dma_mask = &device->dev.coherent_dma_mask;
	if (!dma_set_mask_and_coherent(&device->dev, DMA_BIT_MASK(64)))
		dma_unmap_single(&device->dev, 0x1000, 64, DMA_TO_DEVICE); /* never mapped */
	platform_device_unregister(device);
}

static const struct {
	const char *name;
	void (*act)(void);
} rxfault_faults[] = {
	{ "use_after_free", rxfault_use_after_free },
	{ "out_of_bounds", rxfault_out_of_bounds },
	{ "leak", rxfault_leak },
	{ "index", rxfault_index },
	{ "sleep", rxfault_sleep },
	{ "lock_order", rxfault_lock_order },
	{ "race", rxfault_race },
	{ "active_timer", rxfault_active_timer },
	{ "dma", rxfault_dma },
};

static int __init rxfault_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rxfault_faults); i++) {
		if (strcmp(fault, rxfault_faults[i].name))
			continue;
		pr_info(NAME ": %s on purpose\n", fault);
		rxfault_faults[i].act();
		return -ECANCELED;
	}
	pr_err(NAME ": fault=%s is none of", fault);
	for (i = 0; i < ARRAY_SIZE(rxfault_faults); i++)
		pr_cont(" %s", rxfault_faults[i].name);
	pr_cont("\n");
	return -EINVAL;
}

module_init(rxfault_init);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("rxlab: does one fault on purpose, to see that it is told");
