// SPDX-License-Identifier: GPL-2.0
/*
 * vdma - a dmaengine provider in software, for machines without an engine that can do cyclic
 * transfers.
 *
 * To its clients it is hardware: descriptors, cookies, residue, interrupts. What hardware does by
 * itself a thread does here, and its CPU time is accounted apart.
 */
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "vdma.h"

#define NAME "vdma"

static unsigned int channels = 2;
module_param(channels, uint, 0444);
MODULE_PARM_DESC(channels, "DMA channels, 1 to 16; two make a ring (default 2)");

static int engine_cpu = -1;
module_param(engine_cpu, int, 0444);
MODULE_PARM_DESC(engine_cpu, "CPU the engine's thread is bound to (default -1: any)");

static bool engine_rt;
module_param(engine_rt, bool, 0444);
MODULE_PARM_DESC(engine_rt,
		 "the engine's thread goes before ordinary tasks, as hardware that waits for no "
		 "CPU (default 0)");

static bool engine_irq;
module_param(engine_irq, bool, 0444);
MODULE_PARM_DESC(engine_irq,
		 "the engine is no thread but a timer's interrupt: it goes before everything on a "
		 "CPU that it shares (default 0)");

static char *pci = "";
module_param(pci, charp, 0444);
MODULE_PARM_DESC(pci,
		 "do DMA as this PCI function, like 0000:00:10.0; it must have no driver (default: "
		 "a platform device)");

static bool msi;
module_param(msi, bool, 0444);
MODULE_PARM_DESC(msi,
		 "raise the wires' interrupts as messages of QEMU's edu device (default 0: "
		 "inter-processor interrupts)");

static unsigned int fail_at;
module_param(fail_at, uint, 0444);
MODULE_PARM_DESC(fail_at, "for tests: the step of probe that fails, from 1 (default 0: none)");

static unsigned int step;
static int probe_result; /* the driver core keeps a probe's error to itself */

bool vdma_fail(const char *what)
{
	if (++step != fail_at)
		return false;
	pr_info(NAME ": step %u (%s) fails as asked\n", step, what);
	return true;
}

static void vdma_release(struct dma_device *dma)
{
	kfree(container_of(dma, struct vdma_dev, dma));
}

static int vdma_start_engine(struct vdma_dev *vdma)
{
	struct task_struct *engine;

	hrtimer_setup(&vdma->tick, vdma_engine_tick, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	if (engine_irq)
		return 0;
	engine = vdma_fail("engine thread") ?
			 ERR_PTR(-ENOMEM) :
			 kthread_create(vdma_engine_main, vdma, NAME);

	if (IS_ERR(engine))
		return PTR_ERR(engine);
	if (engine_cpu >= 0)
		kthread_bind(engine, engine_cpu);
	if (engine_rt)
		sched_set_fifo_low(engine);
	vdma->engine = engine;
	return 0;
}

static void vdma_stop_engine(struct vdma_dev *vdma)
{
	if (vdma->engine)
		kthread_stop(vdma->engine);
	else
		hrtimer_cancel(&vdma->tick);
}

static int vdma_probe(struct device *dev)
{
	struct vdma_dev *vdma;
	int err;

	vdma = vdma_fail("device") ?
		       NULL :
		       kzalloc(struct_size(vdma, channels, channels), GFP_KERNEL);
	if (!vdma)
		return -ENOMEM;
	vdma->dev = vdma->dma.dev = dev;
	vdma->channel_count = channels;
	mutex_init(&vdma->wires_lock);
	err = vdma_fail("DMA mask") ? -EIO : dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (err)
		goto free_vdma;
	dma_set_max_seg_size(dev, VDMA_MAX_LENGTH);
	/* In passthrough the domain translates nothing. */
	vdma->domain = iommu_get_domain_for_dev(dev);
	if (vdma->domain && vdma->domain->type == IOMMU_DOMAIN_IDENTITY)
		vdma->domain = NULL;
	err = vdma_irqs_init(vdma);
	if (err)
		goto free_vdma;
	vdma_channels_init(vdma);
	err = vdma_start_engine(vdma);
	if (err)
		goto free_irqs;
	vdma->dma.device_release = vdma_release;
	err = vdma_fail("dmaengine registration") ? -ENOMEM : dma_async_device_register(&vdma->dma);
	if (err)
		goto stop_engine;
	vdma_faults_init(vdma);
	dev_set_drvdata(dev, vdma);
	if (vdma->engine)
		wake_up_process(vdma->engine);
	dev_info(dev, "%u channels from %s, cyclic and memcpy, %s\n", channels,
		 dma_chan_name(&vdma->channels[0].chan),
		 vdma->domain ? "behind an IOMMU" : "direct");
	return 0;

stop_engine:
	vdma_stop_engine(vdma);
free_irqs:
	vdma_irqs_exit(vdma);
free_vdma:
	kfree(vdma);
	return err;
}

/* Nobody holds a channel: that would hold the module. */
static void vdma_remove(struct device *dev)
{
	struct vdma_dev *vdma = dev_get_drvdata(dev);

	vdma_faults_exit(vdma);
	vdma_stop_engine(vdma);
	vdma_channels_exit(vdma);
	vdma_irqs_exit(vdma);
	dma_async_device_unregister(&vdma->dma); /* ends in vdma_release() */
}

/* ---- as a platform device ---- */

static int vdma_platform_probe(struct platform_device *pdev)
{
	pdev->dev.dma_mask = &pdev->dev.coherent_dma_mask;
	probe_result = vdma_probe(&pdev->dev);
	return probe_result;
}

static struct platform_driver vdma_platform_driver = {
	.probe = vdma_platform_probe,
	.driver = {
		.name = NAME,
		.suppress_bind_attrs = true,
		.probe_type = PROBE_FORCE_SYNCHRONOUS, /* registration is asked for its result */
	},
};

static struct platform_device *platform_device;

/*
 * .remove changed its type over the versions we build for; the device goes with the module, so it
 * is undone here.
 */
static int vdma_platform_init(void)
{
	int err = platform_driver_register(&vdma_platform_driver);

	if (err)
		return err;
	/* The driver core may fail before it probes, and keeps that to itself too. */
	probe_result = -ENODEV;
	platform_device = platform_device_register_simple(NAME, PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(platform_device)) {
		err = PTR_ERR(platform_device);
	} else if (probe_result) {
		platform_device_unregister(platform_device);
		err = probe_result;
	}
	if (err)
		platform_driver_unregister(&vdma_platform_driver);
	return err;
}

static void vdma_platform_exit(void)
{
	vdma_remove(&platform_device->dev);
	platform_device_unregister(platform_device);
	platform_driver_unregister(&vdma_platform_driver);
}

/* ---- as a PCI function, whose DMA an IOMMU translates ---- */

static int vdma_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int err;

	if (strcmp(pci_name(pdev), pci))
		return -ENODEV; /* of the same kind, not the one asked for */
	err = vdma_fail("PCI device") ? -EIO : pci_enable_device(pdev);
	if (!err) {
		pci_set_master(pdev);
		err = vdma_probe(&pdev->dev);
		if (err)
			pci_disable_device(pdev);
	}
	probe_result = err;
	return err;
}

