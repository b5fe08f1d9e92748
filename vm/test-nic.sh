#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The guest's side of vm/test-nic: sh test-nic.sh PART [ARGUMENT ...].
. ./guest-checks.sh
fault=/sys/kernel/debug/vdma/fault
cpus=$(grep -c ^processor /proc/cpuinfo)

# What pktgen says when its device goes is no complaint.
take_log() { dmesg -c | grep -v 'pktgen: WARNING: trying to remove a running interface' >log; }

handlers() { tr -d '[]' <$(sys rxnic1)/handler; }

sys() { echo /sys/class/net/$1/rxnic; }

load_nic() { # [PARAMETER ...]; $engine: parameters of vdma
	load vdma channels=16 ${engine-} && load rxnic "$@" || { wrong "$*: not loaded"; return 1; }
	for device in rxnic0 rxnic1; do echo 1 >/proc/sys/net/ipv6/conf/$device/disable_ipv6; done
}

up() { ip link set rxnic0 up && ip link set rxnic1 up || wrong "not up"; }

unload_nic() { rmmod rxnic && rmmod vdma || wrong "not unloaded"; }

# n DEVICE COUNTER
n() { ethtool -S $1 | awk -v name="$2:" '$1 == name { print $2 }'; }

# What left FROM arrived at TO, or is counted; and what arrived has one fate.
balanced() { # WHAT FROM TO
	local try sent rest
	for try in 1 2 3 4 5 6 7 8 9 10; do
		ethtool -S $3 >arrived
		sent=$(n $2 tx_frames)
		set -- "$1" $2 $3 $(awk '{ sub(":", ""); v[$1] = $2 } END {
			print v["rx_frames"] + v["wire_dropped_records"] + v["given_up"] - v["wire_source_records"], v["rx_frames"],
				v["xdp_drop"] + v["xdp_aborted"] + v["xdp_tx"] + v["xdp_tx_dropped"] + v["xdp_redirect"] + v["xdp_redirect_dropped"] + v["rx_passed"] + v["rx_no_page"] + v["rx_no_skb"] + v["rx_bad"] }' arrived)
		[ "$sent" = "$4" ] && [ "$5" = "$6" ] && return
		sleep 0.3
	done
	wrong "$1: $2 sent $sent, $3 received or counted $4; of $5 received $6 have a fate"
	grep -v -e ': 0$' -e ' q[0-9]_' arrived
}

xdp() { # DEVICE PROGRAM, or off
	if [ $2 = off ]; then ip link set $1 xdp off; else ip -force link set $1 xdp obj nic_xdp.bpf.o program $2; fi || wrong "XDP $2 on $1"
}

pg() { # FILE COMMAND
	echo "$2" >/proc/net/pktgen/$1
	grep -q 'Result: OK' /proc/net/pktgen/$1 || wrong "pktgen $1: $2: $(tail -n 1 /proc/net/pktgen/$1)"
}

start() { echo start >/proc/net/pktgen/pgctrl; }

# pktgen COUNT [SETTING ...]: from rxnic0 to rxnic1; 0: until it is stopped.
pktgen() {
	ready "$@"
	start
}

ready() {
	local setting try
	pg kpktgend_0 rem_device_all
	# It says so an eighth of a second later, whether or not its thread has come to it.
	for try in $(seq 100); do [ -e /proc/net/pktgen/rxnic0 ] || break; sleep 0.1; done
	pg kpktgend_0 'add_device rxnic0'
	for setting in "count $1" 'pkt_size 60' 'delay 0' 'dst 10.0.0.2' "dst_mac $(cat /sys/class/net/rxnic1/address)" 'udp_dst_min 9' 'udp_dst_max 9'; do pg rxnic0 "$setting"; done
	shift
	for setting; do pg rxnic0 "$setting"; done
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
	in_a ping -q -c 3 -i 0.1 -W 5 -s ${2:-56} 10.0.0.2 >ping || { cat ping; wrong "$1: no ping of ${2:-56} bytes"; }
}

