// SPDX-License-Identifier: GPL-2.0
// A collector that reads counters before and after the window and reports what they grew by.
#pragma once
#include "collect/collector.h"
#include "collect/procfs.h"

#include <functional>

namespace rxlab {

/// Growth of each counter. procfs prints 32-bit counters: a smaller number is one that wrapped
/// once.
Counts growth(const Counts& before, const Counts& after);

class DeltaCollector : public Collector {
public:
    using Read = std::function<Counts()>;
    using Reporter = std::function<void(const Counts& growth, Values& values)>;

    DeltaCollector(Read read, Reporter reporter)
        : read_(std::move(read)), report_(std::move(reporter)) {}
    void start() override { before_ = read_(); }
    void stop() override { after_ = read_(); }
    void report(const Window&, Values& values, Json&) override {
        report_(growth(before_, after_), values);
    }

private:
    Read read_;
    Reporter report_;
    Counts before_, after_;
};

/// Each counter as a metric of its own, called `prefix` and its name.
DeltaCollector::Reporter each_as(const std::string& prefix);
/// Likewise, but those that did not move are left out.
DeltaCollector::Reporter each_moved_as(const std::string& prefix);

}  // namespace rxlab
