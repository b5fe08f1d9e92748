#!/bin/dash
# SPDX-License-Identifier: GPL-2.0
# Sourced by the scripts of this folder, in the guest: the two devices, pktgen from rxnic0 to
# rxnic1, two namespaces with a port in each, and whether all that left arrived or is counted.
# shellcheck disable=SC2086 # unquoted: names and numbers of our own
. ./guest-checks.sh
export fault=/sys/kernel/debug/vdma/fault
export near=/sys/class/net/rxnic0/rxnic far=/sys/class/net/rxnic1/rxnic
cpus=$(grep -c ^processor /proc/cpuinfo)
export cpus
load ring_link

# What pktgen says when its device goes is no complaint.
take_log() {
	kernel_log | grep -v 'pktgen: WARNING: trying to remove a running interface' >log
}

handlers() { tr -d '[]' <$far/handler; }

load_nic() { # [PARAMETER ...]; $engine: parameters of vdma
	# shellcheck disable=SC2086 # several words
	load vdma channels=16 ${engine-} && load rxnic "$@" ||
		{ wrong "$*: not loaded"; return 1; }
	for device in rxnic0 rxnic1; do echo 1 >/proc/sys/net/ipv6/conf/$device/disable_ipv6; done
}

up() { ip link set rxnic0 up && ip link set rxnic1 up || wrong "not up"; }

unload_nic() { rmmod rxnic && rmmod vdma || wrong "not unloaded"; }

# Ends a function that began with load_nic.
unload_and_judge() {
	unload_nic
	take_log
	splats
}

# n DEVICE COUNTER
n() { ethtool -S "$1" | awk -v name="$2:" '$1 == name { print $2 }'; }

# What left FROM arrived at TO, or is counted; and what arrived has one fate.
balanced() { # WHAT FROM TO
	local sent _
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		ethtool -S "$3" >arrived
		sent=$(n "$2" tx_frames)
		# shellcheck disable=SC2046 # three numbers
		set -- "$1" "$2" "$3" $(awk '{ sub(":", ""); v[$1] = $2 } END {
			wire = v["rx_frames"] + v["wire_dropped_records"] + v["given_up"]
			xdp = v["xdp_drop"] + v["xdp_aborted"] + v["xdp_tx"] + v["xdp_tx_dropped"]
			xdp += v["xdp_redirect"] + v["xdp_redirect_dropped"]
			stack = v["rx_passed"] + v["rx_no_page"] + v["rx_no_skb"] + v["rx_bad"]
			print wire - v["wire_source_records"], v["rx_frames"], xdp + stack
		}' arrived)
		[ "$sent" = "$4" ] && [ "$5" = "$6" ] && return
		sleep 0.3
	done
	wrong "$1: $2 sent $sent, $3 received or counted $4; of $5 received $6 have a fate"
	grep -v -e ': 0$' -e ' q[0-9]_' arrived
}

xdp() { # DEVICE PROGRAM, or off
	if [ "$2" = off ]; then
		ip link set "$1" xdp off
	else
		ip -force link set "$1" xdp obj nic_xdp.bpf.o program "$2"
	fi || wrong "XDP $2 on $1"
}

pg() { # FILE COMMAND
	echo "$2" >"/proc/net/pktgen/$1"
	grep -q 'Result: OK' "/proc/net/pktgen/$1" ||
		wrong "pktgen $1: $2: $(tail -n 1 "/proc/net/pktgen/$1")"
}

start() { echo start >/proc/net/pktgen/pgctrl; }

# pktgen COUNT [SETTING ...]: from rxnic0 to rxnic1; 0: until it is stopped.
pktgen() {
	ready "$@"
	start
}

ready() {
	local setting _
	pg kpktgend_0 rem_device_all
	# It says so an eighth of a second later, whether or not its thread has come to it.
	for _ in $(seq 100); do
		[ -e /proc/net/pktgen/rxnic0 ] || break
		sleep 0.1
	done
	pg kpktgend_0 'add_device rxnic0'
	for setting in "count $1" 'pkt_size 60' 'delay 0' 'dst 10.0.0.2' \
		"dst_mac $(cat /sys/class/net/rxnic1/address)" 'udp_dst_min 9' 'udp_dst_max 9'; do
		pg rxnic0 "$setting"
	done
	shift
	for setting; do pg rxnic0 "$setting"; done
}

# What the counters grew by in 10000 frames, into now0 and now1; those of the last time become was0
# and was1.
measure() { # [PKTGEN SETTING ...]
	local side
	for side in 0 1; do ethtool -S rxnic$side >first$side; done
	pktgen 10000 "$@"
	balanced measure rxnic0 rxnic1
	[ -e now1 ] && mv now1 was1 && mv now0 was0
	for side in 0 1; do
		ethtool -S rxnic$side | awk -v first=first$side '
			BEGIN {
				while ((getline line < first) > 0) {
					split(line, w, /[: ]+/)
					old[w[2]] = w[3]
				}
			}
			{ sub(":", ""); print $1, $2 - old[$1] }' >now$side
	done
}

was() { awk -v name="$2" '$1 == name { print $2 }' "was${1#rxnic}"; }
is() { awk -v name="$2" '$1 == name { print $2 }' "now${1#rxnic}"; }

# The counter is -lt or -gt what it was in the measurement before.
grew() { # WHAT DEVICE COUNTER RELATION
	local was is
	was=$(was "$2" "$3")
	is=$(is "$2" "$3")
	echo "$1: $3 was $was, is $is"
	test "$is" "$4" "$was" || wrong "$1: $3 was $was, is $is"
}

# Namespaces a and b, a port in each.
apart() {
	ip netns add a && ip netns add b
	ip link set rxnic0 netns a && ip link set rxnic1 netns b || wrong "not moved"
	ip -n a addr add 10.0.0.1/24 dev rxnic0 && ip -n b addr add 10.0.0.2/24 dev rxnic1
	ip -n a link set rxnic0 up && ip -n b link set rxnic1 up || wrong "not up in namespaces"
}

together() {
	ip -n a link set rxnic0 netns 1
	ip -n b link set rxnic1 netns 1
	ip netns del a
	ip netns del b
}

in_a() { ip netns exec a "$@"; }
in_b() { ip netns exec b "$@"; }

pings() { # WHAT [SIZE]
	in_a ping -q -c 3 -i 0.1 -W 5 -s "${2:-56}" 10.0.0.2 >pinged ||
		{ cat pinged; wrong "$1: no ping of ${2:-56} bytes"; }
}

stream() { # WHAT [IPERF3 OPTION ...]
	local what=$1
	shift
	in_b iperf3 -s -1 -D
	sleep 0.5
	in_a iperf3 -c 10.0.0.2 "$@" >iperf 2>&1 || { cat iperf; wrong "$what: iperf3 $*"; }
	grep 'receiver' iperf || wrong "$what: iperf3 $* received nothing"
}

now() { sed 's/ .*//; s/\.//' /proc/uptime; } # in hundredths of a second

# Refused, and the kernel log says why.
logs() { # TEXT VALUE FILE
	sh -c "echo $2 >$3" 2>/dev/null && wrong "$3=$2 accepted"
	take_log
	grep -qF -- "$1" log || { cat log; wrong "$3=$2: no '$1'"; }
}