stream() { # WHAT [IPERF3 OPTION ...]
	local what=$1
	shift
	in_b iperf3 -s -1 -D
	sleep 0.5
	in_a iperf3 -c 10.0.0.2 "$@" >iperf 2>&1 || { cat iperf; wrong "$what: iperf3 $*"; }
	grep 'receiver' iperf || wrong "$what: iperf3 $* received nothing"
}

traffic() {
	load_nic
	apart
	for handler in $(in_b cat $(sys rxnic1)/handler | tr -d '[]'); do
		in_b sh -c "echo $handler >$(sys rxnic1)/handler" || wrong "no handler $handler"
		pings $handler
		pings $handler 1472
		stream $handler -n 2M
	done
	stream udp -u -b 20M -n 1M
	in_a ethtool -K rxnic0 tx off sg off
	in_b ethtool -K rxnic1 gro off
	stream "no offloads" -n 1M
	ip -n a link set rxnic0 mtu 9000 && ip -n b link set rxnic1 mtu 9000 || wrong "no MTU of 9000"
	pings "jumbo" 8972
	stream "jumbo" -n 2M
	in_b ethtool -S rxnic1 | grep -E ' (rx_passed|rx_bad|rx_no_page): '
	together
	balanced "traffic" rxnic0 rxnic1
	balanced "traffic back" rxnic1 rxnic0
	unload_nic
	take_log
	splats
}

# Where __netif_receive_skb ran: the softIRQ's name, or the thread's.
contexts() {
	load_nic
	apart
	tracing=/sys/kernel/tracing
	echo 1 >$tracing/events/irq/softirq_entry/enable
	echo 1 >$tracing/events/net/netif_receive_skb/enable
	for handler in $(in_b cat $(sys rxnic1)/handler | tr -d '[]'); do
		in_b sh -c "echo $handler >$(sys rxnic1)/handler"
		echo >$tracing/trace
		pings $handler
		awk '{ match($0, /\[[0-9]+\]/); cpu = substr($0, RSTART, RLENGTH); flags = substr($0, RSTART + RLENGTH + 1, 5) }
			/softirq_entry/ { match($0, /action=[A-Z_]+/); vector[cpu] = substr($0, RSTART + 7, RLENGTH - 7) }
			/netif_receive_skb: dev=rxnic1/ { comm = $1; print flags ~ /s/ ? vector[cpu] : comm }' $tracing/trace | sort | uniq -c | sort -rn | sed 's/  *[0-9]* //;q' >where
		echo "$handler: $(cat where)"
		case $handler in
		napi) expected='NET_RX' ;;
		napi_threaded) expected='napi/rxnic1' ;;
		tasklet* | bh_workqueue) expected='TASKLET' ;;
		workqueue) expected='kworker/' ;;
		threaded_irq) expected='irq/' ;;
		esac
		grep -q "^$expected" where || { wrong "$handler ran in $(cat where), not in $expected"; head -30 $tracing/trace; }
	done
	echo 0 >$tracing/events/enable
	together
	unload_nic
	take_log
	splats
}

conserved() { # FRAMES [PARAMETER OF vdma]
	engine=${2-}
	load_nic queues=$cpus
	up
	xdp rxnic1 drop
	for handler in $(handlers); do
		echo $handler >$(sys rxnic1)/handler
		before=$(n rxnic1 xdp_drop)
		pktgen $1 'pkt_size 60' "queue_map_max $((cpus - 1))" 'clone_skb 10' 'burst 8'
		balanced $handler rxnic0 rxnic1
		# A burst may go beyond the count.
		[ $(($(n rxnic1 xdp_drop) - before)) -ge $1 ] || wrong "$handler: $(($(n rxnic1 xdp_drop) - before)) of $1 dropped by XDP"
	done
	# A line that drops what finds no room, before a receiver that is told a tenth of a second later.
	unload_nic
	engine=${2-engine_rt=1}
	load_nic wire=lossy ring_bytes=8192 watermark_bytes=0 usecs=100000
	up
	xdp rxnic1 drop
	pktgen 3000
	balanced lossy rxnic0 rxnic1
	echo "lossy: $(n rxnic1 wire_dropped_records) of 3000 dropped"
	[ "$(n rxnic1 wire_dropped_records)" -gt 100 ] || wrong "a lossy line drops nothing"
	unload_nic
	take_log
	splats
}

