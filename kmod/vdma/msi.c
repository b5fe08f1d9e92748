// SPDX-License-Identifier: GPL-2.0
/*
 * msi.c - the wires' interrupts as messages of a real PCI function: QEMU's edu (msi=1).
 *
 * A bit written to its register raises its MSI at once, which comes in by the interrupt controller
 * as a NIC's would; its handler finds the wires by their bits. Registers are those of QEMU's
 * docs/specs/edu.rst.
 */
#include <linux/irqdomain.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "vdma.h"

#define EDU_ID 0x00     /* 0xRRrr00ed, revision RR.rr */
#define EDU_STATUS 0x24
#define EDU_RAISE 0x60
#define EDU_ACK 0x64

/* One for the module, as its device is. */
static struct {
	void __iomem *registers;
	int irq;
	struct vdma_wire *wires[VDMA_MAX_WIRES];
} edu;
static int probe_result;

/*
 * No thread, where all others have one: it stands for the interrupt controller, whose handlers may.
 */
static irqreturn_t vdma_edu_interrupt(int irq, void *data)
{
	const unsigned long bits = ioread32(edu.registers + EDU_STATUS);
	int i;

	/* first: what is raised from here on raises another message */
	iowrite32(bits, edu.registers + EDU_ACK);
	for_each_set_bit(i, &bits, VDMA_MAX_WIRES) {
		struct vdma_wire *wire = READ_ONCE(edu.wires[i]);

		if (wire)
			vdma_irq_handle(wire);
	}
	return IRQ_HANDLED; /* without bits: the message before this one found them */
}

static int vdma_edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int err;

	if (edu.registers)
		return -EBUSY; /* one is enough */
	err = vdma_fail("edu") ? -EIO : pcim_enable_device(pdev);
	if (!err)
		err = pcim_iomap_regions(pdev, BIT(0), KBUILD_MODNAME);
	if (err)
		goto out;
	pci_set_master(pdev); /* a message is a write to memory */
	if ((ioread32(pcim_iomap_table(pdev)[0] + EDU_ID) & 0xffff) != 0x00ed) {
		pci_err(pdev,
			"no edu answers; QEMU does not keep one in a snapshot: remove it and "
			"rescan the bus\n");
		err = -ENODEV;
		goto out;
	}
	err = vdma_fail("message") ? -ENOSPC : pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSI);
	if (err < 0)
		goto out;
	edu.irq = pci_irq_vector(pdev, 0);
	WRITE_ONCE(edu.registers, pcim_iomap_table(pdev)[0]);
	err = vdma_fail("edu's interrupt") ?
		      -EBUSY :
		      request_irq(edu.irq, vdma_edu_interrupt, IRQF_NO_THREAD, "vdma-msi", pdev);
	if (err) {
		WRITE_ONCE(edu.registers, NULL);
		pci_free_irq_vectors(pdev);
	}
out:
	probe_result = err;
	return err;
}

/* Wires raise none from here on; those there are go on by inter-processor interrupts. */
static void vdma_edu_remove(struct pci_dev *pdev)
{
	int i;

	for (i = 0; i < VDMA_MAX_WIRES; i++)
		WRITE_ONCE(edu.wires[i], NULL);
	synchronize_rcu(); /* vdma_msi_raise() runs with interrupts off */
	free_irq(edu.irq, pdev);
	pci_free_irq_vectors(pdev);
	WRITE_ONCE(edu.registers, NULL);
}

static const struct pci_device_id edu_ids[] = { { PCI_DEVICE(0x1234, 0x11e8) }, {} };

static struct pci_driver edu_driver = {
	.name = KBUILD_MODNAME "-msi",
	.id_table = edu_ids,
	.probe = vdma_edu_probe,
	.remove = vdma_edu_remove,
	.driver = { .suppress_bind_attrs = true },
};

int vdma_msi_init(void)
{
	int err;

	probe_result = -ENODEV;
	err = pci_register_driver(&edu_driver);
	if (err)
		return err;
	if (probe_result) {
		pr_err("vdma: msi=1: no edu device took it (QEMU: -device edu)\n");
		pci_unregister_driver(&edu_driver);
	}
	return probe_result;
}

void vdma_msi_exit(void)
{
	pci_unregister_driver(&edu_driver);
}

bool vdma_msi_used(void)
{
	return READ_ONCE(edu.registers);
}

/* All wires share the message, and so its CPU. */
int vdma_msi_join(struct vdma_wire *wire)
{
	const int err =
		wire->irq_cpu < 0 ? 0 : irq_set_affinity(edu.irq, cpumask_of(wire->irq_cpu));

	if (!err)
		WRITE_ONCE(edu.wires[wire->index], wire);
	return err;
}

void vdma_msi_leave(struct vdma_wire *wire)
{
	WRITE_ONCE(edu.wires[wire->index], NULL);
	if (vdma_msi_used())
		synchronize_irq(edu.irq);
}

/* false: this wire's interrupts are not messages. */
bool vdma_msi_raise(struct vdma_wire *wire)
{
	if (READ_ONCE(edu.wires[wire->index]) != wire)
		return false;
	iowrite32(BIT(wire->index), edu.registers + EDU_RAISE);
	return true;
}
