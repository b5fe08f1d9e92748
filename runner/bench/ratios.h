// SPDX-License-Identifier: GPL-2.0
// Speed as ratios of one run: medians over interleaved repetitions, since nanoseconds of this
// machine mean little elsewhere.
#pragma once

#include <benchmark/benchmark.h>
#include <compare>
#include <map>
#include <string>
#include <vector>

namespace rxlab::bench {

struct Cell {
    int threads = 0, size = 0, batch = 0;
    auto operator<=>(const Cell&) const = default;
};

// What a ratio is to be, and in how many cells it is.
struct Target {
    std::string what;
    double at_least = 0;
    int compared = 0, reached = 0, by_least = 0;  // by medians; by the least time of each
    std::string missed;

    void judge(const Cell& cell, const std::map<std::string, std::vector<double>>& row,
               const std::string& against);
};

class Ratios : public benchmark::BenchmarkReporter {
public:
    bool ReportContext(const Context& context) override;
    void ReportRuns(const std::vector<Run>& runs) override;
    void Finalize() override;  // prints the tables

    bool failed() const { return failed_; }

private:
    using Row = std::map<std::string, std::vector<double>>;  // "ring/cached" → ns per iteration,
                                                             // one per repetition
    void against_peers(const std::string& mode);
    void against_memcpy();

    std::map<std::string, std::map<Cell, Row>> by_mode_;  // "copy", "inplace"
    std::vector<Target> targets_;
    bool failed_ = false;
};

}  // namespace rxlab::bench
