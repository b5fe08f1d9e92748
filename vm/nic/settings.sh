#!/bin/dash
# SPDX-License-Identifier: GPL-2.0
# The guest's side of vm/test-nic: sh settings.sh FUNCTION.
# Each setting changes a counter of the data path, and wrong ones are refused with a reason.
# shellcheck disable=SC2086 # unquoted: names and numbers of our own
. ./common.sh

doorbells() {
	ethtool -C rxnic0 tx-usecs 0
	measure
	grew "tx-usecs 0" rxnic0 tx_doorbells -gt
	ethtool -C rxnic0 tx-usecs 100000 tx-frames 8
	measure
	grew "tx-usecs 100000, tx-frames 8" rxnic0 tx_doorbells -lt
	ethtool -C rxnic0 tx-usecs 100000 tx-frames 256
	measure
	grew "tx-frames 256" rxnic0 tx_doorbells -lt
}

coalescing() {
	ethtool -C rxnic1 rx-frames 4 rx-usecs 10000
	measure 'delay 100000'
	ethtool -C rxnic1 rx-frames 256 rx-usecs 10
	measure 'delay 100000'
	grew "rx-frames 256, rx-usecs 10" rxnic1 wire_by_watermark -lt
	grew "rx-frames 256, rx-usecs 10" rxnic1 wire_by_usecs -gt
}

ring_size() {
	ethtool -G rxnic1 rx 8192 2>/dev/null && wrong "a ring that 256 frames do not fit"
	ethtool -C rxnic1 rx-frames 32 rx-usecs 50
	measure
	ethtool -G rxnic1 rx 8192
	ethtool -g rxnic1 | sed '1,/Current/d' | grep -q 'RX:.*8192' ||
		{ ethtool -g rxnic1; wrong "ring size is not told"; }
	measure
	grew "ring 8192" rxnic0 tx_stops -gt
}

channels() {
	local queue
	ethtool -L rxnic1 combined 4
	ethtool -l rxnic0 | sed '1,/Current/d' | grep -q 'Combined:.*4' ||
		wrong "channels are not told"
	measure 'queue_map_min 0' 'queue_map_max 3'
	for queue in 0 1 2 3; do
		[ "$(is rxnic1 q${queue}_rx_frames)" -gt 0 ] || wrong "queue $queue got nothing"
	done
	ethtool -L rxnic1 combined 1
}

budget() {
	for handler in tasklet_budget workqueue; do
		echo "$handler" >$far/handler
		echo 4096 >$far/budget
		measure
		echo 2 >$far/budget
		measure
		grew "$handler, budget 2" rxnic1 rx_exhausted -gt
	done
}

work_takes_time() {
	local before middle after
	echo napi >$far/handler
	ethtool -C rxnic0 tx-usecs 50
	before=$(now)
	measure
	middle=$(now)
	echo 100000 >$far/work
	measure
	after=$(now)
	[ $((after - middle)) -gt $(((middle - before) * 2)) ] ||
		wrong "work=100000 takes no time: $((middle - before)) cs, then $((after - middle))"
}

set_at_load_only() {
	load_nic maxburst=8
	up
	xdp rxnic1 drop
	measure
	unload_nic
	load_nic maxburst=64 variant=circ
	up
	xdp rxnic1 drop
	measure
	grew "maxburst 64" rxnic1 wire_rx_bursts -lt
}

settings() {
	load_nic
	up
	xdp rxnic1 drop
	ethtool -i rxnic0 | grep -q 'driver: rxnic' || wrong "ethtool -i"
	measure
	doorbells
	coalescing
	ring_size
	channels
	budget
	work_takes_time
	unload_nic
	rm -f now? was?
	set_at_load_only
	take_log
	splats
}

