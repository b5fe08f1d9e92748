// SPDX-License-Identifier: GPL-2.0
/* The kernel's own name of the function at an address, a module's or a BPF program's too. Reading
 * all of /proc/kallsyms for some hundred names takes a second under TCG.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "kernel_name.h"

char LICENSE[] SEC("license") = "GPL";

SEC("syscall")
int kernel_name(struct kernel_name *asked)
{
	struct kernel_name found = { .address = asked->address };

	bpf_snprintf(found.name, sizeof(found.name), "%ps", &found.address, sizeof(found.address));
	*asked = found; /* the helper does not write into the context itself */
	return 0;
}
