#!/bin/dash
# SPDX-License-Identifier: GPL-2.0
# In the guest of vm/test-lab: a run on "this machine", which is the guest, is killed with -9; no
# new run starts until it is undone, and then nothing of it is left.
set -e
export RXLAB_ROOT="$PWD"
budget=/proc/sys/net/core/netdev_budget
before=$(cat $budget)
# What the kernel keeps to, in us: the least that any process asks for.
latency() { od -An -td4 /dev/cpu_dma_latency | tr -d ' '; }
asleep=$(latency)

die() { echo "$*"; exit 1; }

set -- /payload/rxlab run ./budget.json --target host --lane functional --rounds 1 --no-report
set -- "$@" --quiet
"$@" --out out &
pid=$!
tries=0
while [ "$(latency)" != 20 ]; do
	tries=$((tries + 1))
	[ $tries -lt 200 ] || die "the knobs were never set"
	usleep 50000
done
[ "$(cat $budget)" != "$before" ] || die "the budget was never set"
kill -9 $pid
wait $pid || true
[ "$(latency)" = "$asleep" ] || die "something still asks for $(latency) us"
ls -d /run/netns/*rxlab* || die "no namespace was there"
"$@" --out again && die "a new run started on a changed machine"
/payload/rxlab restore
[ "$(cat $budget)" = "$before" ] || die "the knob is still changed"
[ "$(latency)" = "$asleep" ] || die "restoring asked for $(latency) us"
[ -z "$(ls /run/netns 2>/dev/null)" ] || die "a namespace is left"
"$@" --out again || [ $? -le 3 ]
