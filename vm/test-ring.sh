#!/bin/dash
# SPDX-License-Identifier: GPL-2.0
# The guest's side of vm/test-ring: sh test-ring.sh FUNCTION [ARGUMENT ...].
# shellcheck disable=SC2086 # unquoted: names and numbers of our own
. ./guest-checks.sh
fault=/sys/kernel/debug/vdma/fault
load ring_link
# All but naive, which loses records.
variants=$(sed -n 's/.*VARIANT(\([a-z_]*\)).*/\1/p' ring_variants.h)
[ "$variants" ] || wrong "no variants"

# run RECORDS MIN MAX [RING PARAMETER ...]: one stream; its counters are then read with `n`.
run() {
	local records=$1 least=$2 most=$3
	shift 3
	: >counters
	load dma_ring "$@" || { wrong "$*: not loaded"; return; }
	./ring_ctl "$records" "$least" "$most" 7 >counters || wrong "$*: no run"
	rmmod dma_ring
}

n() { awk -v name="$1" '$1 == name { print $2 }' counters; }

# Nothing lost, nothing damaged.
sound() { # WHAT
	[ "$(n sent)" -gt 0 ] && [ "$(n received)" = "$(n sent)" ] ||
		wrong "$1: sent $(n sent), received $(n received)"
	damaged "$1"
}

damaged() { # WHAT
	local name
	for name in wrong out_of_order fault_wrap fault_overwrite fault_full_empty fault_torn \
		wire_bad_headers; do
		[ "$(n "$name")" = 0 ] || wrong "$1: $name $(n "$name")"
	done
}

fates() {
	echo "sent $(n sent), received $(n received), dropped $(n wire_dropped_records)," \
		"given up $(n gap_records)"
}

conserved() { # WHAT
	local sum=$(($(n received) + $(n wire_dropped_records) + $(n gap_records)))
	[ "$(n sent)" -gt 0 ] && [ $sum = "$(n sent)" ] || wrong "$1: $(fates)"
	damaged "$1"
}

volume() { # MIB
	load vdma
	for variant in $variants; do
		run $(($1 * 16)) 0 131040 variant=$variant ring_bytes=1048576 period_bytes=65536 \
			watermark_bytes=131072 maxburst=128
		sound "$variant, long records"
		echo "$variant $(n payload_bytes) bytes"
		run $(($1 * 64)) 0 1000 variant=$variant
		sound "$variant, short records"
	done
	take_log
	grep "DMA ring buffer: dma0chan0 to dma0chan1, 65536 bytes, period 4096, coherent, \
variant circ, notify watermark" log || wrong "no set-up line"
	splats
}

mappings() { # [VDMA PARAMETER ...]
	load vdma "$@"
	for mapping in coherent streaming; do
		for notify in period watermark timer poll; do
			run 2000 0 1000 mapping=$mapping notify=$notify usecs=200
			sound "$mapping, $notify"
		done
		for notify in period poll; do
			for variant in $variants; do
				run 1000 0 1000 transfer=memcpy mapping=$mapping notify=$notify \
					variant=$variant
				sound "copies, $mapping, $notify, $variant"
			done
		done
	done
	take_log
	splats
}

naive() {
	load vdma
	for notify in watermark poll period watermark poll; do
		run 20000 0 1000 variant=naive notify=$notify
		for name in wrap overwrite full_empty torn; do
			[ "$(n fault_$name)" = 0 ] || seen="$seen $name"
		done
	done
	for name in wrap overwrite full_empty torn; do
		case "$seen " in *" $name "*) ;; *) wrong "fault $name was not seen" ;; esac
	done
	run 2000 0 1000 variant=circ
	sound "circ after naive"
	take_log
	splats
}

# differs COUNTER RELATION PARAMETERS: the counter is -lt, -gt or -ne what it was in the first run.
differs() {
	local name=$1 relation=$2 before
	before=$(awk -v name="$name" '$1 == name { print $2 }' first)
	shift 2
	run 4000 100 100 "$@"
	conserved "$*"
	test "$(n "$name")" "$relation" "$before" || wrong "$*: $name is $(n "$name"), was $before"
}

