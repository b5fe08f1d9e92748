#!/bin/dash
# SPDX-License-Identifier: GPL-2.0
# The guest's side of vm/test-nic: sh knobs.sh FUNCTION.
# Each knob of a network device, set by `rxlab knob` as an experiment sets it, changes a counter of
# the data path; what cannot be set is refused before anything is touched; `rxlab restore` puts all
# back.
# shellcheck disable=SC2086 # unquoted: names and numbers of our own
. ./common.sh
. ./knob-checks.sh
stack=/sys/class/net/rxnic1

ring_size() {
	set_knob ethtool:rxnic1/coalesce/rx-frames 32
	set_knob ethtool:rxnic1/coalesce/rx-usecs 50
	measure
	set_knob ethtool:rxnic1/ring/rx 8192
	measure
	grew "ring/rx 8192" rxnic0 tx_stops -gt
	set_knob ethtool:rxnic1/ring/rx 65536
}

coalescing() {
	set_knob ethtool:rxnic0/coalesce/tx-usecs 0
	measure
	set_knob ethtool:rxnic0/coalesce/tx-usecs 100000
	measure
	grew "coalesce/tx-usecs 100000" rxnic0 tx_doorbells -lt
	set_knob ethtool:rxnic0/coalesce/tx-frames 8
	measure
	grew "coalesce/tx-frames 8" rxnic0 tx_doorbells -gt
	set_knob ethtool:rxnic0/coalesce/tx-usecs 50
	set_knob ethtool:rxnic1/coalesce/rx-usecs 10000
	set_knob ethtool:rxnic1/coalesce/rx-frames 4
	measure 'delay 100000'
	set_knob ethtool:rxnic1/coalesce/rx-frames 256
	measure 'delay 100000'
	grew "coalesce/rx-frames 256" rxnic1 wire_by_watermark -lt
	set_knob ethtool:rxnic1/coalesce/rx-usecs 10
	measure 'delay 100000'
	grew "coalesce/rx-usecs 10" rxnic1 wire_by_usecs -gt
}

channels() {
	set_knob ethtool:rxnic1/channel/combined 4
	measure 'queue_map_min 0' 'queue_map_max 3'
	count "channel/combined 4: frames in queue 3" "$(is rxnic1 q3_rx_frames)" -gt 0
	set_knob ethtool:rxnic1/channel/combined 1
}

features() {
	local one_by_one setting='flag UDPCSUM'
	xdp rxnic1 off
	one_by_one=$(growth ip_received)
	set_knob ethtool:rxnic1/feature/rx-udp-gro-forwarding on
	count "feature/rx-udp-gro-forwarding on: IP packets" \
		"$(growth ip_received)" -lt "$one_by_one"
	set_knob ethtool:rxnic1/feature/gro off
	count "feature/gro off: IP packets" "$(growth ip_received)" -eq "$one_by_one"
	xdp rxnic1 drop
}

threads() {
	count "no thread polls" "$(growth runs_of napi/rxnic1)" -eq 0
	set_knob sysfs:$stack/threaded 1
	count "threaded 1: runs of its thread" "$(growth runs_of napi/rxnic1)" -gt 0
	set_knob sysfs:$stack/threaded 0
}

# Interrupts of an action on a CPU.
interrupts() { # ACTION CPU
	awk -v action="$1" -v column=$(($2 + 2)) '$NF == action { print $column }' /proc/interrupts
}

deferred() {
	local at_once setting='delay 100000'
	at_once=$(growth all_interrupts)
	set_knob sysfs:$stack/napi_defer_hard_irqs 100
	set_knob sysfs:$stack/gro_flush_timeout 1000000
	count "polled every ms: interrupts" "$(growth all_interrupts)" -lt $((at_once / 2))
	set_knob sysfs:$stack/napi_defer_hard_irqs 0
	set_knob sysfs:$stack/gro_flush_timeout 0
}

all_interrupts() { echo $(($(interrupts rxnic1-rx-0 0) + $(interrupts rxnic1-rx-0 1))); }

affinity() {
	local cpu
	for cpu in 0 1; do
		set_knob irq:rxnic1-rx-0 $cpu
		count "irq:rxnic1-rx-0 $cpu: interrupts there" \
			"$(growth interrupts rxnic1-rx-0 $cpu)" -gt 0
		count "and elsewhere" "$(growth interrupts rxnic1-rx-0 $((1 - cpu)))" -eq 0
	done
}

spread() {
	xdp rxnic1 off
	count "nothing is handed over" "$(growth handed_over)" -eq 0
	set_knob irq:rxnic1-rx-0 0
	set_knob rps:rxnic1/rx-0 2
	count "rps 2: handed over" "$(growth handed_over)" -gt 0
	xdp rxnic1 drop
}

# A value above the driver's maximum by its number, the rest by the kernel's own words.
refusals() {
	local most
	refuses "is above the driver's maximum" ethtool:rxnic1/ring/rx 100000000
	most=$(sed -n "s/.*maximum, //p" said)
	ethtool -g rxnic1 | sed '/Current/,$d' | grep -q "RX:.*$most" || wrong "maximum $most"
	refuses 'rings are measured in bytes' ethtool:rxnic1/ring/rx 5000
	refuses "is above the driver's maximum, 4" ethtool:rxnic1/channel/combined 5
	refuses "has no coalesce setting 'adaptive-rx'" ethtool:rxnic1/coalesce/adaptive-rx on
	refuses 'rxnic1 keeps it off' ethtool:rxnic1/feature/rx-lro on
	refuses "no CPU of '7' is online" irq:rxnic1-rx-0 7
	refuses 'no interrupts have this name' irq:rxnic1-rx-9 0
}

in_sysfs="sysfs:$stack/threaded sysfs:$stack/napi_defer_hard_irqs sysfs:$stack/gro_flush_timeout"

knobs() {
	load_nic
	up
	xdp rxnic1 drop
	set -- ethtool:rxnic0/coalesce/tx-usecs ethtool:rxnic0/coalesce/tx-frames \
		ethtool:rxnic1/coalesce/rx-usecs ethtool:rxnic1/coalesce/rx-frames \
		ethtool:rxnic1/ring/rx ethtool:rxnic1/channel/combined \
		ethtool:rxnic1/feature/rx-gro ethtool:rxnic1/feature/rx-udp-gro-forwarding \
		$in_sysfs irq:rxnic1-rx-0 rps:rxnic1/rx-0
	values "$@" >before
	refusals
	ring_size
	coalescing
	channels
	features
	threads
	set_knob ethtool:rxnic1/coalesce/rx-frames 1
	deferred
	affinity
	spread
	restored "$@"
	unload_and_judge
}

part "$@"
