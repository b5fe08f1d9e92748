// SPDX-License-Identifier: GPL-2.0
// A plugin of QEMU's translator, without which one trial in a hundred was another on a busy
// machine: it brings the guest's clock up to date before the guest halts.
//
// While all CPUs halt, QEMU's main loop sets the clock forward to the next timer, by the number of
// instructions that are on record. A CPU says that it halts before what it has executed since it
// last read the clock is recorded (QEMU 7.2: helper_hlt(), then icount_process_data()). Where the
// main loop wakes between the two, by a timeout of the host's clock, it sets the clock forward by
// so many instructions too much, and the guest's next interrupt is that much later. With the record
// complete before the guest halts it does not matter when the main loop wakes.
//
// icount_update() and qemu_get_cpu() are QEMU's own, which it exports for its modules.
#include <dlfcn.h>
#include <cstdio>

#include "attribution/qemu_plugin.h"

namespace {

constexpr uint8_t kHlt = 0xf4;

void (*icount_update)(void* cpu);
void* (*qemu_get_cpu)(int index);

template <typename Function>
bool find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
    if (!function) std::fprintf(stderr, "idle_clock: this QEMU does not export %s\n", name);
    return function;
}

void halts(unsigned vcpu, void*) {
    icount_update(qemu_get_cpu(static_cast<int>(vcpu)));
}

/// HLT is the last one of its block, so that all of that is on record with it.
void translated(qemu_plugin_id_t, qemu_plugin_tb* tb) {
    qemu_plugin_insn* last = qemu_plugin_tb_get_insn(tb, qemu_plugin_tb_n_insns(tb) - 1);
    if (qemu_plugin_insn_size(last) == 1 &&
        *static_cast<const uint8_t*>(qemu_plugin_insn_data(last)) == kHlt)
        qemu_plugin_register_vcpu_insn_exec_cb(last, halts, QEMU_PLUGIN_CB_NO_REGS, nullptr);
}

}  // namespace

int qemu_plugin_install(qemu_plugin_id_t id, const void*, int, char**) {
    if (!find(icount_update, "icount_update") || !find(qemu_get_cpu, "qemu_get_cpu")) return 1;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
