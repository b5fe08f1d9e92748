// SPDX-License-Identifier: GPL-2.0
// A collector reads over a measured window. It knows the receiving interfaces and a window, never
// the arm or the traffic.
#pragma once
#include "base/json.h"
#include "metrics/metric.h"
#include "sys/interface.h"
#include "sys/sys.h"

#include <memory>
#include <string>
#include <vector>

namespace rxlab {

struct Window {
    uint64_t packets = 0;         ///< packets the traffic sent in it
    uint64_t ns = 0;              ///< from start() to stop(), guest clock
    Clock clock;                  ///< what durations are told in
    std::string item = "packet";  ///< what traffic's `packets` are
};

/// One window's. It is made before the machine settles for the window: what takes long or
/// leaves work behind (attaching a probe, opening a file) is done in the constructor. start() and
/// stop() only read.
class Collector {
public:
    virtual ~Collector() = default;
    virtual void start() = 0;
    virtual void stop() = 0;
    /// In a window longer than a trial's, now and then: takes out what would run over.
    virtual void relieve() {}
    /// Adds this window's values, each by a name of the metric table (runner/metrics), which knows
    /// its unit and direction; histograms go to curves (name -> {"unit","edges","counts"}), folded
    /// stacks ({"unit","stacks"}), bpftrace's own JSON ({"unit","maps"}) and tables (rows_curve)
    /// too.
    virtual void report(const Window& window, Values& values, Json& curves) = 0;
};

/// A table: {"unit","window_ns","rows":[{...}, ...]}. The unit is that of its durations.
inline Json rows_curve(const std::string& unit, const Window& window, Json rows) {
    return {{"unit", unit}, {"window_ns", window.ns}, {"rows", std::move(rows)}};
}

/// A row of kCollectors.
struct CollectorKind {
    const char* name;
    const char* summary;
    bool probe;  ///< runs code inside the measured path: measured in a second window, its cost
                 ///< shown beside the result
    std::unique_ptr<Collector> (*make)(Sys& sys, const Interfaces& receivers);
    /// Makes ready what is expensive and the same in every trial (BPF object opened, file parsed);
    /// may be null.
    void (*prepare)(Sys& sys);
    /// A kind that has to be told what of, "kind:subject": what there is, and the maker instead of
    /// `make`.
    std::vector<std::string> (*subjects)() = nullptr;
    std::unique_ptr<Collector> (*make_of)(Sys& sys, const std::string& subject) = nullptr;
    const char* extra = nullptr;  ///< the program it runs: a row of vm/manifest
};
extern const CollectorKind kCollectors[];
extern const size_t kCollectorCount;

/// A collector as experiments name it: "napi", "bpftrace:napi_polls".
struct NamedCollector {
    const CollectorKind* kind;
    std::string subject;
    std::string name() const;
    std::unique_ptr<Collector> make(Sys& sys, const Interfaces& receivers) const;
};
std::vector<NamedCollector> named_collectors();
/// @throws Error(Status::usage) with the nearest name.
NamedCollector collector_named(const std::string& name);

}  // namespace rxlab
