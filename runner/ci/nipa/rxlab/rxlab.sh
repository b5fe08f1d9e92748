#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A test of nipa's (tests/patch/): the working directory is a kernel tree whose HEAD is the patch,
# and what is written to file descriptor $DESC_FD is shown beside it. Exit status 0: no path became
# longer; 250, a warning: one did; else it could not be told. ../../README.md has the variables.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
rxlab=${RXLAB:-rxlab}
read -ra paths <<<"${RXLAB_PATHS:-drop-point:closed-port drop-point:xdp-native}"
read -ra fragments <<<"${RXLAB_CONFIG:-$here/../../../../vm/guest.config}"
build=$(realpath -m "${RXLAB_BUILD:-build_rxlab}")
patched=$(git rev-parse HEAD)
branch=$(git symbolic-ref -q --short HEAD || echo "$patched")

describe() { echo "$*" >&"${DESC_FD:-1}"; }

# The tree as it was, whatever happens.
trap 'git checkout -q "$branch"' EXIT

configure() { # FOLDER
	mkdir -p "$1"
	[ -e "$1/.config" ] ||
		scripts/kconfig/merge_config.sh -n -Q -O "$1" "${fragments[@]}" >/dev/null
}

kernel_of() { # REVISION FOLDER
	git checkout -q "$1" && configure "$2" && make -s O="$2" olddefconfig &&
		make -s O="$2" -j "$(nproc)"
}

for side in before after; do
	revision=$patched
	[ $side = after ] || revision=$patched~
	if ! kernel_of "$revision" "$build/$side"; then
		describe "the kernel $side the patch does not build"
		exit 1
	fi
done

status=0
"$rxlab" diff "$build/before" "$build/after" "${paths[@]}" --markdown \
	--allow "${RXLAB_ALLOW:-0.1}" --out "$build/diff-$patched" >"$build/summary.md" || status=$?
cat "$build/summary.md"
case $status in
0) describe "$(sed -n '1s/\*\*//gp' "$build/summary.md")" ;;
1)
	# The first path that changed, by how much and in which functions.
	describe "$(sed -n '3s/^- *//p' "$build/summary.md")"
	exit 250
	;;
*)
	describe "rxlab could not tell (exit status $status)"
	exit 1
	;;
esac
