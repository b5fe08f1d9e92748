#!/bin/dash
# SPDX-License-Identifier: GPL-2.0
# The guest's side of vm/test-vdma: sh test-vdma.sh FUNCTION.
# shellcheck disable=SC2086 # unquoted: names and numbers of our own
. ./guest-checks.sh
fault=/sys/kernel/debug/vdma/fault
test_with=
threaded=
grep -qw threadirqs /proc/cmdline && threaded=threaded=1

load_test() { load vdma_test $threaded "$@"; } # [PARAMETER ...]

# The tests' own words since the last call; a test that failed is wrong, and so is none at all.
judge() {
	take_log
	grep 'vdma_test: ' log
	grep -q 'vdma_test: not ok' log && wrong "a test failed"
	grep -q 'vdma_test: 0 of [1-9]' log || wrong "no tests"
	splats
}

# $test_with: parameters of vdma_test.
promises() { # [PARAMETER ...]
	load vdma "$@" || wrong "not loaded"
	load_test $test_with || wrong "no test"
	rmmod vdma 2>/dev/null && wrong "unloaded while its symbol is held"
	rmmod vdma_test && rmmod vdma || wrong "not unloaded"
	judge
}

# The engine on one CPU, who gives it room on another: both run at the same time.
moments() {
	load vdma engine_cpu=1 || wrong "not loaded"
	taskset -p 1 $$ || wrong "not on CPU 0"
	load_test only=room_at_any_moment
	rmmod vdma_test && rmmod vdma || wrong "not unloaded"
	judge
}

# The counted machine's clock is its own, so there a line is neither faster nor slower than its
# rate.
promises_in_time() {
	test_with="exact=1 mib=8"
	promises
}

# A copy's bytes are counted, and so is the time the engine spent on them: 80 kB take it a
# microsecond at least.
accounting() {
	load vdma
	load_test only=memcpy
	grep -E '^dma[0-9]+chan0.(copied_bytes|engine_ns)' /sys/kernel/debug/vdma/stats
	awk '/chan0.copied_bytes/ && $2 == 1 + 7 + 64 + 4095 + 4099 + 65537 { bytes = 1 }
	     /chan0.engine_ns/ && $2 > 1000 { time = 1 }
	     END { exit !(bytes && time) }' /sys/kernel/debug/vdma/stats || wrong "not counted"
	rmmod vdma_test && rmmod vdma
	judge
}

promises_iommu() {
	promises pci=0000:00:10.0
	grep 'behind an IOMMU' log || wrong "no IOMMU"
}

faults() {
	load vdma
	for test in lost late duplicated stall error error_list; do
		name=${test%_list}
		# Lost and error happen once: what comes after them has to work.
		case $name in
		lost) set -- 1 1 ;;
		late) set -- 1 -1 ;;
		error) set -- 3 1 ;;
		stall) set -- 50 -1 ;;
		*) set -- 3 -1 ;;
		esac
		echo "$2" >"$fault/$name/times"
		hits=$(cat "$fault/$name/hits")
		echo "$1" >"$fault/$name/interval"
		load_test only="fault_$test" || wrong "no test"
		rmmod vdma_test
		judge
		[ "$(cat "$fault/$name/hits")" -gt "$hits" ] || wrong "$name never happened"
		echo 0 >"$fault/$name/interval"
	done
	load_test only=stream
	rmmod vdma_test && rmmod vdma
	judge
}

interrupt() {
	load vdma
	load_test only=idle hold=1
	irq=$(sed -n 's/^ *\([0-9]*\):.*vdma-test$/\1/p' /proc/interrupts)
	grep vdma-test /proc/interrupts || wrong "not in /proc/interrupts"
	for cpu in 0 1 0; do
		echo $cpu >"/proc/irq/$irq/smp_affinity_list" || wrong "affinity $cpu refused"
		[ "$(cat "/proc/irq/$irq/effective_affinity_list")" = $cpu ] ||
			wrong "affinity $cpu has no effect"
	done
	grep -E 'dma[0-9]+chan' /sys/kernel/debug/dmaengine/summary ||
		wrong "not in dmaengine's summary"
	ls -d /sys/class/dma/dma[0-9]*chan0 || wrong "not in /sys/class/dma"
	rmmod vdma_test && rmmod vdma
	[ -e "/proc/irq/$irq" ] && wrong "its interrupt is still there"
	judge
}

# QEMU does not keep edu's state in a snapshot: the device is found anew.
find_edu() {
	echo 1 >/sys/bus/pci/devices/0000:00:11.0/remove
	echo 1 >/sys/bus/pci/rescan
}

promises_msi() {
	refused 'no edu answers' vdma msi=1
	find_edu
	load vdma msi=1
	# All that an interrupt has a part in, but for affinity: that is the message's.
	for test in stream terminate restart watermark usecs idle tx_space mask lossy; do
		load_test only=$test && rmmod vdma_test || wrong "$test: not loaded"
		judge
	done
	load_test only=stream hold=1
	grep -E 'vdma-(msi|test)' /proc/interrupts
	messages=$(awk '/vdma-msi/ { for (i = 2; i <= NF && $i ~ /^[0-9]+$/; i++) sum += $i }
		END { print sum + 0 }' /proc/interrupts)
	[ "$messages" -gt 0 ] || wrong "no message came"
	rmmod vdma_test && rmmod vdma || wrong "not unloaded"
	judge
	step=msi
	left_by_vdma
	fails_at_every_step vdma left_by_vdma msi=1
	[ -e /sys/bus/pci/drivers/vdma-msi ] && wrong "its driver for edu is left"
}

refusals() {
	refused 'no edu device took it' vdma msi=1
	refused 'channels=0 is not 1 to 16' vdma channels=0
	refused 'channels=17 is not 1 to 16' vdma channels=17
	refused 'engine_cpu=64 is not online' vdma engine_cpu=64
	refused 'engine_cpu=-2 is not online' vdma engine_cpu=-2
	refused 'is no address like 0000:00:10.0' vdma pci=banana
	refused 'no such function' vdma pci=0000:00:1e.0
	set -- /sys/bus/pci/drivers/virtio-pci/0000:*
	refused 'belongs to driver' vdma pci="$(basename "$1")"
	load_test 2>/dev/null && wrong "a client without an engine"
	load vdma
	load_test only=list_refusals
	rmmod vdma_test && rmmod vdma
	judge
	for reason in 'a lossy wire' 'whole units of the bus' '1 byte to 64 MiB' \
		'between memory and a device' 'another channel is at this end' \
		'no peripheral paces' 'is prepared or runs'; do
		grep "$reason" log || wrong "no reason '$reason'"
	done
	load vdma engine_cpu=1 channels=4 && ls -d /sys/class/dma/dma*chan3 ||
		wrong "4 channels on CPU 1 refused"
	rmmod vdma
}

fail_at() {
	fails_at_every_step vdma left_by_vdma
	load vdma
	kernel_thread vdma || wrong "its thread is not seen, so neither is one left behind"
	rmmod vdma
}

cycle() {
	load vdma && load_test only=unsubmitted hold=1 || wrong "not loaded"
	sleep 0.01 || wrong "no traffic"
	rmmod vdma_test && rmmod vdma || wrong "not unloaded"
}

cycles() { leaves_nothing cycle; }

part "$@"