# verdict PROGRAM COUNTER [RETURNING]: 5000 frames more in COUNTER, and as many in RETURNING as come back. What finds no room in
# the ring back is dropped, and counted.
verdict() {
	xdp rxnic1 $1
	before=$(n rxnic1 $2) dropped=$(n rxnic1 ${2}_dropped) left=$(n rxnic1 ${3:-tx_frames}) back=$(n rxnic0 rx_frames)
	pktgen 5000
	balanced $1 rxnic0 rxnic1
	balanced "$1, back" rxnic1 rxnic0
	[ $(($(n rxnic1 $2) - before + $(n rxnic1 ${2}_dropped) - dropped)) = 5000 ] || wrong "$handler, $1: $2 grew by $(($(n rxnic1 $2) - before)), not 5000"
	back=$(($(n rxnic0 rx_frames) - back)) left=$(($(n rxnic1 ${3:-tx_frames}) - left))
	[ $back = $left ] || wrong "$handler, $1: $left left, $back came back"
	[ -z "${3-}" ] || [ $back -gt 1000 ] || wrong "$handler, $1: brought $back back"
}

verdicts() {
	load_nic
	up
	for handler in $(handlers); do
		echo $handler >$(sys rxnic1)/handler
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
	unload_nic
	take_log
	splats
}

# Everything that can be changed, while frames come.
changes() {
	load_nic
	up
	xdp rxnic1 drop
	ready 0
	start &
	sleep 0.5
	for round in 1 2 3; do
		for handler in $(handlers); do echo $handler >$(sys rxnic1)/handler || wrong "switch to $handler"; done
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
		echo 100 >$(sys rxnic1)/work && echo 0 >$(sys rxnic1)/work || wrong "work"
	done
	sleep 1
	echo stop >/proc/net/pktgen/pgctrl
	wait
	balanced changes rxnic0 rxnic1
	echo "sent $(n rxnic0 tx_frames), given up $(n rxnic1 given_up), dropped by XDP $(n rxnic1 xdp_drop)"
	[ "$(n rxnic1 xdp_drop)" -gt 1000 ] || wrong "hardly any traffic"
	balanced "changes, back" rxnic1 rxnic0
	pktgen 1000
	balanced "after changes" rxnic0 rxnic1
	unload_nic
	take_log
	splats
}

# grows COUNTER RELATION: per 10000 frames, against the last measure with `measure`.
measure() { # [PKTGEN SETTING ...]
	ethtool -S rxnic1 >one
	ethtool -S rxnic0 >zero
	pktgen 10000 "$@"
	balanced measure rxnic0 rxnic1
	[ -e now1 ] && mv now1 was1 && mv now0 was0
	for side in 0 1; do
		[ $side = 0 ] && first=zero || first=one
		ethtool -S rxnic$side | awk -v first=$first 'BEGIN { while ((getline line < first) > 0) { split(line, w, /[: ]+/); old[w[2]] = w[3] } } { sub(":", ""); print $1, $2 - old[$1] }' >now$side
	done
}

now() { sed 's/ .*//; s/\.//' /proc/uptime; } # in hundredths of a second

