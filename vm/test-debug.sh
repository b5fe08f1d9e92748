#!/bin/dash
# SPDX-License-Identifier: GPL-2.0
# The guest's side of vm/test-debug: sh test-debug.sh FUNCTION [ARGUMENT ...].
# shellcheck disable=SC2086 # unquoted: names and numbers of our own
. ./guest-checks.sh
debug=/sys/kernel/debug

# ---- a fault of each kind is told

# provoke FAULT TEXT: what rxfault does, and what is told of it.
provoke() {
	load rxfault fault="$1" 2>/dev/null
	take_log
	grep -q "rxfault: $1 on purpose" log || wrong "$1: rxfault was not loaded"
	grep -F -f splat_texts log >complaints
	grep -qF "$2" complaints || { cat log; wrong "$1: no '$2'"; }
}

lost() {
	load rxfault fault=leak 2>/dev/null
	(leaks) | grep -q 'memory that nothing points to' || wrong "leak: kmemleak names nothing"
	take_log
}

has() { zcat /proc/config.gz | grep -q "^$1=y"; } # OPTION

told() {
	provoke sleep 'BUG: sleeping function called from invalid context'
	provoke index 'UBSAN: array-index-out-of-bounds'
	provoke active_timer 'ODEBUG: free active'
	provoke dma 'DMA-API: platform rxfault: device driver tries to free DMA memory'
	if has CONFIG_KASAN; then
		provoke use_after_free 'BUG: KASAN: slab-use-after-free'
		provoke out_of_bounds 'BUG: KASAN: slab-out-of-bounds'
	fi
	! has CONFIG_DEBUG_KMEMLEAK || lost
	! has CONFIG_KCSAN || provoke race 'BUG: KCSAN: data-race'
	# The last one: lockdep tells of one, then looks no more.
	! has CONFIG_PROVE_LOCKING || provoke lock_order 'WARNING: possible circular locking'
	exit $status
}

# ---- the kernel's own test of engines that copy, on ours

# dmatest THREADS [PARAMETER ...]: THREADS of them on each of four channels, none of which finds a
# wrong byte. A transfer takes as long as it takes.
dmatest() {
	local threads=$1 of=/sys/module/dmatest/parameters
	shift
	insmod ./dmatest.ko threads_per_chan=$threads iterations=50 test_buf_size=16384 \
		timeout=-1 "$@" || { wrong "dmatest $*: not loaded"; return; }
	echo 1 >$of/run
	cat $of/wait >/dev/null
	rmmod dmatest || wrong "dmatest $*: not unloaded"
	take_log
	grep 'dmatest: ' log | grep -v -e 'Added' -e 'Started' -e 'No channels configured'
	[ "$(grep -c 'summary 50 tests, 0 failures' log)" = $((4 * threads)) ] ||
		wrong "dmatest $*: not every thread is right"
	splats
}

copies() { # [PARAMETER OF vdma ...]
	load vdma channels=4 "$@" || wrong "vdma $*: not loaded"
	dmatest 1
	dmatest 3
	dmatest 1 norandom=1
	# Each transfer ends by terminating the channel, so it has to be the only one there.
	dmatest 1 polled=1
	stopped_halfway
	rmmod vdma || wrong "vdma $*: not unloaded"
}

# A thread that is stopped while it waits says "timed out", and terminates its channel: so it has to
# be the only one there, and may say nothing else.
stopped_halfway() {
	insmod ./dmatest.ko timeout=-1 || wrong "dmatest: not loaded"
	echo 1 >/sys/module/dmatest/parameters/run
	sleep 2
	rmmod dmatest || wrong "dmatest: not unloaded while it runs"
	take_log
	grep 'dmatest: .* result #' log | grep -v 'test timed out' &&
		wrong "dmatest, stopped: not every thread was right"
	[ "$(grep -c 'summary [0-9]* tests, [01] failures' log)" = 4 ] ||
		{ cat log; wrong "dmatest, stopped"; }
	splats
}

# ---- each allocation fails in turn

