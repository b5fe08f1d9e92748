// SPDX-License-Identifier: GPL-2.0
// What packets cost everybody else: an ordinary task on each CPU that wants to run once per
// millisecond.
#include "collect/collector.h"
#include "collect/histogram.h"

#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <algorithm>
#include <atomic>
#include <ctime>
#include <thread>

namespace rxlab {
namespace {

constexpr uint64_t kPeriod = 1'000'000;  // ns

/// From the moment it wanted to run to the moment it ran. Moments that passed while it waited count
/// each for itself, else the longest waits would be the rarest.
class Victim : public Collector {
public:
    explicit Victim(Sys& sys) : sys_(sys) {
        cpu_set_t allowed;
        if (::sched_getaffinity(0, sizeof allowed, &allowed)) return;
        for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
            if (CPU_ISSET(cpu, &allowed)) tasks_.push_back(std::make_unique<Task>());
        size_t next = 0;
        for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
            if (CPU_ISSET(cpu, &allowed)) start_task(*tasks_[next++], cpu);
    }
    ~Victim() override { finish(); }

    void start() override {
        begin_ = sys_.now_ns();
        phase_ = running;
        phase_.notify_all();
    }
    void stop() override { finish(); }

    /// The CPU whose task waited longest is reported: that is where the packets are received.
    void report(const Window& window, Values& values, Json& curves) override {
        const Histogram* worst = nullptr;
        for (const auto& task : tasks_)
            if (task->waited.total() &&
                (!worst || percentile(task->waited, 0.99) > percentile(*worst, 0.99)))
                worst = &task->waited;
        report_latency("victim.wakeup", worst ? *worst : Histogram(), window.clock, values);
        if (worst) curves["victim.wakeup"] = histogram_curve("victim.wakeup", *worst, window.clock);
    }

private:
    enum Phase { waiting, running, done };
    struct Task {
        Histogram waited;
        std::thread thread;
    };

    void start_task(Task& task, int cpu) {
        task.thread = std::thread([this, &task] { work(task); });
        cpu_set_t own;
        CPU_ZERO(&own);
        CPU_SET(cpu, &own);
        ::pthread_setaffinity_np(task.thread.native_handle(), sizeof own, &own);
    }

    void work(Task& task) {
        ::prctl(PR_SET_TIMERSLACK, 1);
        phase_.wait(waiting);
        if (!begin_) return;  // it was ended before it began
        ::histogram waited{};
        uint64_t due = begin_ + kPeriod;
        while (phase_ == running) {
            const timespec until{static_cast<time_t>(due / 1'000'000'000),
                                 static_cast<long>(due % 1'000'000'000)};
            ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
            for (const uint64_t now = sys_.now_ns(); due <= now; due += kPeriod)
                histogram_add(&waited, now - due);
        }
        // A task that did not have its CPU again, or at all, before the end waited for it, too.
        for (const uint64_t now = sys_.now_ns(); due <= end_; due += kPeriod)
            histogram_add(&waited, now - due);
        task.waited.add(waited);
    }

    void finish() {
        end_ = sys_.now_ns();
        phase_ = done;
        phase_.notify_all();
        for (const auto& task : tasks_)
            if (task->thread.joinable()) task->thread.join();
    }

    Sys& sys_;
    std::vector<std::unique_ptr<Task>> tasks_;
    uint64_t begin_ = 0, end_ = 0;  ///< ns; each is written before the phase that it begins
    std::atomic<Phase> phase_ = waiting;
};

}  // namespace

std::unique_ptr<Collector> make_victim(Sys& sys, const Interfaces&) {
    return std::make_unique<Victim>(sys);
}

}  // namespace rxlab
