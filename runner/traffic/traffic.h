// SPDX-License-Identifier: GPL-2.0
// Traffic: frames from the generator's side of a topology, or records through a ring, in the kernel
// or in user space.
#pragma once
#include "base/guest_file.h"
#include "collect/histogram.h"
#include "topology/topology.h"

#include <map>

namespace rxlab {

/// Share of the time in which all senders have to send, or have a CPU: half, of a shared machine.
inline constexpr double kLeastOverlap = 0.5;

struct TrafficReport {
    uint64_t packets = 0;  ///< or what else the traffic consists of (TrafficKind::item)
    uint64_t bytes = 0;
    uint64_t errors = 0;
    uint64_t busy_ns = 0;  ///< that sending took; the sender is runnable all the time, so with one
                           ///< CPU nothing idles
    uint64_t busy_packets = 0;  ///< that were sent in busy_ns: all of them, or those between the
                                ///< generator's two looks at the clock
    uint64_t excluded_ns = 0;   ///< of busy_ns, where there is one CPU: idle, or spent on what
                                ///< hardware would do by itself
    double overlap = 1;  ///< several senders: the share of the time from the first start to the
                         ///< last end in which all sent (or had a CPU)
    Values metrics;      ///< more that the generator counted, by names of the metric table
    std::map<std::string, Histogram> latencies;  ///< and timed, in ns
    Json raw = Json::object();                   ///< the generator's own words, kept in the result
};

class Traffic {
public:
    virtual ~Traffic() = default;
    /// Makes ready for sending `packets` frames over all paths together, before the machine comes
    /// to rest for a window.
    /// @throws Error(Status::invalid) when the generator refuses a setting.
    virtual void prepare(uint64_t packets) = 0;
    /// Sends them and waits until they left.
    /// @throws Error(Status::invalid) when the generator reports no result.
    virtual TrafficReport send() = 0;
    /// After the window: the functions of what ran in user space, in the form of /proc/kallsyms.
    /// May run it once more.
    virtual std::string symbols() { return ""; }
    std::vector<Sink> sinks;  ///< where it ends packets itself
};

/// A row of kTraffics.
struct TrafficKind {
    const char* name;
    const char* summary;
    const char* schema;
    const char*
        item;  ///< what is sent: "packet", "record"; with an "s" the parameter that says how many
    std::unique_ptr<Traffic> (*make)(Sys& sys, Journal& journal, const Topology& topology,
                                     const Json& parameters, uint64_t seed);
    /// @throws Error(Status::usage) naming what this machine lacks for traffic with these
    /// parameters; may be null.
    void (*require)(Sys& sys, const Json& parameters);
    /// Called before the topology is made, and once before the first trial; may be null.
    void (*before_topology)(Sys& sys);
    /// What it does, for kinds that are a program of the host's and nothing else: they change
    /// nothing, need no root, and no guest has the program. Null: it sends, in a guest as on the
    /// host.
    std::string (*program)(const Json& parameters);
    /// What it changes on the machine besides sending, with its entries in the journal; make()
    /// calls it too, and `rxlab plan` on a Sys that takes notes. May be null.
    void (*announce)(Sys& sys, Journal& journal, const Topology& topology, const Json& parameters);
    /// The kind of topology it needs; "": any with interfaces; null: none.
    const char* topology;
    const char* setup;  ///< the setup it needs, or null
    /// What it runs and reads in a guest that is not in every guest; null: nothing.
    std::vector<GuestFile> (*files)(const Json& parameters) = nullptr;
};
extern const TrafficKind kTraffics[];
extern const size_t kTrafficCount;

}  // namespace rxlab
