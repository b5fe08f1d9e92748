#!/bin/dash
# SPDX-License-Identifier: GPL-2.0
# The guest's side of vm/test-nic: sh open_loop.sh FUNCTION.
# The wire offers frames at a rate of its own, whatever becomes of them: as many as it says, in the
# time it says, and an overload is dropped and counted.
# shellcheck disable=SC2086 # unquoted: names and numbers of our own
. ./common.sh

# Sets $took, in hundredths of a second.
offered() { # WHAT RATE COUNT
	local before begun came _
	before=$(n rxnic1 wire_source_records)
	begun=$(now)
	echo 0 >$far/latency
	echo "$2 $3" >$far/source || wrong "$1: no source"
	for _ in $(seq 200); do
		[ $(($(n rxnic1 wire_source_records) - before)) -ge "$3" ] && break
		sleep 0.1
	done
	took=$(($(now) - begun))
	came=$(($(n rxnic1 wire_source_records) - before))
	[ $came = "$3" ] || wrong "$1: $came of $3 offered"
	balanced "$1" rxnic0 rxnic1
}

refused_sources() {
	load_nic
	up
	logs 'needs wire=lossy' 1000 $far/source
	unload_nic
	load_nic wire=lossy
	up
	logs 'a list of whole frames' 1000 $far/source
	# Two frames: of 60 bytes, and of 100.
	{
		printf '\074\0\0\0'
		head -c 60 /dev/zero
		printf '\144\0\0\0'
		head -c 100 /dev/zero
	} >frames
	head -c 150 frames >$far/source_frames
	logs 'a list of whole frames' 1000 $far/source
	cat frames >$far/source_frames
	logs 'at most 100000000' 100000001 $far/source
}

light_load() {
	local before bytes dropped count
	before=$(n rxnic1 xdp_drop)
	bytes=$(n rxnic1 rx_bytes)
	dropped=$(n rxnic1 wire_dropped_records)
	offered "$handler, light" 2000 2000
	# A busy machine may take longer, never less.
	[ $took -ge 95 ] ||
		wrong "$handler: 2000 frames at 2000 a second took $took cs"
	[ "$(n rxnic1 wire_dropped_records)" = "$dropped" ] ||
		wrong "$handler: a light load is dropped"
	[ $(($(n rxnic1 xdp_drop) - before)) = 2000 ] &&
		[ $(($(n rxnic1 rx_bytes) - bytes)) = 160000 ] ||
		wrong "$handler: other frames than those of the list"
	count=$(head -n 1 $far/latency | cut -d' ' -f1)
	[ "$count" = 2000 ] || wrong "$handler: latency of $(head -n 1 $far/latency)"
}

overload() {
	local dropped
	echo 20000 >$far/work
	dropped=$(n rxnic1 wire_dropped_records)
	offered "$handler, heavy" 100000 50000
	dropped=$(($(n rxnic1 wire_dropped_records) - dropped))
	[ $dropped -gt 0 ] || wrong "$handler: all of an overload arrived"
	echo 0 >$far/work
	echo "$handler: of 50000 frames in $took cs $dropped dropped, $(head -n 1 $far/latency)"
}

together_with_frames_that_are_sent() {
	local before arrived
	echo "10000 5000" >$far/source
	before=$(n rxnic1 xdp_drop)
	pktgen 20000
	sleep 1
	balanced "both" rxnic0 rxnic1
	arrived=$(($(n rxnic1 xdp_drop) - before))
	[ "$(n rxnic1 rx_bad)" = 0 ] && [ $arrived -gt 20000 ] || wrong "both: $arrived arrived"
}

# When it is told to, and when the line does.
ends() {
	local before
	echo 1000 >$far/source
	sleep 0.2
	echo 0 >$far/source
	before=$(n rxnic1 wire_source_records)
	sleep 0.2
	[ "$(n rxnic1 wire_source_records)" = "$before" ] || wrong "the source goes on"
	echo 10000 >$far/source
	ip link set rxnic1 down && ip link set rxnic1 up
	echo 10000 >$far/source
	sleep 0.2
}

open_loop() {
	engine=engine_rt=1
	refused_sources
	xdp rxnic1 drop
	for handler in $(handlers); do
		echo "$handler" >$far/handler
		light_load
		overload
	done
	together_with_frames_that_are_sent
	ends
	unload_and_judge
}

part "$@"
