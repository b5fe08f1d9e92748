// SPDX-License-Identifier: GPL-2.0
// attribution.json: cells with their stacks, which flame.py draws; and what listens while they are
// counted.
#pragma once
#include "attribution/fold.h"
#include "campaign/campaign.h"
#include "experiment/experiment.h"

#include <map>
#include <string>
#include <vector>

namespace rxlab {

/// Stacks, and the packets (or records, or runs) that they were executed for.
struct Attributed {
    std::string label;
    std::string arm;
    std::map<std::string, Json> factors;
    bool baseline = false;
    double packets = 0;
    Executed executed;
    std::string item = "packet";  ///< as Work::item

    double per_packet(uint64_t count) const { return static_cast<double>(count) / packets; }
    double instructions() const { return per_packet(total(executed.stacks)); }
};

/// @param command repeats it
Json attribution_json(const std::string& command, const Experiment& experiment,
                      const Json& provenance, const std::vector<Attributed>& cells);

/// Listens to a campaign whose trials are counted: a fault in one ends it, notes are told unless it
/// is quiet, and nothing is judged. Who derives adds what it does with happened::Counted, and takes
/// these operators with `using`.
class CountedListener {
public:
    explicit CountedListener(bool quiet) : quiet_(quiet) {}

    /// @throws Error(Status::invalid) naming the arm and its fault
    void operator()(const happened::Observed& event) const;
    void operator()(const happened::Note& event) const { say(event.text); }
    void operator()(const happened::LeftOut& event) const { say(event.reason); }
    template <typename Other>
    void operator()(const Other&) const {}

protected:
    void say(const std::string& line) const;

private:
    bool quiet_;
};

}  // namespace rxlab
