#!/bin/dash
# SPDX-License-Identifier: GPL-2.0
# The guest's side of vm/test-nic: sh frames.sh FUNCTION [ARGUMENT ...].
# Every frame has one fate and is counted, whatever the handler, the XDP verdict, or the change
# that is made under load.
# shellcheck disable=SC2086 # unquoted: names and numbers of our own
. ./common.sh

conserved() { # FRAMES [PARAMETER OF vdma]
	local before dropped
	engine=${2-}
	load_nic queues="$cpus"
	up
	xdp rxnic1 drop
	for handler in $(handlers); do
		echo "$handler" >$far/handler
		before=$(n rxnic1 xdp_drop)
		pktgen "$1" 'pkt_size 60' "queue_map_max $((cpus - 1))" 'clone_skb 10' 'burst 8'
		balanced "$handler" rxnic0 rxnic1
		dropped=$(($(n rxnic1 xdp_drop) - before))
		# A burst may go beyond the count.
		[ $dropped -ge "$1" ] || wrong "$handler: $dropped of $1 dropped by XDP"
	done
	unload_nic
	a_lossy_line_drops "${2-engine_rt=1}"
	take_log
	splats
}

# A line that drops what finds no room, before a receiver that is told a tenth of a second later.
a_lossy_line_drops() { # PARAMETER OF vdma
	engine=$1
	load_nic wire=lossy ring_bytes=8192 watermark_bytes=0 usecs=100000
	up
	xdp rxnic1 drop
	pktgen 3000
	balanced lossy rxnic0 rxnic1
	echo "lossy: $(n rxnic1 wire_dropped_records) of 3000 dropped"
	[ "$(n rxnic1 wire_dropped_records)" -gt 100 ] || wrong "a lossy line drops nothing"
	missed=$(cat /sys/class/net/rxnic1/statistics/rx_missed_errors)
	[ "$missed" = "$(n rxnic1 wire_dropped_records)" ] ||
		wrong "rx_missed_errors is $missed while the link is up"
	unload_nic
}

# A doorbell and an interrupt for each frame, taken on another CPU than the one that sends.
told_at_once() {
	load_nic watermark_bytes=1 usecs=0 tx_usecs=0 irq_cpu=1
	up
	xdp rxnic1 drop
	for handler in $(handlers); do
		echo "$handler" >$far/handler
		pktgen 5000
		balanced "$handler" rxnic0 rxnic1
	done
	[ "$(n rxnic1 given_up)" = 0 ] || wrong "$(n rxnic1 given_up) given up"
	[ "$(n rxnic0 tx_doorbells)" -gt 5000 ] || wrong "not a doorbell for each frame"
	unload_and_judge
}

# 5000 frames more in COUNTER, and as many in RETURNING as come back. What finds no room in the
# ring back is dropped, and counted.
verdict() { # PROGRAM COUNTER [RETURNING]
	local before dropped left back counted
	xdp rxnic1 "$1"
	before=$(n rxnic1 "$2")
	dropped=$(n rxnic1 "${2}_dropped")
	left=$(n rxnic1 "${3:-tx_frames}")
	back=$(n rxnic0 rx_frames)
	pktgen 5000
	balanced "$1" rxnic0 rxnic1
	balanced "$1, back" rxnic1 rxnic0
	counted=$(($(n rxnic1 "$2") - before + $(n rxnic1 "${2}_dropped") - dropped))
	[ $counted = 5000 ] || wrong "$handler, $1: $2 and its drops grew by $counted, not 5000"
	back=$(($(n rxnic0 rx_frames) - back))
	left=$(($(n rxnic1 "${3:-tx_frames}") - left))
	[ $back = $left ] || wrong "$handler, $1: $left left, $back came back"
	[ -z "${3-}" ] || [ $back -gt 1000 ] || wrong "$handler, $1: brought $back back"
}

verdicts() {
	load_nic
	up
	for handler in $(handlers); do
		echo "$handler" >$far/handler
		verdict drop xdp_drop
		verdict pass xdp_pass
		verdict aborted xdp_aborted
		verdict back xdp_tx tx_xdp
		verdict redirect xdp_redirect tx_redirected
		xdp rxnic1 off
	done
	verdict unknown xdp_aborted
	xdp rxnic1 off
	apart
	ip -n b -force link set rxnic1 xdp obj nic_xdp.bpf.o program adjust
	pings adjust
	pings adjust 1472
	stream adjust -n 1M
	together
	unload_and_judge
}

change_everything() {
	for handler in $(handlers); do
		echo "$handler" >$far/handler || wrong "switch to $handler"
	done
	xdp rxnic1 off
	xdp rxnic1 pass
	xdp rxnic1 back
	xdp rxnic1 drop
	ip link set rxnic1 mtu 1000 && ip link set rxnic1 mtu 1500 || wrong "MTU"
	ethtool -G rxnic1 rx 32768 tx 131072 || wrong "ring"
	ethtool -G rxnic1 rx 65536 tx 65536 || wrong "ring"
	ethtool -C rxnic1 rx-usecs 10 rx-frames 8 || wrong "coalescing"
	ethtool -C rxnic0 tx-usecs 0 tx-frames 1 || wrong "doorbells"
	ethtool -C rxnic0 tx-usecs 100 tx-frames 64 || wrong "doorbells"
	ethtool -L rxnic0 combined 4 && ethtool -L rxnic0 combined 2 || wrong "channels"
	ip link set rxnic1 down && ip link set rxnic1 up || wrong "down and up"
	echo 100 >$far/work && echo 0 >$far/work || wrong "work"
}

# Everything that can be changed, while frames come.
changes() {
	local _
	load_nic
	up
	xdp rxnic1 drop
	ready 0
	start &
	sleep 0.5
	for _ in 1 2 3; do change_everything; done
	sleep 1
	echo stop >/proc/net/pktgen/pgctrl
	wait
	balanced changes rxnic0 rxnic1
	echo "sent $(n rxnic0 tx_frames), given up $(n rxnic1 given_up)," \
		"dropped by XDP $(n rxnic1 xdp_drop)"
	[ "$(n rxnic1 xdp_drop)" -gt 1000 ] || wrong "hardly any traffic"
	balanced "changes, back" rxnic1 rxnic0
	pktgen 1000
	balanced "after changes" rxnic0 rxnic1
	unload_and_judge
}

part "$@"
