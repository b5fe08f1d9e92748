// SPDX-License-Identifier: GPL-2.0
/*
 * irq.c - the wires' interrupts: numbers of an irq_domain of vdma's own, raised in hard-IRQ
 * context.
 *
 * The line is raised by an inter-processor interrupt, since nothing else that a module may use ends
 * in hard-IRQ context on a CPU of one's choice: irq_work where that CPU is this one,
 * smp_call_function_single_async() where it is another. From there on it is an interrupt like any
 * other: request_irq(), threads, /proc/irq/N and its affinity. With msi=1 a PCI function's message
 * raises it instead (msi.c), and has the affinity.
 */
#include <linux/irq.h>
#include <linux/irqdomain.h>

#include "vdma.h"

static void vdma_irq_nop(struct irq_data *data)
{
}

static int vdma_irq_set_affinity(struct irq_data *data, const struct cpumask *mask, bool force)
{
	struct vdma_wire *wire = irq_data_get_irq_chip_data(data);
	unsigned int cpu = cpumask_any_and(mask, cpu_online_mask);

	if (cpu >= nr_cpu_ids || vdma_msi_used())
		return -EINVAL; /* a message's affinity is its own: vdma-msi in /proc/interrupts */
	WRITE_ONCE(wire->irq_cpu, cpu);
	irq_data_update_effective_affinity(data, cpumask_of(cpu));
	return IRQ_SET_MASK_OK;
}

/* An edge that came while the line was disabled is raised again when it is enabled. */
static int vdma_irq_retrigger(struct irq_data *data)
{
	struct vdma_wire *wire = irq_data_get_irq_chip_data(data);

	irq_work_queue(&wire->local);
	return 1;
}

static struct irq_chip vdma_irq_chip = {
	.name = "vdma",
	.irq_ack = vdma_irq_nop,
	.irq_mask = vdma_irq_nop,
	.irq_unmask = vdma_irq_nop,
	.irq_set_affinity = vdma_irq_set_affinity,
	.irq_retrigger = vdma_irq_retrigger,
};

static const struct irq_domain_ops vdma_irq_domain_ops = {};

int vdma_irqs_init(struct vdma_dev *vdma)
{
	vdma->fwnode = vdma_fail("irq fwnode") ? NULL : irq_domain_alloc_named_fwnode("vdma");
	if (!vdma->fwnode)
		return -ENOMEM;
	vdma->irqs = vdma_fail("irq domain") ?
			     NULL :
			     irq_domain_create_linear(vdma->fwnode, VDMA_MAX_WIRES,
						      &vdma_irq_domain_ops, vdma);
	if (!vdma->irqs) {
		irq_domain_free_fwnode(vdma->fwnode);
		return -ENOMEM;
	}
	return 0;
}

void vdma_irqs_exit(struct vdma_dev *vdma)
{
	irq_domain_remove(vdma->irqs);
	irq_domain_free_fwnode(vdma->fwnode);
}

/* In hard-IRQ context, on the CPU the line is bound to. */
void vdma_irq_handle(struct vdma_wire *wire)
{
	bool again;

	do {
		/*
		 * Counted where it is taken: what was raised while one was on its way has merged
		 * into it, as on an edge.
		 */
		raw_spin_lock(&wire->lock);
		wire->stats.interrupts++;
		again = wire->again;
		wire->again = false;
		raw_spin_unlock(&wire->lock);
		generic_handle_irq(wire->irq);
	} while (again);
}

static void vdma_irq_local(struct irq_work *work)
{
	vdma_irq_handle(container_of(work, struct vdma_wire, local));
}

/*
 * A CPU on its way out of idle runs calls without having been interrupted; it then interrupts
 * itself.
 */
static void vdma_irq_remote(void *data)
{
	struct vdma_wire *wire = data;

	if (in_hardirq())
		vdma_irq_handle(wire);
	else
		irq_work_queue(&wire->local);
}

void vdma_irq_raise(struct vdma_wire *wire)
{
	int cpu = READ_ONCE(wire->irq_cpu);

	lockdep_assert_held(&wire->lock);
	if (vdma_msi_raise(wire))
		return;
	if (cpu >= 0 && cpu != smp_processor_id() && cpu_online(cpu)) {
		/* -EBUSY: it is on its way there already, and will find this cause too. */
		smp_call_function_single_async(cpu, &wire->remote);
		return;
	}
	irq_work_queue(&wire->local);
}

int vdma_irq_get(struct vdma_wire *wire)
{
	struct irq_domain *irqs = wire->vdma->irqs;
	unsigned int irq = irq_create_mapping(irqs, wire->index);
	int err;

	if (!irq)
		return -ENOSPC;
	wire->irq = irq;
	wire->irq_cpu = wire->config.irq_cpu;
	/* in hard-IRQ context on PREEMPT_RT too */
	wire->local = IRQ_WORK_INIT_HARD(vdma_irq_local);
	INIT_CSD(&wire->remote, vdma_irq_remote, wire);
	irq_set_chip_data(irq, wire);
	irq_set_chip_and_handler_name(irq, &vdma_irq_chip, handle_edge_irq, "edge");
	irq_set_status_flags(irq, IRQ_MOVE_PCNTXT);
	irqd_set_single_target(irq_get_irq_data(irq));
	/*
	 * As if somebody had asked for it: request_irq() would else set the default affinity, which
	 * is CPU 0.
	 */
	if (vdma_msi_used())
		err = vdma_msi_join(wire);
	else
		err = wire->irq_cpu < 0 ? 0 : irq_set_affinity(irq, cpumask_of(wire->irq_cpu));
	if (err)
		irq_dispose_mapping(irq);
	return err;
}

static void vdma_irq_drained(void *unused)
{
}

void vdma_irq_put(struct vdma_wire *wire)
{
	vdma_msi_leave(wire);
	/*
	 * Calls to one CPU run in order: when this one has run everywhere, so has ours; it may have
	 * queued the work.
	 */
	on_each_cpu(vdma_irq_drained, NULL, true);
	irq_work_sync(&wire->local);
	irq_dispose_mapping(wire->irq);
}
