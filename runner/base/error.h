// SPDX-License-Identifier: GPL-2.0
// One exception type crosses rxlab: main() turns it into a message and an exit status.
#pragma once
#include <stdexcept>
#include <string>

namespace rxlab {

/// Exit statuses other programs rely on (see README, "Exit status").
enum class Status : int {
    ok = 0,     ///< nothing worse
    worse = 1,  ///< a primary metric is worse
    usage = 2,  ///< usage or input error
    inconclusive = 3,
    invalid = 4,        ///< a check failed: lost packets, kernel splat
    lost = 5,           ///< target lost: panic, hang, QEMU died
    interrupted = 130,  ///< Ctrl-C
};

/// A failure reported as fact, place and next step.
/// `what()` is the fact with its place ("experiments/x.json:3:7: unknown knob 'a'"),
/// `next()` what the reader can do about it; it may be empty.
class Error : public std::runtime_error {
public:
    Error(Status status, const std::string& fact, std::string next = {})
        : std::runtime_error(fact), status_(status), next_(std::move(next)) {}
    Status status() const { return status_; }
    const std::string& next() const { return next_; }

private:
    Status status_;
    std::string next_;
};

}  // namespace rxlab
