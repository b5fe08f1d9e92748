// SPDX-License-Identifier: GPL-2.0
/* sysfs.c - /sys/class/net/DEVICE/rxnic/: what receives, and how. */
#include "rxnic.h"

static struct rxnic_port *rxnic_port_of(struct device *device)
{
	return rxnic_port(to_net_dev(device));
}

/* All handlers, the one that runs in brackets. */
static ssize_t handler_show(struct device *device, struct device_attribute *attribute, char *text)
{
	const struct rxnic_handler *runs = READ_ONCE(rxnic_port_of(device)->handler);
	unsigned int i;
	int at = 0;

	for (i = 0; i < rxnic_handler_count; i++)
		if (!rxnic_handlers[i]->missing)
			at += sysfs_emit_at(text, at, rxnic_handlers[i] == runs ? "[%s] " : "%s ",
					    rxnic_handlers[i]->name);
	text[at - 1] = '\n';
	return at;
}

static ssize_t handler_store(struct device *device, struct device_attribute *attribute,
			     const char *text, size_t count)
{
	const struct rxnic_handler *handler;
	char name[32];
	int err;

	strscpy(name, text, sizeof(name));
	handler = rxnic_handler_named(strim(name));
	if (!handler)
		return -EINVAL;
	if (!rtnl_trylock())
		return restart_syscall();
	err = rxnic_switch(rxnic_port_of(device), handler);
	rtnl_unlock();
	return err ?: count;
}
static DEVICE_ATTR_RW(handler);

static int rxnic_number(const char *name, const char *text, u32 least, u32 most, u32 *value)
{
	u32 asked;
	int err = kstrtou32(text, 0, &asked);

	if (!err && (asked < least || asked > most))
		err = -ERANGE;
	if (err)
		pr_err("rxnic: %s: not a number from %u to %u\n", name, least, most);
	else
		WRITE_ONCE(*value, asked);
	return err;
}

static ssize_t work_show(struct device *device, struct device_attribute *attribute, char *text)
{
	return sysfs_emit(text, "%u\n", READ_ONCE(rxnic_port_of(device)->work));
}

static ssize_t work_store(struct device *device, struct device_attribute *attribute,
			  const char *text, size_t count)
{
	return rxnic_number("work", text, 0, RXNIC_MAX_WORK, &rxnic_port_of(device)->work) ?: count;
}
static DEVICE_ATTR_RW(work);

static ssize_t budget_show(struct device *device, struct device_attribute *attribute, char *text)
{
	return sysfs_emit(text, "%u\n", READ_ONCE(rxnic_port_of(device)->budget));
}

static ssize_t budget_store(struct device *device, struct device_attribute *attribute,
			    const char *text, size_t count)
{
	return rxnic_number("budget", text, 1, 4096, &rxnic_port_of(device)->budget) ?: count;
}
static DEVICE_ATTR_RW(budget);

static struct attribute *attributes[] = {
	&dev_attr_handler.attr,
	&dev_attr_work.attr,
	&dev_attr_budget.attr,
	&rxnic_source.attr,
	&rxnic_latency.attr,
	NULL,
};

/* Of the kernel's own type: newer ones have it constant. */
static typeof(*((struct attribute_group *)NULL)->bin_attrs) files[] = {
	&rxnic_source_frames, NULL
};

const struct attribute_group rxnic_sysfs_group = {
	.name = "rxnic",
	.attrs = attributes,
	.bin_attrs = files,
};
