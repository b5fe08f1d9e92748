#!/bin/dash
# SPDX-License-Identifier: GPL-2.0
# Sourced by the guest's side of module tests: says what is wrong, and ends with 1 where something
# was.
# shellcheck disable=SC2086 # unquoted: names and numbers of our own
modules=/payload/modules
status=0
dmesg -c >/dev/null

wrong() { echo "wrong: $*"; status=1; }

# How a script of a guest's side ends: does one of its functions, and tells.
part() { # FUNCTION [ARGUMENT ...]
	"$@"
	leaks
	take_log
	splats
	checkers_are_on
	exit $status
}

# A checker that ended itself would find everything right.
checkers_are_on() {
	local debug=/sys/kernel/debug
	[ ! -e /proc/lockdep_stats ] || grep -q 'debug_locks: *1$' /proc/lockdep_stats ||
		wrong "lockdep is off"
	[ ! -e $debug/dma-api/disabled ] || [ "$(cat $debug/dma-api/disabled)" = N ] ||
		wrong "the checks of the DMA API are off"
	[ ! -e $debug/kcsan ] || grep -q 'enabled: 1' $debug/kcsan || wrong "KCSAN is off"
}

# Where the kernel looks for memory that nothing points to (kmemleak), nothing of ours may be there.
# What changed since it looked before, or is younger than 5 s, it does not name yet.
leaks() {
	local file=/sys/kernel/debug/kmemleak
	[ -e $file ] || return 0
	sleep 6
	echo scan >$file && echo scan >$file || wrong "no scan for leaks"
	leaked_here <$file >leaked
	[ -s leaked ] || return 0
	cat leaked
	wrong "memory that nothing points to"
}

# Without what the kernel itself loses. A channel that dmaengine cannot register loses its name:
# __dma_async_device_channel_register() frees the struct that dev_set_name() gave it to where
# device_register() fails, instead of put_device() (drivers/dma/dmaengine.c, err_out_ida; 6.12).
leaked_here() {
	awk -v names='dev_set_name[^\n]*\n[^\n]*__dma_async_device_channel_register' '
		function tell() {
			if (object !~ names) printf "%s", object
		}
		/^unreferenced object/ { tell(); object = "" }
		{ object = object $0 "\n" }
		END { tell() }'
}

load() { # MODULE [PARAMETER ...]
	local name=$1
	shift
	insmod "$modules/$name.ko" "$@"
}

# kernel_thread NAME: is there one whose name begins so?
# shellcheck disable=SC2009 # busybox has no pgrep here
kernel_thread() { ps | grep "\[$1[]/]"; }

# The kernel log since the last call, without what the kernel brings upon itself. What nothing
# points to is judged by name, by leaks(): not by the line that says how much there is.
kernel_log() { dmesg -c | without_its_own | grep -v 'kmemleak: [0-9]* new suspected memory leaks'; }

# The timer of a CPU's fair server waits for that run queue's lock. The server may be stopped and
# started meanwhile, which queues the timer anew; dl_server_timer() then forwards a timer that is
# queued, and hrtimer_forward() warns (kernel/sched/deadline.c, 6.12). The longer the guest's CPUs
# wait for this machine's, the likelier. A report that is not whole, or within another, is told.
without_its_own() {
	awk '
		function tell() { printf "%s", report; report = ""; warns = by_server = 0 }
		/cut here/ { tell(); within = 1 }
		!within { print; next }
		{ report = report $0 "\n" }
		/WARNING: .* hrtimer_forward\+/ { warns = 1 }
		/ dl_task_timer\+/ { by_server = 1 }
		/end trace/ {
			if (warns && by_server) report = ""
			tell()
			within = 0
		}
		END { tell() }'
}

# Takes the kernel log into the file `log`.
take_log() { kernel_log >log; }

# The texts of runner/base/splats.cc; a unit test compares the two.
cat >splat_texts <<'END_OF_SPLATS'
watchdog: BUG: soft lockup
hard LOCKUP
BUG: unable to handle
Unable to handle kernel
Oops
kernel BUG at
general protection fault
Out of memory and no killable processes
Kernel panic - not syncing
WARNING: 
BUG: 
cut here
Call Trace:
detected stalls
self-detected stall
stall on CPU
rcu: INFO: rcu_
INFO: trying to register non-static key
INFO: lockdep is turned off
DEBUG_LOCKS_WARN_ON
blocked for more than
KASAN: 
UBSAN: 
KCSAN: 
KFENCE: 
DMA-API: 
ODEBUG: 
suspected memory leak
leak detector disabled
list_add corruption
list_del corruption
Redzone overwritten
Poison overwritten
Object already free
Objects remaining in
stalled pool shutdown
ref_tracker: 
NETDEV WATCHDOG: 
bad page state
Bad page state
unregister_netdevice: waiting for
nobody cared
refcount_t: 
Out of memory: Killed
END_OF_SPLATS

