// SPDX-License-Identifier: GPL-2.0
// A campaign's events for people, on stderr.
#pragma once
#include "campaign/campaign.h"

#include <chrono>

namespace rxlab {

/// One line that rewrites itself on a terminal, a line now and then elsewhere.
class Progress {
public:
    explicit Progress(bool quiet);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    CampaignListener listener();

    void operator()(const happened::LeftOut& event) { say(event.reason); }
    void operator()(const happened::Warning& event) { say("warning: " + event.text); }
    void operator()(const happened::Note& event) { say(event.text); }
    void operator()(const happened::Resumed& event);
    void operator()(const happened::Observed& event);
    void operator()(const happened::Console&) {}
    void operator()(const happened::Counted&) {}

private:
    using Clock = std::chrono::steady_clock;
    void say(const std::string& line);

    bool quiet_, terminal_, drawn_ = false;
    Clock::time_point start_ = Clock::now(), printed_{};
};

}  // namespace rxlab
