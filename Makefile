# SPDX-License-Identifier: GPL-2.0
# rxlab: every target does its own set-up. `make help` lists them.

EXPERIMENT ?= rx-path
TARGET     ?=
LANE       ?=
OUT        ?=
ARGS       ?=
BUILD      := build
KERNELS    := $(shell sed 's/\#.*//' vm/kernels | awk '{print $$1}')
KERNEL     ?= $(firstword $(KERNELS))

# Every Debian package rxlab needs, once. Kernels and their headers are not here: they are
# downloaded and unpacked into the cache, never installed.
DEPS := g++ cmake ninja-build pkg-config clang lld libclang-rt-dev llvm \
        bpftool libbpf-dev libelf-dev libdw-dev libnl-3-dev zlib1g-dev libmd-dev libpcap-dev \
        libsqlite3-dev \
        libfmt-dev nlohmann-json3-dev libcli11-dev libvalijson-dev libboost-dev \
        libgtest-dev libgmock-dev qemu-system-x86 seabios busybox-static \
        iproute2 nftables ethtool iperf3 linux-perf bpftrace xdp-tools kmod cpio xz-utils \
        spin sparse python3 python3-matplotlib python3-fastjsonschema python3-yaml \
        ca-certificates

KERNEL_NOTE := a kernel image of about 110 MB is downloaded later for the VM, into the cache, \
               not installed

# The benchmark's own, and the peers it meets; those that are missing when it is built are left out.
BENCH_DEPS := libbenchmark-dev libboost-dev libreaderwriterqueue-dev libdpdk-dev
BENCH_ARGS ?=

# What a kernel with checkers is built with (vm/debug-kernel), and which: one of vm/debug, or all.
DEBUG_DEPS := bc bison dwarves flex libssl-dev
DEBUG ?=

# What the disk of the machine to rehearse on is made with (vm/mkdisk).
REHEARSAL_DEPS := mmdebstrap fakeroot e2fsprogs qemu-utils

# What checks the form of the sources (runner/lint/).
LINT_DEPS := git clang-format clang-tidy shellcheck black pyflakes3

# Seconds for each target of fuzzing, and which (all).
FUZZ_SECONDS ?= 3600
TARGETS ?=

# clang, with the common headers precompiled and a room's files as one: a third of what each by
# itself takes (runner/CMakeLists.txt). To change rxlab with: preset dev.
CONFIGURE := cmake -S runner -B $(BUILD)/cmake -G Ninja -DRXLAB_PURE_TESTS=OFF \
             -DCMAKE_UNITY_BUILD=ON -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++

empty :=
space := $(empty) $(empty)
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
APT  := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300
RUN_OPTIONS = $(if $(TARGET),--target "$(TARGET)") $(if $(LANE),--lane "$(LANE)") \
              $(if $(KERNEL),--kernel "$(KERNEL)") $(if $(OUT),--out "$(OUT)") $(ARGS)

# A verdict (worse, inconclusive) is no make error unless STRICT=1.
valid = $(1); status=$$?; case $$status in \
        0) ;; 1|3) [ -z "$(STRICT)" ] || exit $$status ;; *) exit $$status ;; esac

# $(call compile,FOLDER,TARGETS): says how long it will take where that is long, and shows ninja's
# counter on a terminal. A room takes about six seconds of a CPU, its tests as many, a BPF program
# next to none: most of that are the templates of the JSON library, and of the one that judges JSON
# by a schema.
define compile
[ -e $(1)/.ninja_log ] || { \
  files=$$(ninja -C $(1) -t commands $(2) | grep -c -e ' -c '); \
  minutes=$$((files * 4 / $$(nproc) / 60 + 1)); \
  echo "compiling $$files files in $(1): about $$minutes min, once" >&2; \
}; \
ninja -C $(1) $(if $(V),-v,$$([ -t 2 ] || echo --quiet)) $(2) >&2
endef

.DEFAULT_GOAL := help
.PHONY: help deps bench-deps debug-deps lint-deps build lint tidy hooks compile-apart \
        compile-units compile-sanitized test-sanitized fuzz bench-build run-experiment test \
        test-unit test-vm test-debug test-restore rehearsal rehearsal-deps test-captures bench \
        bench-runner nightly install diff series baseline concordance doctor restore clean distclean

