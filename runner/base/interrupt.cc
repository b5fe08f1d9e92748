// SPDX-License-Identifier: GPL-2.0
#include "base/interrupt.h"

#include <csignal>

#include "base/error.h"

namespace rxlab {
namespace {

volatile std::sig_atomic_t flag = 0;

void on_signal(int) {
    flag = 1;
}

}  // namespace

void install_interrupt_handlers() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() {
    return flag != 0;
}

void throw_if_interrupted() {
    if (interrupted()) throw Error(Status::interrupted, "interrupted");
}

}  // namespace rxlab
