// SPDX-License-Identifier: GPL-2.0
// A plugin of QEMU's translator, by which the guest's clock does not depend on when QEMU's main
// loop wakes, as it does by timeouts of the host's clock: one trial in a hundred was another on a
// busy machine. While no CPU runs, the main loop sets the guest's clock forward to the next timer.
//
// Before the guest halts the clock is brought up to date. The main loop sets it forward by the
// number of instructions that are on record, and a CPU says that it halts before what it has
// executed since it last read the clock is recorded (QEMU 7.2: helper_hlt(), then
// icount_process_data()). Where the main loop woke between the two, the clock was set forward by so
// many instructions too much, and the guest's next interrupt was that much later.
//
// Where the guest asks to be stopped, for a snapshot, the clock is set forward no more: a CPU stops
// before the machine is marked as stopped, and a main loop that woke between the two took it for
// idle and set the clock forward to the next timer of the guest or of a device. It does not where
// QEMU's own tests set the clock (QEMU 7.2: icount_start_warp_timer()), so it is told that they do;
// the QEMU that goes on from the snapshot is another. The virtual clock itself cannot be disabled
// here: a CPU's thread enables it whenever it looks for something to do.
//
// These functions and the variable are QEMU's own, which it exports for its modules.
#include <dlfcn.h>
#include <cstdio>
#include <string_view>

#include "attribution/qemu_plugin.h"

namespace {

using Code = std::string_view;

constexpr Code kHlt = "\xf4";
/// OUT with all four segment prefixes, which mean nothing to it: vm/guest.c, stop().
constexpr Code kStop = "\x26\x2e\x36\x3e\xee";

void (*icount_update)(void* cpu);
void* (*qemu_get_cpu)(int index);
bool* qtest_allowed;

template <typename Symbol>
bool find(Symbol& symbol, const char* name) {
    symbol = reinterpret_cast<Symbol>(dlsym(RTLD_DEFAULT, name));
    if (!symbol) std::fprintf(stderr, "guest_clock: this QEMU does not export %s\n", name);
    return symbol;
}

void halts(unsigned vcpu, void*) {
    icount_update(qemu_get_cpu(static_cast<int>(vcpu)));
}

void stops(unsigned, void*) {
    *qtest_allowed = true;
}

Code code_of(const qemu_plugin_insn* instruction) {
    return {static_cast<const char*>(qemu_plugin_insn_data(instruction)),
            qemu_plugin_insn_size(instruction)};
}

/// Either is the last one of its block, so that all of that is on record with it.
void translated(qemu_plugin_id_t, qemu_plugin_tb* tb) {
    qemu_plugin_insn* last = qemu_plugin_tb_get_insn(tb, qemu_plugin_tb_n_insns(tb) - 1);
    if (code_of(last) == kHlt)
        qemu_plugin_register_vcpu_insn_exec_cb(last, halts, QEMU_PLUGIN_CB_NO_REGS, nullptr);
    if (code_of(last) == kStop)
        qemu_plugin_register_vcpu_insn_exec_cb(last, stops, QEMU_PLUGIN_CB_NO_REGS, nullptr);
}

}  // namespace

int qemu_plugin_install(qemu_plugin_id_t id, const void*, int, char**) {
    if (!find(icount_update, "icount_update") || !find(qemu_get_cpu, "qemu_get_cpu") ||
        !find(qtest_allowed, "qtest_allowed"))
        return 1;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
