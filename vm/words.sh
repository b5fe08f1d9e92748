#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Sourced by the programs of this folder and kmod/build: how they tell, and what words from a kernel
# may be. An image's release and its modules.dep are data of a stranger: what becomes part of a path
# is checked first.
program=$(basename "$(dirname "$(realpath "$0")")")/$(basename "$0")

say() { echo "$program: $*" >&2; }

# What is wrong, then what to do about it.
die() { # FACT [NEXT]
	say "$1"
	[ -z "${2:-}" ] || echo "  next: $2" >&2
	exit 2
}

# As `uname -r` prints it: 6.12.117+deb12-amd64. The kernel's own limit is 64 characters.
is_release() { [[ $1 =~ ^[0-9]+(\.[0-9]+)+[A-Za-z0-9.+_~-]*$ && ${#1} -le 64 ]]; }

require_release() { # RELEASE WHERE IT IS FROM
	is_release "$1" || die \
		"$(printf '%q' "$1") of $2 is no kernel release like 6.12.117+deb12-amd64" \
		"give a kernel that says its own"
}

# A module's file relative to its folder, as modules.dep has it: kernel/drivers/net/veth.ko.xz.
is_module_file() {
	[[ $1 =~ ^[A-Za-z0-9_.,+=-]+(/[A-Za-z0-9_.,+=-]+)*\.ko(\.(xz|zst|gz))?$ && /$1/ != */../* ]]
}

# The folder that modules for a kernel of one's own are built in, where its modules folder has it.
own_build() { # MODULES
	[ -n "$1" ] && [ -e "$1/build/Makefile" ] && realpath "$1/build"
}
