# SPDX-License-Identifier: GPL-2.0
# What this kernel has, asked of its headers where neither the preprocessor nor sparse can ask.
# Every Kbuild includes it. Versions are not compared: kernels of distributions carry what newer
# ones brought.
ccflags-y += -I$(src)/../include
# has HEADER,BASIC REGULAR EXPRESSION,NAME
has = $(shell grep -qs '$(2)' $(srctree)/include/$(1) && echo -D$(3))
ccflags-y += $(call has,linux/hrtimer.h,hrtimer_setup,RXLAB_HAS_HRTIMER_SETUP)
ccflags-y += $(call has,linux/module.h,import_ns.*__stringify,RXLAB_NAMESPACE_IS_A_WORD)
ccflags-y += $(call has,linux/irq.h,IRQ_MOVE_PCNTXT,RXLAB_HAS_MOVE_PCNTXT)
