#!/bin/dash
# SPDX-License-Identifier: GPL-2.0
# In a guest with a pair of NICs (rxlab shell --device nic:MODEL): the sender eth0 here, the
# receiver eth1 in namespace dut, pktgen from one to the other.
# shellcheck disable=SC2086 # unquoted: names and numbers of our own
. ./guest-checks.sh
. ./knob-checks.sh
export inside="ip netns exec dut"
stack=/sys/class/net/eth1

in_dut() { ip netns exec dut "$@"; }
carrier() { in_dut cat /sys/class/net/eth1/carrier; }

together() {
	ip netns add dut
	ip link set eth1 address 02:00:00:00:00:02 netns dut || wrong "eth1 not moved"
	echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6
	in_dut sh -c 'echo 1 >/proc/sys/net/ipv6/conf/eth1/disable_ipv6'
	ip link set eth0 arp off up && ip addr add 10.0.0.1/24 dev eth0
	ip -n dut link set eth1 arp off up && ip -n dut addr add 10.0.0.2/24 dev eth1
	for _ in $(seq 100); do
		[ "$(carrier)" = 1 ] && [ "$(cat /sys/class/net/eth0/carrier)" = 1 ] && return
		sleep 0.1
	done
	wrong "no link"
}

pg() { # FILE COMMAND
	echo "$2" >"/proc/net/pktgen/$1"
	grep -q 'Result: OK' "/proc/net/pktgen/$1" ||
		wrong "pktgen $1: $2: $(tail -n 1 "/proc/net/pktgen/$1")"
}

pktgen() { # COUNT PORT [SETTING ...]
	local count=$1 port=$2
	shift 2
	pg kpktgend_0 rem_device_all
	pg kpktgend_0 'add_device eth0'
	for setting in "count $count" 'pkt_size 60' 'delay 0' 'dst 10.0.0.2' \
		'dst_mac 02:00:00:00:00:02' "udp_dst_min $port" "udp_dst_max $port" "$@"; do
		pg eth0 "$setting"
	done
	echo start >/proc/net/pktgen/pgctrl
}

# In the driver where that can be, else in the stack; half of the frames are dropped and counted.
xdp_load() { # native | none
	local rules='{"default": "allow", "rules": [
		{"action": "drop", "protocol": "udp", "dport": 9}]}'
	echo "$rules" >rules.json
	together
	if [ "$1" = native ]; then
		in_dut $rxlab xdp load eth1 --rules rules.json || wrong "not loaded"
	else
		in_dut $rxlab xdp load eth1 --rules rules.json >said 2>&1 &&
			wrong "a driver without XDP took a program"
		grep -q 'mode generic' said || { cat said; wrong "no way out is told"; }
		in_dut $rxlab xdp load eth1 --rules rules.json --mode generic || wrong "not loaded"
	fi
	pktgen 500 9
	pktgen 500 10
	sleep 1
	in_dut $rxlab xdp stats eth1 --json >told
	cat told
	grep -q '"packets": 500' told || wrong "not 500 of 1000 dropped"
	in_dut $rxlab xdp unload eth1 || wrong "not unloaded"
}

# What growth() sees of: and until what waits for a timer has been asked for.
measure() { # [SETTING ...]
	pktgen 10000 9 "$@"
	sleep 0.2
}

# Interrupts of all devices, or of those actions, or on that CPU alone.
interrupts() { # [ACTION [CPU]]
	awk -v action="${1-}" -v cpu="${2-}" '
		NR == 1 { cpus = NF }
		$1 ~ /^[0-9]+:$/ && (action == "" || $NF == action) {
			for (i = 0; i < cpus; i++) if (cpu == "" || i == cpu) sum += $(i + 2)
		}
		END { print sum + 0 }' /proc/interrupts
}

coalescing() {
	local often
	often=$(growth interrupts eth1-rx-0)
	set_knob ethtool:eth1/coalesce/rx-usecs 10000
	count "rx-usecs 10000: interrupts" "$(growth interrupts eth1-rx-0)" -lt $((often / 4))
	refuses 'Invalid argument' ethtool:eth1/coalesce/rx-usecs 20000
	set_knob ethtool:eth1/coalesce/rx-usecs 3
}

out_of_buffers() {
	in_dut ethtool -S eth1 | awk '/pkts rx OOB/ { sum += $NF } END { print sum + 0 }'
}

