// SPDX-License-Identifier: GPL-2.0
/*
 * rxpad: a module that does nothing but take up room.
 *
 * An arm of a null test loads it to move what the kernel allocates next;
 * nothing on the receive path calls it, so no metric may change.
 */
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>

#define RXPAD_MAX_BYTES SZ_16M

static unsigned int bytes = PAGE_SIZE;
module_param(bytes, uint, 0444);
MODULE_PARM_DESC(bytes, "memory to take up, in bytes (1 to 16777216; default 4096)");

static void *rxpad_memory;

static int __init rxpad_init(void)
{
	if (!bytes || bytes > RXPAD_MAX_BYTES) {
		pr_err("rxpad: bytes=%u is outside 1 to %u\n", bytes, RXPAD_MAX_BYTES);
		return -EINVAL;
	}
	rxpad_memory = vzalloc(bytes);
	return rxpad_memory ? 0 : -ENOMEM;
}

static void __exit rxpad_exit(void)
{
	vfree(rxpad_memory);
}

module_init(rxpad_init);
module_exit(rxpad_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("rxlab: takes up memory and does nothing");