was() { awk -v name="$2" '$1 == name { print $2 }' was${1#rxnic}; }
is() { awk -v name="$2" '$1 == name { print $2 }' now${1#rxnic}; }

grew() { # WHAT DEVICE COUNTER RELATION
	echo "$1: $3 was $(was $2 $3), is $(is $2 $3)"
	[ "$(is $2 $3)" "$4" "$(was $2 $3)" ] || wrong "$1: $3 was $(was $2 $3), is $(is $2 $3)"
}

settings() {
	load_nic
	up
	xdp rxnic1 drop
	ethtool -i rxnic0 | grep -q 'driver: rxnic' || wrong "ethtool -i"
	measure
	ethtool -C rxnic0 tx-usecs 0
	measure
	grew "tx-usecs 0" rxnic0 tx_doorbells -gt
	ethtool -C rxnic0 tx-usecs 100000 tx-frames 8
	measure
	grew "tx-usecs 100000, tx-frames 8" rxnic0 tx_doorbells -lt
	ethtool -C rxnic0 tx-usecs 100000 tx-frames 256
	measure
	grew "tx-frames 256" rxnic0 tx_doorbells -lt
	ethtool -C rxnic1 rx-frames 4 rx-usecs 10000
	measure 'delay 100000'
	ethtool -C rxnic1 rx-frames 256 rx-usecs 10
	measure 'delay 100000'
	grew "rx-frames 256, rx-usecs 10" rxnic1 wire_by_watermark -lt
	grew "rx-frames 256, rx-usecs 10" rxnic1 wire_by_usecs -gt
	ethtool -G rxnic1 rx 8192 2>/dev/null && wrong "a ring that 256 frames do not fit"
	ethtool -C rxnic1 rx-frames 32 rx-usecs 50
	measure
	ethtool -G rxnic1 rx 8192
	ethtool -g rxnic1 | sed '1,/Current/d' | grep -q 'RX:.*8192' || { ethtool -g rxnic1; wrong "ring size is not told"; }
	measure
	grew "ring 8192" rxnic0 tx_stops -gt
	ethtool -L rxnic1 combined 4
	ethtool -l rxnic0 | sed '1,/Current/d' | grep -q 'Combined:.*4' || wrong "channels are not told"
	measure 'queue_map_min 0' 'queue_map_max 3'
	for queue in 0 1 2 3; do [ "$(is rxnic1 q${queue}_rx_frames)" -gt 0 ] || wrong "queue $queue got nothing"; done
	ethtool -L rxnic1 combined 1
	for handler in tasklet_budget workqueue; do
		echo $handler >$(sys rxnic1)/handler
		echo 4096 >$(sys rxnic1)/budget
		measure
		echo 2 >$(sys rxnic1)/budget
		measure
		grew "$handler, budget 2" rxnic1 rx_exhausted -gt
	done
	echo napi >$(sys rxnic1)/handler
	ethtool -C rxnic0 tx-usecs 50
	before=$(now)
	measure
	middle=$(now)
	echo 100000 >$(sys rxnic1)/work
	measure
	after=$(now)
	[ $((after - middle)) -gt $(((middle - before) * 2)) ] || wrong "work=100000 takes no time: $((middle - before)) cs, then $((after - middle))"
	unload_nic
	rm -f now? was?
	# What is set at load only.
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
	take_log
	splats
}

# says TEXT COMMAND...: it fails and says so.
says() {
	local text=$1
	shift
	"$@" >said 2>&1 && wrong "$* accepted"
	grep -qiF -- "$text" said || { cat said; wrong "$*: no '$text'"; }
}

logs() { # TEXT VALUE FILE: refused, and the kernel log says why
	sh -c "echo $2 >$3" 2>/dev/null && wrong "$3=$2 accepted"
	take_log
	grep -qF -- "$1" log || { cat log; wrong "$3=$2: no '$1'"; }
}

refusals() {
	refused 'no free channel that can do cyclic transfers' rxnic
	load vdma channels=4
	refused 'no free channel that can do cyclic transfers' rxnic queues=2
	rmmod vdma
	load vdma channels=16
	refused 'handler=best is none of: napi napi_threaded tasklet_greedy tasklet_budget workqueue bh_workqueue threaded_irq' rxnic handler=best
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
	6.1.*) refused 'handler=bh_workqueue: this kernel has no BH workqueues' rxnic handler=bh_workqueue ;;
	esac
	rmmod vdma
	load_nic
	up
	says 'rings are measured in bytes' ethtool -G rxnic0 rx 5000
	says 'would not fit a quarter' sh -c 'ip link set rxnic0 mtu 9000 && ethtool -C rxnic1 rx-frames 16 && ethtool -G rxnic1 rx 16384'
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
	logs 'handler=fast is none of' fast $(sys rxnic0)/handler
	logs 'work: not a number from 0 to 1000000' 1000001 $(sys rxnic0)/work
	logs 'budget: not a number from 1 to 4096' 0 $(sys rxnic0)/budget
	rmmod ring_link 2>/dev/null && wrong "ring_link unloaded under the devices"
	rmmod vdma 2>/dev/null && wrong "the engine unloaded under the devices"
	unload_nic
	take_log
	splats
}

faults() {
	load_nic
	up
	for handler in napi workqueue; do
		echo $handler >$(sys rxnic1)/handler
		echo 3 >/sys/module/rxnic/parameters/fail_page
		pktgen 20000
		echo 0 >/sys/module/rxnic/parameters/fail_page
		balanced "$handler, no page" rxnic0 rxnic1
		[ "$(n rxnic1 rx_no_page)" -gt 0 ] || wrong "$handler: pages were to be had"
		for name in lost late duplicated stall error; do
			case $name in error) echo 300 >$fault/$name/interval ;; *) echo 20 >$fault/$name/interval ;; esac
			xdp rxnic1 drop
			pktgen 20000
			echo 0 >$fault/$name/interval
			sleep 0.2
			balanced "$handler, $name" rxnic0 rxnic1
			echo "$handler, $name: hits $(cat $fault/$name/hits), given up $(n rxnic1 given_up)"
			xdp rxnic1 off
		done
	done
	for name in lost late duplicated stall error; do [ "$(cat $fault/$name/hits)" -gt 0 ] || wrong "$name never happened"; done
	unload_nic
	take_log
	splats
}

# Frames that the wire offers at a rate of its own, whatever becomes of them.
offered() { # WHAT RATE COUNT
	local before=$(n rxnic1 wire_source_records) begun=$(now) try
	echo 0 >$(sys rxnic1)/latency
	echo "$2 $3" >$(sys rxnic1)/source || wrong "$1: no source"
	for try in $(seq 200); do
		[ $(($(n rxnic1 wire_source_records) - before)) -ge $3 ] && break
		sleep 0.1
	done
	took=$(($(now) - begun))
	[ $(($(n rxnic1 wire_source_records) - before)) = $3 ] || wrong "$1: $(($(n rxnic1 wire_source_records) - before)) of $3 offered"
	balanced "$1" rxnic0 rxnic1
}

open_loop() {
	engine=engine_rt=1
	load_nic
	up
	logs 'needs wire=lossy' 1000 $(sys rxnic1)/source
	unload_nic
	load_nic wire=lossy
	up
	logs 'a list of whole frames' 1000 $(sys rxnic1)/source
	# Two frames: of 60 bytes, and of 100.
	{ printf '\074\0\0\0'; head -c 60 /dev/zero; printf '\144\0\0\0'; head -c 100 /dev/zero; } >frames
	head -c 150 frames >$(sys rxnic1)/source_frames
	logs 'a list of whole frames' 1000 $(sys rxnic1)/source
	cat frames >$(sys rxnic1)/source_frames
	logs 'at most 100000000' 100000001 $(sys rxnic1)/source
	xdp rxnic1 drop
	for handler in $(handlers); do
		echo $handler >$(sys rxnic1)/handler
		before=$(n rxnic1 xdp_drop) bytes=$(n rxnic1 rx_bytes) dropped=$(n rxnic1 wire_dropped_records)
		offered "$handler, light" 2000 2000
		[ $took -ge 95 ] && [ $took -lt 300 ] || wrong "$handler: 2000 frames at 2000 a second took $took cs"
		[ $(($(n rxnic1 wire_dropped_records) - dropped)) = 0 ] || wrong "$handler: a light load is dropped"
		[ $(($(n rxnic1 xdp_drop) - before)) = 2000 ] && [ $(($(n rxnic1 rx_bytes) - bytes)) = 160000 ] || wrong "$handler: other frames than those of the list"
		[ "$(head -n 1 $(sys rxnic1)/latency | cut -d' ' -f1)" = 2000 ] || wrong "$handler: latency of $(head -n 1 $(sys rxnic1)/latency)"
		echo 20000 >$(sys rxnic1)/work
		dropped=$(n rxnic1 wire_dropped_records)
		offered "$handler, heavy" 100000 50000
		dropped=$(($(n rxnic1 wire_dropped_records) - dropped))
		[ $dropped -gt 0 ] || wrong "$handler: all of an overload arrived"
		echo 0 >$(sys rxnic1)/work
		echo "$handler: of 50000 frames in $took cs $dropped dropped, $(head -n 1 $(sys rxnic1)/latency)"
	done
	# Together with frames that are sent.
	echo "10000 5000" >$(sys rxnic1)/source
	before=$(n rxnic1 xdp_drop)
	pktgen 20000
	sleep 1
	balanced "both" rxnic0 rxnic1
	[ "$(n rxnic1 rx_bad)" = 0 ] && [ $(($(n rxnic1 xdp_drop) - before)) -gt 20000 ] || wrong "both: $(($(n rxnic1 xdp_drop) - before)) arrived"
	# It ends when it is told to, and when the line does.
	echo 1000 >$(sys rxnic1)/source
	sleep 0.2
	echo 0 >$(sys rxnic1)/source
	before=$(n rxnic1 wire_source_records)
	sleep 0.2
	[ "$(n rxnic1 wire_source_records)" = $before ] || wrong "the source goes on"
	echo 10000 >$(sys rxnic1)/source
	ip link set rxnic1 down && ip link set rxnic1 up
	echo 10000 >$(sys rxnic1)/source
	sleep 0.2
	unload_nic
	take_log
	splats
}

left_by_nic() {
	[ -e /sys/class/net/rxnic0 ] && wrong "step $step leaves a device"
	grep rxnic /proc/interrupts && wrong "step $step leaves its interrupt"
	grep -q in-use /sys/kernel/debug/dmaengine/summary && wrong "step $step leaves a channel in use"
	[ "$(cat /sys/module/vdma/refcnt)" = 0 ] || wrong "step $step holds vdma"
}

fail_at() {
	load vdma channels=4
	fails_at_every_step rxnic left_by_nic
	left_by_nic
	# And what only setting the devices up does.
	up=1
	while [ $step -lt 120 ] && load rxnic fail_at=$step && [ $up != 0 ]; do
		ip link set rxnic0 up
		ip link set rxnic1 up 2>/dev/null
		up=$?
		[ $up = 0 ] || [ "$(cat /sys/module/vdma/refcnt)" = 0 ] || wrong "step $step of setting up holds vdma"
		rmmod rxnic
		left_by_nic
		step=$((step + 1))
	done
	[ $up = 0 ] || wrong "not up after $step steps"
	rmmod rxnic 2>/dev/null
	take_log
	grep 'fails as asked' log
	grep -q 'page pool' log || wrong "the page pool never failed"
	splats
}

cycle() {
	local look
	load_nic
	up
	xdp rxnic1 drop
	ready 0
	start &
	for look in $(seq 100); do
		[ "$(n rxnic1 rx_frames)" -gt 0 ] && break
		usleep 20000
	done
	[ "$(n rxnic1 rx_frames)" -gt 0 ] || wrong "no load"
	rmmod rxnic && rmmod vdma || wrong "a cycle failed"
	wait
}

cycles() { leaves_nothing cycle $1; } # TIMES

dmesg -c >/dev/null
load ring_link
part=$1
shift
"$part" "$@"
exit $status