static void vdma_pci_remove(struct pci_dev *pdev)
{
	vdma_remove(&pdev->dev);
	pci_disable_device(pdev);
}

static struct pci_driver vdma_pci_driver = {
	.name = NAME,
	.probe = vdma_pci_probe,
	.remove = vdma_pci_remove,
	.driver = { .suppress_bind_attrs = true, .probe_type = PROBE_FORCE_SYNCHRONOUS },
};

static struct pci_dev *vdma_find_function(void)
{
	unsigned int domain, bus, slot, function;

	if (sscanf(pci, "%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4) {
		pr_err(NAME ": pci=%s is no address like 0000:00:10.0\n", pci);
		return ERR_PTR(-EINVAL);
	}
	return pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, function)) ?:
	       ERR_PTR(-ENODEV);
}

static int vdma_pci_init(void)
{
	struct pci_dev *pdev = vdma_find_function();
	int err;

	if (IS_ERR(pdev)) {
		if (PTR_ERR(pdev) == -ENODEV)
			pr_err(NAME ": pci=%s: no such function\n", pci);
		return PTR_ERR(pdev);
	}
	err = -EBUSY;
	if (pdev->dev.driver) {
		pr_err(NAME ": pci=%s belongs to driver %s\n", pci, pdev->dev.driver->name);
		goto put;
	}
	err = pci_register_driver(&vdma_pci_driver);
	if (err)
		goto put;
	probe_result = -ENODEV;
	err = pci_add_dynid(&vdma_pci_driver, pdev->vendor, pdev->device, PCI_ANY_ID, PCI_ANY_ID, 0,
			    0, 0);
	if (!err)
		err = probe_result;
	if (err)
		pci_unregister_driver(&vdma_pci_driver);
put:
	pci_dev_put(pdev);
	return err;
}

static int vdma_check_parameters(void)
{
	if (channels < 1 || channels > VDMA_MAX_CHANNELS) {
		pr_err(NAME ": channels=%u is not 1 to %d\n", channels, VDMA_MAX_CHANNELS);
		return -EINVAL;
	}
	if (engine_cpu < -1 || engine_cpu >= (int)nr_cpu_ids ||
	    (engine_cpu >= 0 && !cpu_online(engine_cpu))) {
		pr_err(NAME ": engine_cpu=%d is not online\n", engine_cpu);
		return -EINVAL;
	}
	if (engine_irq && (engine_cpu >= 0 || engine_rt)) {
		pr_err(NAME ": engine_irq=1 has no thread that engine_cpu or engine_rt could be "
		       "about\n");
		return -EINVAL;
	}
	return 0;
}

static int __init vdma_init(void)
{
	int err = vdma_check_parameters();

	if (!err && msi)
		err = vdma_msi_init();
	if (err)
		return err;
	err = *pci ? vdma_pci_init() : vdma_platform_init();
	if (err && msi)
		vdma_msi_exit();
	return err;
}

static void __exit vdma_exit(void)
{
	if (*pci)
		pci_unregister_driver(&vdma_pci_driver);
	else
		vdma_platform_exit();
	if (msi)
		vdma_msi_exit();
}

module_init(vdma_init);
module_exit(vdma_exit);

MODULE_DESCRIPTION("dmaengine provider in software, with a wire that paces it and faults on "
		   "purpose");
MODULE_LICENSE("GPL");