splats() { grep -F -f splat_texts log && wrong "the kernel complains"; }

refused() { # REASON MODULE [PARAMETER ...]
	local reason=$1 module=$2
	shift
	load "$@" 2>/dev/null && { wrong "$* accepted"; rmmod "$module"; }
	take_log
	grep -qF "$reason" log || { cat log; wrong "$*: no '$reason'"; }
	splats
}

# It fails and says so.
says() { # TEXT COMMAND ...
	local text=$1
	shift
	"$@" >said 2>&1 && wrong "$* accepted"
	grep -qiF -- "$text" said || { cat said; wrong "$*: no '$text'"; }
}

# What each module leaves where loading it, or setting its devices up, failed at step $step.
left_by_vdma() {
	[ -e /sys/bus/platform/drivers/vdma ] && wrong "step $step leaves its driver"
	[ -e /sys/kernel/debug/vdma ] && wrong "step $step leaves its debugfs"
	[ -n "$(ls /sys/class/dma)" ] && wrong "step $step leaves channels"
	kernel_thread vdma && wrong "step $step leaves its thread"
}

left_by_ring() {
	[ -e /dev/dma_ring ] && wrong "step $step leaves its device"
	left_of_lines dma_ring
}

left_by_nic() {
	[ -e /sys/class/net/rxnic0 ] && wrong "step $step leaves a device"
	left_of_lines rxnic
}

left_of_lines() { # NAME
	grep "$1" /proc/interrupts && wrong "step $step leaves its interrupt"
	grep -q in-use /sys/kernel/debug/dmaengine/summary &&
		wrong "step $step leaves a channel in use"
	[ "$(cat /sys/module/vdma/refcnt)" = 0 ] || wrong "step $step holds vdma"
}

# kB of slab (what cannot be reclaimed weighs double), kB of free memory
memory() {
	awk '/^(Slab|SUnreclaim)/ { slab += $2 } /^MemFree/ { free = $2 }
		END { print slab, free }' /proc/meminfo
}

# A hundred times, or so many. The first times fill caches. A cycle that lost an object of 1 KiB
# would show as 200 kB of slab, and so would the next hundred; without one it is 8 to 230 kB now and
# then (500 cycles: 48 and 72 kB), so a hundred that shows it is asked again, twice. A lost ring
# would show as 6 MB of pages.
leaves_nothing() { # COMMAND [TIMES]
	local try times=${2:-100} _
	for _ in 1 2 3 4 5 6 7 8 9 10; do "$1"; done
	for try in 1 2 3; do
		# shellcheck disable=SC2046 # two numbers
		set -- "$1" $(memory)
		for _ in $(seq "$times"); do "$1"; done
		sleep 1
		# shellcheck disable=SC2046
		set -- "$@" $(memory)
		echo "slab $2 kB, then $4 kB; free $3 kB, then $5 kB"
		# With KASAN what is freed stays for a while; and such a kernel looks for leaks.
		[ ! -e /sys/kernel/debug/kmemleak ] || break
		[ $(($4 - $2)) -lt 180 ] && [ $(($3 - $5)) -lt 4096 ] && break
		[ $try -lt 3 ] || wrong "memory is lost"
	done
	take_log
	splats
}

# Loads with fail_at=1, 2, ... until it succeeds; LEAVES says after each what is left.
fails_at_every_step() { # MODULE LEAVES [PARAMETER ...]
	local module=$1 leaves=$2
	shift 2
	step=1
	until load "$module" fail_at=$step "$@" 2>/dev/null; do
		"$leaves"
		step=$((step + 1))
		[ $step -lt 40 ] || break
	done
	take_log
	grep 'fails as asked' log
	[ $step -gt 5 ] && [ $step -lt 40 ] || wrong "$step steps"
	rmmod "$module"
	splats
}
