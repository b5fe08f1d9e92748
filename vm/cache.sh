#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Sourced by programs of this folder: how something gets into the cache.

# Has a command make $work/tree, which becomes TREE: there whole or not at all. The command's status
# is its last step's: set -e does not hold in it.
into_cache() { # TREE COMMAND...
	local tree=$1 folder=${1%/*}
	shift
	[ ! -e "$tree/.rxlab-complete" ] || return 0
	mkdir -p "$folder"
	work=$(mktemp -d "$folder/.new.XXXXXX") # not local: the trap runs outside
	trap 'rm -rf "$work"' EXIT
	"$@" && touch "$work/tree/.rxlab-complete" || return 1
	mv -T "$work/tree" "$tree" 2>/dev/null || [ -e "$tree/.rxlab-complete" ] ||
		{ rm -rf "${tree:?}"; mv -T "$work/tree" "$tree"; }
	rm -rf "$work"
	trap - EXIT
}