# A target's words go on in lines that begin with ##.
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2} \
		/^## / {printf "%24s%s\n", "", substr($$0, 4)}' $(MAKEFILE_LIST)
	@echo
	@echo "  make run-experiment [EXPERIMENT=name] [TARGET=vm|host]" \
		"[LANE=counted|timed|functional]"
	@echo "                      [KERNEL=$(subst $(space),|,$(strip $(KERNELS)))|path]" \
		"[OUT=dir] [STRICT=1] [NO_INSTALL=1]"

# $(call install,PACKAGES[,NOTE]): those that are missing, after saying which (NO_INSTALL=1: only
# saying).
define install
missing=$$(for p in $(1); do \
  dpkg-query -W -f='$${db:Status-Abbrev}' $$p 2>/dev/null | grep -q '^ii' || echo $$p; \
done); \
[ -z "$$missing" ] && exit 0; \
[ -n "$$(ls /var/lib/apt/lists/*_Packages* 2>/dev/null)" ] || [ -n "$(NO_INSTALL)" ] || \
  $(APT) -q update >/dev/null; \
echo "rxlab needs these Debian packages, which are not installed:"; \
echo $$missing | fmt -w 100 | sed 's/^/  /'; \
apt-get install --no-install-recommends --assume-no $$missing 2>/dev/null | \
  grep -E '^(Need to get|After this)' | sed 's/^/  /'; \
$(if $(2),echo "  ($(2))";) \
if [ -n "$(NO_INSTALL)" ]; then \
  echo "  next: the same without NO_INSTALL, or: apt-get install" \
    "--no-install-recommends <the list above>"; \
  exit 1; \
fi; \
log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
$(APT) -q install -y --no-install-recommends $$missing >"$$log" 2>&1 \
  || { $(APT) -q update >/dev/null && $(APT) -q install -y --no-install-recommends $$missing; } \
  || { tail -20 "$$log"; echo "rxlab: installing packages failed"; exit 1; }
endef

deps: ## install the Debian packages rxlab needs (NO_INSTALL=1: only say which)
	@$(call install,$(DEPS),$(KERNEL_NOTE))

lint-deps:
	@$(call install,$(LINT_DEPS))

bench-deps: deps
	@$(call install,$(BENCH_DEPS))

debug-deps: deps
	@$(call install,$(DEBUG_DEPS))

rehearsal-deps: deps
	@$(call install,$(REHEARSAL_DEPS))

build: deps ## build the runner and its BPF objects
	@[ -e $(BUILD)/cmake/build.ninja ] || $(CONFIGURE) >$(if $(V),/dev/stdout,/dev/null)
	@$(call compile,$(BUILD)/cmake,rxlab)
	@ln -sfn cmake/rxlab $(BUILD)/rxlab

# An experiment whose traffic is the benchmark program needs that too.
IS_BENCH := $(shell grep -s '"kind": "gbench"' "experiments/$(EXPERIMENT).json")
run-experiment: build $(if $(IS_BENCH),bench-build) ## run one experiment, print its verdict
## and the path of its report
	@$(call valid,$(BUILD)/rxlab run "$(EXPERIMENT)" $(RUN_OPTIONS))

test: ## all tests: form, units, report, BPF and namespaces on this machine, kernels in VMs;
## tells what each part took
	@runner/parts deps lint-deps lint build compile-units test-unit compile-sanitized \
		test-sanitized test-vm

compile-units: build
	@$(call compile,$(BUILD)/cmake,)

# Three at a time: a third of what they take is waiting.
test-unit: compile-units
	@ctest --test-dir $(BUILD)/cmake --output-on-failure -j3 -LE vm
	@cd runner/report && /usr/bin/python3 -m unittest -q

# A build of its own: preset, folder, targets.
preset = [ -e $(2)/build.ninja ] || (cd runner && cmake --preset $(1) >/dev/null); \
         $(call compile,$(2),$(3))

# The rooms that never touch the machine and every reader, with sanitizers.
compile-sanitized: deps
	@$(call preset,asan,$(BUILD)/asan,sanitized)

test-sanitized: compile-sanitized ## units of the rooms that never touch the machine under
## AddressSanitizer and UBSan; 3 s of each fuzz target
	@ctest --test-dir $(BUILD)/asan -j2 --output-on-failure -L pure
	@runner/fuzz/run $(BUILD)/asan/rxlab_fuzz 3

fuzz: deps ## every reader of what strangers write for FUZZ_SECONDS
## (TARGETS="rules message": only those)
	@$(call preset,fuzz,$(BUILD)/fuzzers,rxlab_fuzz)
	@runner/fuzz/run $(BUILD)/fuzzers/rxlab_fuzz $(FUZZ_SECONDS) $(TARGETS)

