// SPDX-License-Identifier: GPL-2.0
// perf_event_open(2): a timer on one CPU that writes down where the kernel is. What perf record
// does, without perf: that one takes seconds of a guest to start and to read its own file.
#pragma once
#include "base/fd.h"
#include "collect/samples.h"

namespace rxlab {

class PerfEvent {
public:
    /// One per CPU that is online; off. @param period between two samples, ns
    /// @throws Error(Status::invalid) with the kernel's own reason.
    static std::vector<PerfEvent> on_every_cpu(uint64_t period);
    ~PerfEvent();
    PerfEvent(PerfEvent&& other) noexcept;
    PerfEvent& operator=(PerfEvent&&) = delete;
    unsigned cpu() const { return static_cast<unsigned>(cpu_); }
    void enable() const;
    void disable() const;
    /// Takes out what it wrote down since the last time, also while it is on.
    std::vector<Sample> take() const;
    uint64_t lost() const;  ///< samples that found no room any more

private:
    PerfEvent(Fd fd, int cpu);

    Fd fd_;
    int cpu_;
    void* ring_;
};

}  // namespace rxlab
