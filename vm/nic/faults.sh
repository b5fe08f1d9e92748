#!/bin/dash
# SPDX-License-Identifier: GPL-2.0
# The guest's side of vm/test-nic: sh faults.sh FUNCTION [ARGUMENT ...].
# What fails, in the engine, for want of memory or half-way through setting up, is counted and
# leaves nothing; and so does unloading under load.
# shellcheck disable=SC2086 # unquoted: names and numbers of our own
. ./common.sh

# error: a transfer in 300 is enough, for a ring starts anew after each.
interval_of() { if [ "$1" = error ]; then echo 300; else echo 20; fi; }

# By $handler. The burst is pktgen's, for speed: the engine sees each frame.
sent_and_balanced() { # FAULT FRAMES
	local sent
	sent=$(n rxnic0 tx_frames)
	pktgen "$2" 'clone_skb 10' 'burst 8'
	sleep 0.2
	balanced "$handler, $1" rxnic0 rxnic1
	sent=$(($(n rxnic0 tx_frames) + $(n rxnic0 tx_dropped) - sent))
	[ $sent -ge "$2" ] || wrong "$handler, $1: pktgen sent $sent of $2"
	echo "$handler, $1: $sent frames conserved"
}

faults_of_the_engine() { # FRAMES
	local name
	for name in lost late duplicated stall error; do
		interval_of $name >$fault/$name/interval
		xdp rxnic1 drop
		sent_and_balanced $name "$1"
		echo 0 >$fault/$name/interval
		echo "hits $(cat $fault/$name/hits), given up $(n rxnic1 given_up)"
		xdp rxnic1 off
	done
}

faults() { # FRAMES
	local name
	load_nic
	up
	for handler in napi workqueue; do
		echo $handler >$far/handler
		echo 3 >/sys/module/rxnic/parameters/fail_page
		sent_and_balanced 'no page' "$1"
		echo 0 >/sys/module/rxnic/parameters/fail_page
		[ "$(n rxnic1 rx_no_page)" -gt 0 ] || wrong "$handler: pages were to be had"
		faults_of_the_engine "$1"
	done
	for name in lost late duplicated stall error; do
		[ "$(cat $fault/$name/hits)" -gt 0 ] || wrong "$name never happened"
	done
	unload_and_judge
}

# What only setting the devices up does, from step $step on.
fails_while_setting_up() {
	local up=1
	while [ "$step" -lt 120 ] && load rxnic fail_at="$step" && [ $up != 0 ]; do
		ip link set rxnic0 up
		ip link set rxnic1 up 2>/dev/null
		up=$?
		[ $up = 0 ] || [ "$(cat /sys/module/vdma/refcnt)" = 0 ] ||
			wrong "step $step of setting up holds vdma"
		rmmod rxnic
		left_by_nic
		step=$((step + 1))
	done
	[ $up = 0 ] || wrong "not up after $step steps"
	rmmod rxnic 2>/dev/null
}

fail_at() {
	load vdma channels=4
	fails_at_every_step rxnic left_by_nic
	left_by_nic
	fails_while_setting_up
	take_log
	grep 'fails as asked' log
	grep -q 'page pool' log || wrong "the page pool never failed"
	splats
}

cycle() {
	local _
	load_nic
	up
	xdp rxnic1 drop
	ready 0
	start &
	for _ in $(seq 100); do
		[ "$(n rxnic1 rx_frames)" -gt 0 ] && break
		usleep 20000
	done
	[ "$(n rxnic1 rx_frames)" -gt 0 ] || wrong "no load"
	rmmod rxnic && rmmod vdma || wrong "a cycle failed"
	wait
}

cycles() { leaves_nothing cycle "$1"; } # TIMES

part "$@"