parameters() {
	load vdma channels=4
	run 4000 100 100
	sound "defaults"
	cp counters first
	differs producer_peer_loads -gt variant=circ
	differs producer_publications -lt variant=batched
	differs wire_by_watermark -lt notify=timer usecs=100 idle_usecs=0
	differs wire_by_usecs -gt notify=timer usecs=100 idle_usecs=0
	differs wire_interrupts -lt notify=poll
	differs periods -lt period_bytes=16384
	differs periods -gt period_bytes=1024
	differs wire_tx_bursts -lt maxburst=32
	differs wire_tx_bursts -gt bus_width=4
	differs skipped_bytes -ne ring_bytes=131072
	# 46 kB at 50 kB a second: never sooner, however fast or slow the machine is.
	run 400 100 100 rate=50000
	conserved rate=50000
	[ "$(n elapsed_ns)" -ge 800000000 ] || wrong "rate=50000: only $(n elapsed_ns) ns"
	run 4000 100 100 variant=batched batch=4
	cp counters first
	differs producer_publications -lt variant=batched batch=64
	# A line so slow that the consumer is done with what there is: it is told again and again.
	run 4000 100 100 rate=2000000
	cp counters first
	differs wire_by_watermark -gt rate=2000000 watermark_bytes=512
	run 100 100 100 rate=500000 watermark_bytes=32768
	[ "$(n wire_by_idle)" -gt 0 ] || wrong "nobody told of the last bytes"
	run 100 100 100 rate=500000 watermark_bytes=32768 idle_usecs=0
	[ "$(n wire_by_idle)" = 0 ] || wrong "idle_usecs=0 is not never"
	# Every interrupt is lost, the watchdog's too: both ends look by themselves, a hundredth of
	# a second apart.
	echo 1 >$fault/lost/interval
	run 4000 100 100 watchdog_usecs=500
	sound "no interrupt arrives"
	[ "$(n wire_by_watchdog)" -gt 0 ] || wrong "the watchdog raised nothing again"
	run 4000 100 100 watchdog_usecs=0
	[ "$(n wire_by_watchdog)" = 0 ] || wrong "watchdog_usecs=0 is not never"
	echo 0 >$fault/lost/interval
	run 4000 100 100 wire=lossy notify=timer usecs=3000 idle_usecs=0
	[ "$(n wire_dropped_records)" -gt 0 ] || wrong "wire=lossy drops nothing"
	conserved wire=lossy
	run 100 600 600 wire=lossy fifo_bytes=1024
	[ "$(n wire_bad_headers)" = 1 ] || wrong "a wire of 1024 bytes takes a record of 616"
	load dma_ring channel_tx=dma0chan3 channel_rx=dma0chan1 mapping=streaming irq_cpu=1
	take_log
	grep 'DMA ring buffer: dma0chan3 to dma0chan1, 65536 bytes, period 4096, streaming' log ||
		wrong "channels by name"
	irq=$(sed -n 's/^ *\([0-9]*\):.*dma_ring$/\1/p' /proc/interrupts)
	./ring_ctl 2000 100 100 7 >counters
	grep dma_ring /proc/interrupts
	cpu=$(cat "/proc/irq/$irq/effective_affinity_list")
	[ "$cpu" = 1 ] || wrong "irq_cpu=1 is CPU $cpu"
	rmmod dma_ring
	splats
}

faults() {
	load vdma
	for name in lost late duplicated stall error; do
		for wire in lossless lossy; do
			case $name in error) interval=300 ;; *) interval=20 ;; esac
			echo $interval >$fault/$name/interval
			run 10000 0 1000 wire=$wire
			conserved "$name, $wire"
			echo "$name $wire: $(fates), hits $(cat $fault/$name/hits)"
			echo 0 >$fault/$name/interval
		done
		[ "$(cat $fault/$name/hits)" -gt 0 ] || wrong "$name never happened"
	done
	before=$(cat $fault/error/hits)
	echo 50 >$fault/error/interval
	run 10000 0 1000 transfer=memcpy notify=period
	conserved "error, copies"
	echo "error copies: $(fates), epochs $(n wire_epochs)"
	echo 0 >$fault/error/interval
	[ "$(cat $fault/error/hits)" -gt "$before" ] || wrong "no copy failed"
	take_log
	splats
}

