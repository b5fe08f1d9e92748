// SPDX-License-Identifier: GPL-2.0
/* config.c - the parameters that every user of a ring has, checked. */
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/sizes.h>

#include "link.h"
#include "variants/table.h"

int dma_ring_choice(const char *user, const char *parameter, const char *value,
		    const char *const *words, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (!strcmp(value, words[i]))
			return i;
	pr_err("%s: %s=%s is none of:", user, parameter, value);
	for (i = 0; i < count; i++)
		pr_cont(" %s", words[i]);
	pr_cont("\n");
	return -EINVAL;
}
EXPORT_SYMBOL_NS_GPL(dma_ring_choice, RXLAB_RING_NAMESPACE);

const struct rxlab_ring_variant *dma_ring_variant(const char *user, const char *name)
{
	const char *names[8];
	unsigned int i;

	for (i = 0; i < rxlab_ring_variant_count; i++)
		names[i] = rxlab_ring_variants[i]->name;
	i = dma_ring_choice(user, "variant", name, names, rxlab_ring_variant_count);
	return (int)i < 0 ? NULL : rxlab_ring_variants[i];
}
EXPORT_SYMBOL_NS_GPL(dma_ring_variant, RXLAB_RING_NAMESPACE);

static int dma_ring_refuse(const struct dma_ring_config *config, const char *what, u64 value,
			   const char *why)
{
	pr_err("%s: %s=%llu %s\n", config->user, what, value, why);
	return -EINVAL;
}

static int dma_ring_check_sizes(const struct dma_ring_config *config)
{
	const u32 ring_bytes = config->ring_bytes, period_bytes = config->period_bytes;

	if (!is_power_of_2(ring_bytes) || ring_bytes < SZ_4K || ring_bytes > SZ_2M)
		return dma_ring_refuse(config, "ring_bytes", ring_bytes,
				       "is not a power of two from 4096 to 2097152");
	if (!period_bytes || ring_bytes % period_bytes)
		return dma_ring_refuse(config, "period_bytes", period_bytes,
				       "does not divide ring_bytes");
	if (period_bytes > ring_bytes / 4)
		return dma_ring_refuse(config, "period_bytes", period_bytes,
				       "is more than a quarter of ring_bytes: too little could be "
				       "in flight");
	if (!is_power_of_2(config->bus_width) || config->bus_width > 8)
		return dma_ring_refuse(config, "bus_width", config->bus_width,
				       "is not 1, 2, 4 or 8");
	if (config->maxburst < 1 || config->maxburst > 128)
		return dma_ring_refuse(config, "maxburst", config->maxburst, "is not 1 to 128");
	if (period_bytes % (config->bus_width * config->maxburst))
		return dma_ring_refuse(config, "maxburst", config->maxburst,
				       "times bus_width does not divide period_bytes");
	if (config->batch < 1 || config->batch > 4096)
		return dma_ring_refuse(config, "batch", config->batch, "is not 1 to 4096");
	return 0;
}

static int dma_ring_check_notification(const struct dma_ring_config *config)
{
	const struct vdma_wire_config *wire = &config->wire;

	if (config->notify == DMA_RING_WATERMARK &&
	    (!wire->watermark_bytes ||
	     wire->watermark_bytes > config->ring_bytes - config->period_bytes))
		return dma_ring_refuse(config, "watermark_bytes", wire->watermark_bytes,
				       "never comes: a ring holds ring_bytes less a period");
	if (config->notify == DMA_RING_TIMER && !wire->usecs)
		return dma_ring_refuse(config, "usecs", wire->usecs,
				       "makes notify=timer never tell anything");
	return 0;
}

int dma_ring_check(const struct dma_ring_config *config)
{
	return dma_ring_check_sizes(config) ?: dma_ring_check_notification(config);
}
EXPORT_SYMBOL_NS_GPL(dma_ring_check, RXLAB_RING_NAMESPACE);