# A thread that polls has its turn late: the ring is full before it comes.
ring_size() {
	local lost
	set_knob sysfs:$stack/threaded 1
	set_knob ethtool:eth1/ring/rx 64
	lost=$(growth out_of_buffers)
	count "ring/rx 64: frames without a buffer" "$lost" -gt 0
	set_knob ethtool:eth1/ring/rx 4096
	count "ring/rx 4096: frames without a buffer" "$(growth out_of_buffers)" -lt "$lost"
	refuses "is above the driver's maximum" ethtool:eth1/ring/rx 100000
	set_knob sysfs:$stack/threaded 0
}

deferred() {
	local at_once
	at_once=$(growth interrupts)
	set_knob sysfs:$stack/napi_defer_hard_irqs 100
	set_knob sysfs:$stack/gro_flush_timeout 1000000
	count "polled every ms: interrupts" "$(growth interrupts)" -lt "$at_once"
	set_knob sysfs:$stack/napi_defer_hard_irqs 0
	set_knob sysfs:$stack/gro_flush_timeout 0
}

threads() {
	count "no thread polls" "$(growth runs_of napi/eth1)" -eq 0
	set_knob sysfs:$stack/threaded 1
	count "threaded 1: runs of its thread" "$(growth runs_of napi/eth1)" -gt 0
}

merging() {
	local one_by_one setting='flag UDPCSUM'
	one_by_one=$(growth ip_received)
	set_knob ethtool:eth1/feature/rx-udp-gro-forwarding on
	count "feature/rx-udp-gro-forwarding on: IP packets" \
		"$(growth ip_received)" -lt "$one_by_one"
	set_knob ethtool:eth1/feature/rx-gro off
	count "feature/rx-gro off: IP packets" "$(growth ip_received)" -eq "$one_by_one"
}

# The queue's interrupt by the interface's name, whatever its driver calls it.
affinity() { # ACTION
	local cpu
	for cpu in 0 1; do
		set_knob irq:eth1-rx-0 $cpu
		count "irq:eth1-rx-0 $cpu: interrupts there" "$(growth interrupts $1 $cpu)" -gt 0
		count "and elsewhere" "$(growth interrupts $1 $((1 - cpu)))" -eq 0
	done
}

relink() {
	in_dut ip link set eth1 down
	in_dut ip link set eth1 up
	until [ "$(in_dut cat /sys/class/net/eth1/carrier)" = 1 ]; do sleep 0.1; done
}

# The default is of interrupts that are requested later, and of those that nobody has set.
by_default() { # ACTION
	local usual
	usual=$($rxlab knob irq_affinity:default)
	set_knob irq_affinity:default 1
	relink
	count "irq_affinity:default 1: interrupts there" "$(growth interrupts $1 1)" -gt 0
	count "and elsewhere" "$(growth interrupts $1 0)" -eq 0
	set_knob irq_affinity:default 0
	count "requested before: interrupts where they were" "$(growth interrupts $1 1)" -gt 0
	relink
	count "requested again: interrupts there" "$(growth interrupts $1 0)" -gt 0
	count "and elsewhere" "$(growth interrupts $1 1)" -eq 0
	set_knob irq_affinity:default "$usual"
	relink
}

spread() {
	count "nothing is handed over" "$(growth handed_over)" -eq 0
	set_knob irq:eth1-rx-0 0
	set_knob rps:eth1/rx-0 2
	count "rps 2: handed over" "$(growth handed_over)" -gt 0
}

knob_names="ethtool:eth1/feature/rx-gro ethtool:eth1/feature/rx-udp-gro-forwarding \
	sysfs:$stack/threaded sysfs:$stack/napi_defer_hard_irqs sysfs:$stack/gro_flush_timeout"

# Of those that this driver has.
knobs() { # FUNCTION ...
	together
	values $knob_names >before
	for knob; do $knob; done
	restored $knob_names
}

cpus() { # ACTION
	together
	values irq:eth1-rx-0 irq_affinity:default rps:eth1/rx-0 >before
	# virtio-net requests its interrupts when it is bound, not when it is up.
	case $1 in eth1-*) by_default "$1" ;; esac
	affinity "$1"
	spread
	restored irq:eth1-rx-0 irq_affinity:default rps:eth1/rx-0
}

part "$@"
