// SPDX-License-Identifier: GPL-2.0
// What is abnormal in a profile: a table of thresholds. Pure.
#pragma once
#include "profile/view.h"

namespace rxlab {

/// What a threshold watches over. In this order findings are told: a lost packet is worse than a
/// busy CPU.
enum class Concern { loss, saturation, latency, batching, placement };
const char* to_string(Concern concern);

/// A row of kThresholds.
struct Threshold {
    const char* name;
    Concern concern;
    const char* what;  ///< the number in words
    const char* unit;  ///< "1": a share
    enum Side { above, below } abnormal;
    double limit;
    /// Nothing: the profile does not have what it is made of, or too little of it to tell.
    std::optional<double> (*evidence)(const ProfileView& profile);
    const char* why;     ///< why it is a sign of something, and why from this limit on
    const char* source;  ///< title and section
};
extern const Threshold kThresholds[];
extern const size_t kThresholdCount;

bool is_abnormal(const Threshold& threshold, double value);

/// How far beyond its limit, at least 1; of a limit of 0 what is beyond it.
double excess(const Threshold& threshold, double value);

}  // namespace rxlab
