#!/bin/dash
# SPDX-License-Identifier: GPL-2.0
# The guest's side of vm/test-nic: sh traffic.sh FUNCTION.
# Ordinary programs talk through the devices by every handler, and each handler runs where it says.
# shellcheck disable=SC2086 # unquoted: names and numbers of our own
. ./common.sh

traffic() {
	load_nic
	apart
	for handler in $(in_b cat $far/handler | tr -d '[]'); do
		in_b sh -c "echo $handler >$far/handler" || wrong "no handler $handler"
		pings "$handler"
		pings "$handler" 1472
		stream "$handler" -n 2M
	done
	stream udp -u -b 20M -n 1M
	in_a ethtool -K rxnic0 tx off sg off
	in_b ethtool -K rxnic1 gro off
	stream "no offloads" -n 1M
	ip -n a link set rxnic0 mtu 9000 && ip -n b link set rxnic1 mtu 9000 ||
		wrong "no MTU of 9000"
	pings "jumbo" 8972
	stream "jumbo" -n 2M
	in_b ethtool -S rxnic1 | grep -E ' (rx_passed|rx_bad|rx_no_page): '
	together
	balanced "traffic" rxnic0 rxnic1
	balanced "traffic back" rxnic1 rxnic0
	unload_and_judge
}

# Where __netif_receive_skb ran: the softIRQ's name, or the thread's.
receiving_context() { # FILE OF THE TRACE
	awk '{
		match($0, /\[[0-9]+\]/)
		cpu = substr($0, RSTART, RLENGTH)
		flags = substr($0, RSTART + RLENGTH + 1, 5)
	}
	/softirq_entry/ {
		match($0, /action=[A-Z_]+/)
		vector[cpu] = substr($0, RSTART + 7, RLENGTH - 7)
	}
	/netif_receive_skb: dev=rxnic1/ { print flags ~ /s/ ? vector[cpu] : $1 }' "$1" |
		sort | uniq -c | sort -rn | sed 's/  *[0-9]* //;q'
}

expected_context() { # HANDLER
	case $1 in
	napi) echo NET_RX ;;
	napi_threaded) echo napi/rxnic1 ;;
	tasklet* | bh_workqueue) echo TASKLET ;;
	workqueue) echo kworker/ ;;
	threaded_irq) echo irq/ ;;
	*) echo "no expectation for $1" ;;
	esac
}

contexts() {
	local tracing=/sys/kernel/tracing expected
	load_nic
	apart
	echo 1 >$tracing/events/irq/softirq_entry/enable
	echo 1 >$tracing/events/net/netif_receive_skb/enable
	for handler in $(in_b cat $far/handler | tr -d '[]'); do
		in_b sh -c "echo $handler >$far/handler"
		echo >$tracing/trace
		pings "$handler"
		receiving_context $tracing/trace >where
		echo "$handler: $(cat where)"
		expected=$(expected_context "$handler")
		grep -q "^$expected" where || {
			wrong "$handler ran in $(cat where), not in $expected"
			head -30 $tracing/trace
		}
	done
	echo 0 >$tracing/events/enable
	together
	unload_and_judge
}

part "$@"
