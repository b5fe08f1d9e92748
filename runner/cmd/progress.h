// SPDX-License-Identifier: GPL-2.0
// A campaign's events for people, on stderr.
#pragma once
#include "base/steady.h"
#include "campaign/campaign.h"
#include "campaign/pace.h"

namespace rxlab {

/// One line that rewrites itself on a terminal, a line now and then elsewhere.
class Progress {
public:
    Progress(bool quiet, const Plan& plan, const Pace& pace, int workers);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    CampaignListener listener();
    void say(const std::string& line);
    /// Seconds of each boot so far.
    const std::vector<double>& boots_s() const { return boots_s_; }

    void operator()(const happened::LeftOut& event) { say(event.reason); }
    void operator()(const happened::Warning& event) { say("warning: " + event.text); }
    void operator()(const happened::Note& event) { say(event.text); }
    void operator()(const happened::Resumed& event);
    void operator()(const happened::Observed& event);
    void operator()(const happened::Booted& event) { boots_s_.push_back(event.seconds); }
    template <typename Other>
    void operator()(const Other&) {}

private:
    bool quiet_, terminal_, drawn_ = false;
    Remaining remaining_;
    std::vector<double> boots_s_;
    Steady::time_point start_ = Steady::now(), printed_{};
};

}  // namespace rxlab