# Three at a time, but for those that say why not. Each check's time is printed at the end, also
# where one failed.
test-vm: build
	@rm -f $(BUILD)/vm-times
	@export RXLAB_VM_TIMES="$(CURDIR)/$(BUILD)/vm-times" RXLAB_SPARSE=1; \
	ctest --test-dir $(BUILD)/cmake --output-on-failure -j3 -L vm; status=$$?; \
	vm/times $(BUILD)/vm-times; exit $$status

test-debug: debug-deps build ## VM tests, dmatest and failing allocations in kernels with
## checkers, which are built once (DEBUG=kasan: only that one of vm/debug)
	@vm/test-debug $(BUILD)/rxlab $(DEBUG:%=debug/%)

lint: lint-deps ## the form of the sources: formatters, linters, who may include what
	@runner/lint/lint
	@cd runner/lint && /usr/bin/python3 -B -m unittest -q

# With what each file is compiled with by itself: the precompiled headers, and those that are made.
tidy: deps lint-deps ## clang-tidy over all C++, half an hour
## (CHANGED=1: what differs from the last commit)
	@$(call preset,dev,$(BUILD)/dev,product_headers test_headers bpf_objects)
	@runner/lint/lint --tidy $(if $(CHANGED),--changed) clang-tidy

hooks: lint-deps ## check the form of what is committed, at each commit
	@ln -sfn "$(CURDIR)/runner/lint/pre-commit" "$$(git rev-parse --git-path hooks)/pre-commit"

test-restore: build ## kill host runs at random moments and see that restore leaves nothing
## changed; needs root (KILLS=200)
	@$(SUDO) runner/session/kill_test/kill_test.py $(BUILD)/rxlab $(or $(KILLS),200) $(SEED)

rehearsal: rehearsal-deps build ## rxlab as on bare metal: a Debian machine of its own, killed runs
## and power cuts (RXLAB_REHEARSAL_KILLS=200 RXLAB_REHEARSAL_CUTS=20)
	@vm/test-machine $(BUILD)/rxlab

test-captures: build ## the captures that tcpdump and tcpreplay are tested with, against libpcap
## (downloads their sources)
	@runner/traffic/public-captures $(BUILD)/rxlab

bench-build: bench-deps ## build the benchmark of the ring in user space, with the peers that are
## installed
	@$(CONFIGURE) >$(if $(V),/dev/stdout,/dev/null)
	@$(call compile,$(BUILD)/cmake,ring_bench)

bench: bench-build ## the ring against its peers and memcpy, in user space: ratios
## (BENCH_ARGS: options of Google Benchmark)
	@$(BUILD)/cmake/bench/ring_bench --benchmark_out=$(BUILD)/bench.json $(BENCH_ARGS)

bench-runner: build ## how long a build and a run take here, beside what they may take
## (ROWS="run overhead": only these; ARGS=--json)
	@runner/bench-runner $(ARGS) $(ROWS)

# Each file by itself: none may live on what another of its room includes.
compile-apart: deps
	@$(call preset,dev,$(BUILD)/dev,)

# With interrupts handled in threads, as a real-time kernel has them always.
THREADED := $(firstword $(KERNELS))+threadirqs
nightly: build compile-apart ## every experiment on every kernel in VMs, a GiB through each ring,
## each reader fuzzed for a minute, 10^7 frames through the NIC and each port filter, 10^6
## through each driver, each of its trials twenty times; what a search finds of a NIC's knobs;
## test-debug and rehearsal; results under results/runs/DATE
	@ninja -C $(BUILD)/cmake --quiet xdp_test
	@RXLAB_LIVE_FRAMES=10000000 RXLAB_FUZZ_FRAMES=1000000 \
		$(BUILD)/cmake/xdp_test --gtest_brief=1
	@vm/test-vdma $(BUILD)/rxlab $(KERNELS)
	@RXLAB_RING_MIB=1024 vm/test-ring $(BUILD)/rxlab $(KERNELS)
	@RXLAB_NIC_FRAMES=1500000 RXLAB_NIC_FAULT_FRAMES=5000000 RXLAB_NIC_CYCLES=100 \
		vm/test-nic $(BUILD)/rxlab $(KERNELS)
	@RXLAB_DRIVER_FRAMES=1000000 RXLAB_DRIVERS=all vm/test-drivers $(BUILD)/rxlab $(KERNELS)
	@RXLAB_DRIVER_REPEATS=20 vm/test-drivers $(BUILD)/rxlab \
		$$(vm/test-drivers --list | grep -o '^repeats-[^ ]*')
	@$(BUILD)/rxlab certify drivers --rounds 1 --full
	@RXLAB_NIGHT=1 vm/test-lab $(BUILD)/rxlab $(KERNELS)
	@RXLAB_NIGHT=1 RXLAB_DIFF_PLACES=20 RXLAB_DIFF_NULLS=20 RXLAB_DIFF_STEPS=10 \
		vm/test-diff $(BUILD)/rxlab
	@for test in vdma ring nic; do vm/test-$$test $(BUILD)/rxlab $(THREADED) || exit; done
	@runner/traffic/public-captures $(BUILD)/rxlab
	@$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=60
	@$(call valid,$(BUILD)/rxlab nightly $(ARGS))
	@$(call valid,$(BUILD)/rxlab tune rx-path --space rxnic --exhaustive)
	@$(MAKE) --no-print-directory test-debug
	@$(MAKE) --no-print-directory rehearsal
	@$(MAKE) --no-print-directory series