# Also what may wait for memory fails. What the kernel says of it itself is no complaint of ours.
allocations_may_fail() {
	local kind
	for kind in failslab fail_page_alloc; do
		echo 0 >$debug/$kind/verbose && echo N >$debug/$kind/ignore-gfp-wait ||
			wrong "$kind is not there"
	done
	echo 0 >$debug/fail_page_alloc/min-order
	echo N >$debug/fail_page_alloc/ignore-gfp-highmem
}

# Without the reports, stack included, of the allocators of virtual and per-CPU memory.
take_log() {
	kernel_log | awk '/vmalloc error: |percpu: allocation failed/ { within = 1 }
		!within
		/<\/TASK>/ { within = 0 }' >log
}

nothing() { :; }

# The command is done with its 1st, 2nd, ... allocation failing in these system calls, until all
# are had. Where it is refused, LEFT says what is left; where it is not, UNDO undoes it.
fails_in_turn() { # WHAT SYSCALLS LEFT UNDO COMMAND...
	local what=$1 calls=$2 left=$3 undo=$4 nth=0 refused=0 result
	shift 4
	while nth=$((nth + 1)) && [ $nth -lt 5000 ]; do
		step="$what, allocation $nth"
		./fail_nth $nth "$calls" "$@" 3>remaining >said 2>&1
		result=$?
		case $result in
		0) $undo || wrong "$step: not undone" ;;
		125) cat said; wrong "$step: fail_nth"; return ;;
		*) refused=$((refused + 1)); $left ;;
		esac
		take_log
		splats
		[ "$(cat remaining)" = 0 ] || break
		[ $status = 0 ] || { cat said log; return; }
	done
	echo "$what: $((nth - 1)) allocations, $refused of them refuse it"
	[ $result = 0 ] || { cat said; wrong "$what: refused with all allocations"; }
	[ $refused -gt 0 ] || wrong "$what: no allocation failed"
	[ $nth -lt 5000 ] || wrong "$what: there is no end"
}

loads() { # MODULE LEFT [PARAMETER ...]
	local module=$1 left=$2
	shift 2
	fails_in_turn "load $module $*" init_module,finit_module "$left" "rmmod $module" \
		insmod $modules/$module.ko "$@"
}

allocations_vdma() {
	allocations_may_fail
	loads vdma left_by_vdma
}

allocations_ring() {
	allocations_may_fail
	load ring_link && load vdma || wrong "not loaded"
	loads dma_ring left_by_ring
	loads dma_ring left_by_ring mapping=streaming
	loads dma_ring left_by_ring transfer=memcpy notify=period
	load dma_ring || wrong "dma_ring: not loaded"
	fails_in_turn "run of dma_ring" openat,ioctl nothing true ./ring_ctl 100 10 10 7
	./ring_ctl 100 10 10 7 >counters || wrong "dma_ring: no run after all"
	rmmod dma_ring
}

down() { ip link set rxnic0 down; }

allocations_nic() {
	local far=/sys/class/net/rxnic1/rxnic
	allocations_may_fail
	load ring_link && load vdma channels=16 || wrong "not loaded"
	loads rxnic left_by_nic queues=1
	load rxnic || wrong "rxnic: not loaded"
	ip link set rxnic1 up
	# Netlink may lose the answer of what was done, so that is undone where it is refused, too.
	fails_in_turn "rxnic up" sendmsg down down ip link set rxnic0 up
	ip link set rxnic0 up || wrong "rxnic: not up after all"
	for handler in $(tr -d '[]' <$far/handler); do
		other_handler
		fails_in_turn "handler $handler" write other_handler other_handler \
			sh -c "echo $handler >$far/handler"
	done
	fails_in_turn "ring size" ioctl,sendmsg other_size other_size \
		ethtool -G rxnic1 rx 131072
	fails_in_turn "channels" ioctl,sendmsg other_channels other_channels \
		ethtool -L rxnic1 combined 4
	rmmod rxnic || wrong "rxnic: not unloaded"
}

other_handler() { # than $handler
	local other=napi
	[ "$handler" != napi ] || other=workqueue
	echo $other >/sys/class/net/rxnic1/rxnic/handler
}
other_size() { ethtool -G rxnic1 rx 65536; }
other_channels() { ethtool -L rxnic1 combined 1; }

part "$@"
