#!/bin/dash
# SPDX-License-Identifier: GPL-2.0
# Sourced by the guest's side of tests of knobs: a knob set as an experiment sets it changes a
# counter, and is put back. The script has `measure`, which lets 10000 frames arrive; $inside: words
# before each command on the receiver, where that is in a namespace.
# shellcheck disable=SC2086 # unquoted: names and numbers of our own
rxlab=/payload/rxlab

set_knob() { # NAME VALUE
	${inside-} $rxlab knob "$1" "$2" >said 2>&1 && [ "$(cat said)" = "$2" ] ||
		{ cat said; wrong "$1=$2"; }
}

# A count is -lt or -gt what it was.
count() { # WHAT IS RELATION WAS
	echo "$1: was $4, is $2"
	test "$2" "$3" "$4" || wrong "$1: was $4, is $2"
}

# By how much the output of COMMAND, a number, grows while 10000 frames arrive; $setting: one of
# pktgen's.
growth() { # COMMAND [ARGUMENT ...]
	local before
	before=$("$@")
	measure ${setting:+"$setting"} >&2
	echo $(($("$@") - before))
}

ip_received() {
	${inside-} cat /proc/net/snmp | awk '$1 == "Ip:" && $4 ~ /^[0-9]/ { print $4 }'
}

# How often threads with such names got a CPU.
runs_of() { # NAME
	local comm folder total=0
	for comm in /proc/[0-9]*/comm; do
		folder=${comm%/comm}
		case $(cat "$comm" 2>/dev/null) in
		"$1"*) total=$((total + $(sed 's/.* //' "$folder/schedstat"))) ;;
		esac
	done
	echo $total
}

# Packets that another CPU handed over, in /proc/net/softnet_stat: its tenth column, hexadecimal.
handed_over() {
	local total=0
	while read -r line; do
		set -- $line
		total=$((total + 0x${10}))
	done </proc/net/softnet_stat
	echo $total
}

refuses() { # TEXT NAME VALUE
	says "$1" ${inside-} $rxlab knob $2 $3
}

values() { # NAME ...
	local name
	for name; do echo "$name $(${inside-} $rxlab knob $name)"; done
}

# All is as it was in the file `before`.
restored() { # NAME ...
	values "$@" >changed
	cmp -s before changed && wrong "nothing is changed"
	${inside-} $rxlab restore >undone || { cat undone; wrong "not restored"; }
	values "$@" >after
	diff before after || wrong "not as before"
}
