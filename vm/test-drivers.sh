#!/bin/dash
# SPDX-License-Identifier: GPL-2.0
# In a guest with a pair of NICs (rxlab shell --device nic:MODEL): the sender eth0 here, the
# receiver eth1 in namespace dut, pktgen from one to the other.
# shellcheck disable=SC2086 # unquoted: names and numbers of our own
. ./guest-checks.sh

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

pktgen() { # COUNT PORT
	pg kpktgend_0 rem_device_all
	pg kpktgend_0 'add_device eth0'
	for setting in "count $1" 'pkt_size 60' 'delay 0' 'dst 10.0.0.2' \
		'dst_mac 02:00:00:00:00:02' "udp_dst_min $2" "udp_dst_max $2"; do
		pg eth0 "$setting"
	done
	echo start >/proc/net/pktgen/pgctrl
}

# In the driver where that can be, else in the stack; half of the frames are dropped and counted.
xdp_load() { # native | none
	local rxlab=/payload/rxlab rules='{"default": "allow", "rules": [
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

part "$@"