PREFIX  ?= /usr/local
install: build ## install below DESTDIR/PREFIX (PREFIX=/usr/local): it runs without
## the checkout then
	@DESTDIR="$(DESTDIR)" cmake --install $(BUILD)/cmake --prefix "$(PREFIX)" \
		>$(if $(V),/dev/stdout,/dev/null)
	@echo "installed $(DESTDIR)$(PREFIX)/bin/rxlab, its data in $(DESTDIR)$(PREFIX)/share/rxlab"

diff: build ## what this checkout's modules and BPF programs do that those of REV do not, path
## by path (REV=HEAD, ARGS=--markdown)
	@$(BUILD)/rxlab diff $(or $(REV),HEAD) kmod --same-ok $(ARGS)

SERIES ?= 6.12
series: build ## what the versions of a kernel that are new since results/baseline/series-6.12.json
## changed, path by path; they are joined to it (SERIES=6.1)
	@$(BUILD)/rxlab series $(SERIES) --onto results/baseline/series-$(SERIES).json $(ARGS)

# Experiments whose default lane counts.
COUNTED := $(shell grep -l '"lanes": \["counted"' experiments/*.json | xargs basename -s .json)
BASELINES = $(if $(filter command line,$(origin EXPERIMENT)),$(EXPERIMENT),$(COUNTED))
baseline: build ## what each counted experiment costs now: results/baseline/NAME.json, after it told
## what is other than there (EXPERIMENT=NAME: that one)
	@mkdir -p results/baseline
	@for name in $(BASELINES); do \
		file=results/baseline/$$name.json; out=$(BUILD)/baseline/$$name; \
		rm -rf $$out; \
		$(BUILD)/rxlab certify $$name --rounds 1 --keep $$file.new --out $$out \
			$$(test ! -e $$file || echo --against $$file); \
		test -e $$file.new && mv $$file.new $$file || exit 1; \
	done

# Of each experiment that both lanes can run without a module: counted, and by this machine's clock.
# What a filter pins needs a bpffs; where there is none, one is mounted for these runs alone.
CONCORDANT := live-paths xdp-program-cost
concordance: build ## have the pairs of arms whose instructions differ the same order in time here?
## results/concordance.json and a page (needs root)
	@for name in $(CONCORDANT); do \
		out=$(BUILD)/concordance/$$name; \
		$(call valid,$(BUILD)/rxlab run $$name --lane counted --rounds 3 --full \
			--no-report --out $$out-counted); \
		$(call valid,$(SUDO) unshare -m sh -c 'mountpoint -q /sys/fs/bpf || \
			mount -t bpf bpf /sys/fs/bpf; exec "$$@"' sh \
			$(BUILD)/rxlab run $$name --target host --rounds 12 \
			--no-report --out $$out-timed); \
	done
	@$(BUILD)/rxlab concordance $(foreach name,$(CONCORDANT),$(addprefix \
		$(BUILD)/concordance/$(name)-,counted timed)) --out $(BUILD)/concordance
	@cp $(BUILD)/concordance/concordance.json results/concordance.json

doctor: build ## what this machine can and cannot do
	@$(BUILD)/rxlab doctor $(ARGS)

restore: build ## undo what an interrupted run left changed on this machine
	@$(BUILD)/rxlab restore $(ARGS)

clean: ## remove what was built (results and the cache stay)
	rm -rf $(BUILD)

distclean: clean ## also remove the cache: kernels, images, snapshots
	rm -rf "$${XDG_CACHE_HOME:-$$HOME/.cache}/rxlab"
