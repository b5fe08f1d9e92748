// SPDX-License-Identifier: GPL-2.0
#include "base/interrupt.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <limits>

#include "base/error.h"

namespace rxlab {
namespace {

volatile std::sig_atomic_t flag = 0;

void on_signal(int) {
    flag = 1;
}

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
std::atomic<int64_t> box_ends_ns = kNever;

int64_t now_ns() {
    return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool box_is_over() {
    const int64_t end = box_ends_ns;
    return end != kNever && now_ns() >= end;
}

}  // namespace

void install_interrupt_handlers() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int number : {SIGINT, SIGTERM, SIGQUIT}) sigaction(number, &action, nullptr);
    // A lost connection hangs up, more than once; under nohup it does not.
    action.sa_flags = 0;
    struct sigaction before {};
    sigaction(SIGHUP, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
}

void interrupt() {
    flag = 1;
}

bool interrupted() {
    return flag != 0 || box_is_over();
}

void throw_if_interrupted() {
    if (flag != 0) throw Error(Status::interrupted, "interrupted");
    if (box_is_over()) throw Error(Status::interrupted, "its time is over");
}

TimeBox::TimeBox(double seconds) {
    box_ends_ns = now_ns() + static_cast<int64_t>(seconds * 1e9);
}

TimeBox::~TimeBox() {
    box_ends_ns = kNever;
}

bool TimeBox::over() const {
    return box_is_over();
}

}  // namespace rxlab