refusals() {
	refused 'no free channel that can do cyclic transfers' dma_ring
	load vdma
	set -- $variants
	refused "variant=best is none of: naive $*" dma_ring variant=best
	refused 'mapping=magic is none of' dma_ring mapping=magic
	refused 'transfer=magic is none of' dma_ring transfer=magic
	refused 'notify=watermark needs a wire' dma_ring transfer=memcpy
	refused 'dma9chan9: there is none that is free and can do copies' dma_ring transfer=memcpy \
		notify=period channel_tx=dma9chan9
	refused 'notify=never is none of' dma_ring notify=never
	refused 'ring_bytes=65535 is not a power of two' dma_ring ring_bytes=65535
	refused 'ring_bytes=2048 is not a power of two from 4096 to 2097152' dma_ring \
		ring_bytes=2048
	refused 'ring_bytes=4194304 is not a power of two' dma_ring ring_bytes=4194304
	refused 'period_bytes=3000 does not divide ring_bytes' dma_ring period_bytes=3000
	refused 'period_bytes=0 does not divide ring_bytes' dma_ring period_bytes=0
	refused 'period_bytes=32768 is more than a quarter' dma_ring period_bytes=32768
	refused 'bus_width=3 is not 1, 2, 4 or 8' dma_ring bus_width=3
	refused 'maxburst=0 is not 1 to 128' dma_ring maxburst=0
	refused 'maxburst=3 times bus_width does not divide period_bytes' dma_ring maxburst=3
	refused 'batch=0 is not 1 to 4096' dma_ring batch=0
	refused 'watermark_bytes=65536 never comes' dma_ring watermark_bytes=65536
	refused 'makes notify=timer never tell anything' dma_ring notify=timer
	refused 'channel dma9chan9: there is none that is free' dma_ring channel_tx=dma9chan9
	refused 'irq_cpu is not online' dma_ring irq_cpu=99
	refused 'fifo_bytes is not a power of two' dma_ring fifo_bytes=1000
	refused 'bytes_per_second is below 1000' dma_ring rate=1
	load dma_ring
	./ring_ctl 10 0 17000 7 2>/dev/null && wrong "a record longer than a quarter of the ring"
	./ring_ctl 10 9 8 7 2>/dev/null && wrong "lengths from 9 to 8"
	./ring_ctl 0 8 8 7 2>/dev/null && wrong "no records"
	RING_CTL_COMPAT=1 ./ring_ctl 100 10 10 7 >counters || wrong "not for a program of 32 bits"
	rmmod vdma 2>/dev/null && wrong "the engine unloaded under the ring"
	rmmod dma_ring && rmmod vdma || wrong "not unloaded"
	take_log
	grep -q 'records of 17000 bytes: a ring of 65536 takes 16384 at most' log ||
		wrong "no reason for a long record"
	splats
}

largest() {
	local mapping
	load vdma
	for mapping in coherent streaming; do
		load dma_ring ring_bytes=2097152 mapping=$mapping ||
			wrong "2 MiB, $mapping: refused"
		./ring_ctl 20000 0 9000 7 >counters || wrong "2 MiB, $mapping: no run"
		sound "2 MiB, $mapping"
		rmmod dma_ring
	done
	rmmod vdma
	take_log
	splats
}

fail_at() {
	load vdma
	fails_at_every_step dma_ring left_by_ring
	refused 'fails as asked' dma_ring fail_at=5 mapping=streaming
	refused 'fails as asked' dma_ring fail_at=6 mapping=streaming
	fails_at_every_step dma_ring left_by_ring transfer=memcpy notify=period
	left_by_ring
}

interrupted() {
	load vdma
	load dma_ring rate=100000
	./ring_ctl 100000 1000 1000 7 >counters &
	sleep 1
	./ring_ctl 10 10 10 7 2>busy && wrong "two runs at once"
	grep -q 'busy' busy || wrong "second run: $(cat busy)"
	rmmod dma_ring 2>/dev/null && wrong "unloaded during a transfer"
	kill -TERM $!
	wait $! && wrong "the run ended well"
	./ring_ctl 100 10 10 7 >counters || wrong "not after an interrupted run"
	sound "after an interrupted run"
	rmmod dma_ring && rmmod vdma || wrong "not unloaded"
	{ kernel_thread vdma || kernel_thread dma_ring; } && wrong "a thread is left"
	take_log
	splats
}

cycle() {
	rmmod ring_link
	load vdma && load ring_link && run 50 0 1000 && rmmod vdma || wrong "a cycle failed"
	sound "a cycle"
}

cycles() { leaves_nothing cycle; }

part "$@"
