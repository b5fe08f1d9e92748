// SPDX-License-Identifier: GPL-2.0
#include "cmd/progress.h"

#include "base/output.h"

#include <fmt/format.h>
#include <unistd.h>

namespace rxlab {
namespace {

constexpr double kBetweenLines_s = 5;  // where the lines stay, in a log

}  // namespace

Progress::Progress(bool quiet, const Plan& plan, const Pace& pace, int workers)
    : quiet_(quiet), terminal_(::isatty(STDERR_FILENO)), remaining_(plan, pace, workers) {}

Progress::~Progress() {
    if (terminal_ && drawn_) tell("\n");
}

CampaignListener Progress::listener() {
    return [this](const CampaignEvent& event) { std::visit(*this, event); };
}

void Progress::operator()(const happened::Resumed& event) {
    for (const Observation& observation : event.observations) remaining_.resumed(observation.trial);
    say(fmt::format("resuming: {} of {} trials are in {}", event.observations.size(), event.planned,
                    event.out.string()));
}

void Progress::operator()(const happened::Observed& event) {
    const Trial& trial = event.observation.trial;
    const double spent_s = seconds_since(start_), left_s = remaining_.observed(trial, spent_s);
    const bool last = event.observed == event.planned;
    if (quiet_ || (!terminal_ && !last && seconds_since(printed_) < kBetweenLines_s)) return;
    printed_ = Steady::now();
    const std::string line = fmt::format(
        "  trial {}/{}  {} round {}  {:.0f} s{}", event.observed, event.planned, trial.arm,
        trial.round, spent_s, last ? "" : fmt::format(", {} left", duration_words(left_s)));
    if (terminal_)
        tell("\r{:<78}", line);
    else
        tell("{}\n", line);
    drawn_ = true;
}

void Progress::say(const std::string& line) {
    if (quiet_) return;
    if (terminal_ && drawn_) tell("\r{:<78}\r", "");
    tell("  {}\n", line);
}

}  // namespace rxlab
