// SPDX-License-Identifier: GPL-2.0
// What may be done about a finding: a table of rules. Pure.
#pragma once
#include "profile/view.h"

#include <array>

namespace rxlab {

/// Something to try: settings as an experiment's arm has them.
struct AdvisedArm {
    std::string name;  ///< as an arm is called
    std::string summary;
    Json knobs = Json::object();
};
using AdvisedArms = std::vector<AdvisedArm>;

/// A row of kRules. It speaks where one of its findings is abnormal and there is something to try.
struct Rule {
    const char* name;                     ///< the experiment is advice-NAME
    std::array<const char*, 3> findings;  ///< of kThresholds; null where there are fewer
    const char* suspicion;
    const char* question;  ///< the experiment's
    AdvisedArms (*arms)(const ProfileView& profile);
    const char* reason;
    const char* source;  ///< title and section
};
extern const Rule kRules[];
extern const size_t kRuleCount;

}  // namespace rxlab
