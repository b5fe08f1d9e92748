// SPDX-License-Identifier: GPL-2.0
#include "cmd/progress.h"

#include "base/output.h"

#include <fmt/format.h>
#include <unistd.h>

namespace rxlab {
namespace {

constexpr double kBetweenLines_s = 5;  // where the lines stay, in a log

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Progress::Progress(bool quiet) : quiet_(quiet), terminal_(::isatty(STDERR_FILENO)) {}

Progress::~Progress() {
    if (terminal_ && drawn_) tell("\n");
}

CampaignListener Progress::listener() {
    return [this](const CampaignEvent& event) { std::visit(*this, event); };
}

void Progress::operator()(const happened::Resumed& event) {
    say(fmt::format("resuming: {} of {} trials are in {}", event.observed, event.planned,
                    event.out.string()));
}

void Progress::operator()(const happened::Observed& event) {
    const bool last = event.observed == event.planned;
    if (quiet_ || (!terminal_ && !last && seconds_since(printed_) < kBetweenLines_s)) return;
    printed_ = Clock::now();
    const Trial& trial = event.observation.trial;
    const std::string line =
        fmt::format("  trial {}/{}  {} round {}  {:.0f} s", event.observed, event.planned,
                    trial.arm, trial.round, seconds_since(start_));
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