refused_by_modules() {
	refused 'no free channel that can do cyclic transfers' rxnic
	load vdma channels=4
	refused 'no free channel that can do cyclic transfers' rxnic queues=2
	rmmod vdma
	load vdma channels=16
	refused "handler=best is none of: napi napi_threaded tasklet_greedy tasklet_budget \
workqueue bh_workqueue threaded_irq" rxnic handler=best
	refused 'variant=best is none of' rxnic variant=best
	refused 'variant=naive loses frames' rxnic variant=naive
	refused 'wire=magic is none of: lossless lossy' rxnic wire=magic
	refused 'mapping=magic is none of' rxnic mapping=magic
	refused 'queues=0 is not 1 to 4' rxnic queues=0
	refused 'queues=5 is not 1 to 4' rxnic queues=5
	refused 'ring_bytes=4096 is less than 8192' rxnic ring_bytes=4096
	refused 'ring_bytes=65535 is not a power of two' rxnic ring_bytes=65535
	refused 'batch=0 is not 1 to 4096' rxnic batch=0
	refused 'budget=0 is not 1 to 4096' rxnic budget=0
	refused 'tx_frames=0 is not 1 to 4096' rxnic tx_frames=0
	refused 'watermark_bytes=65536 never comes' rxnic watermark_bytes=65536
	refused 'usecs=0 leaves frames below the watermark untold' rxnic usecs=0
	refused 'irq_cpu is not online' rxnic irq_cpu=99
	case $(uname -r) in
	6.1.*)
		refused 'handler=bh_workqueue: this kernel has no BH workqueues' rxnic \
			handler=bh_workqueue
		;;
	esac
	rmmod vdma
}

refused_by_devices() {
	says 'rings are measured in bytes' ethtool -G rxnic0 rx 5000
	says 'would not fit a quarter' sh -c 'ip link set rxnic0 mtu 9000 &&
		ethtool -C rxnic1 rx-frames 16 && ethtool -G rxnic1 rx 16384'
	says 'MTU is too large for XDP' ip link set rxnic1 xdp obj nic_xdp.bpf.o program drop
	ip link set rxnic0 mtu 1500
	says 'rx-frames would never come' ethtool -C rxnic1 rx-frames 4000
	says 'leaves the last frames untold' ethtool -C rxnic1 rx-usecs 0 rx-frames 8
	says 'tx-frames is not 1 to 4096' ethtool -C rxnic1 tx-frames 0
	says 'a time is above a second' ethtool -C rxnic1 tx-usecs 2000000
	says 'exceeds maximum' ethtool -L rxnic1 combined 5
	says 'mtu greater than device maximum' ip link set rxnic0 mtu 9001
	xdp rxnic1 drop
	says 'mtu greater than device maximum' ip link set rxnic0 mtu 4000
	xdp rxnic1 off
	logs 'handler=fast is none of' fast $near/handler
	logs 'work: not a number from 0 to 1000000' 1000001 $near/work
	logs 'budget: not a number from 1 to 4096' 0 $near/budget
}

# XDP's receive queues are registered with the number of their NAPI: arguments 3 and 4 of the call.
# Loading registers them too, for the stack, without one.
napi_of_queues() {
	local tracing=/sys/kernel/tracing
	echo 'p:rxq __xdp_rxq_info_reg queue=%dx:u32 napi=%cx:u32' >$tracing/kprobe_events ||
		wrong "no kprobe"
	load_nic queues=2
	echo 1 >$tracing/events/kprobes/rxq/enable
	up
	unload_nic
	echo 0 >$tracing/events/kprobes/rxq/enable
	grep -o 'queue=[0-9]* napi=[0-9]*' $tracing/trace >registered
	cat registered
	[ "$(sort -u registered | wc -l)" = 4 ] || wrong "not four queues, each with its own"
	grep 'napi=0' registered && wrong "a queue without its NAPI"
	echo >$tracing/kprobe_events
}

refusals() {
	refused_by_modules
	load_nic
	up
	refused_by_devices
	rmmod ring_link 2>/dev/null && wrong "ring_link unloaded under the devices"
	rmmod vdma 2>/dev/null && wrong "the engine unloaded under the devices"
	unload_and_judge
}

part "$@"
