// SPDX-License-Identifier: GPL-2.0
#include "stats/family.h"

namespace rxlab {
namespace {

constexpr size_t kLeastRounds = 10;

}  // namespace

double first_confidence(size_t count, double error) {
    return count ? 1 - error / static_cast<double>(count) : 0;
}

std::vector<double> holm_confidences(size_t count,
                                     const std::function<bool(size_t, double)>& decided,
                                     double error) {
    std::vector<double> confidences(count);
    std::vector<bool> settled(count, false);
    size_t left = count, before = count + 1;
    while (left > 0 && left < before) {
        before = left;
        const double confidence = first_confidence(before, error);
        for (size_t i = 0; i < count; i++) {
            if (settled[i]) continue;
            confidences[i] = confidence;
            settled[i] = decided(i, confidence);
            left -= settled[i];
        }
    }
    return confidences;
}

bool precise_enough(std::span<const double> log_ratios, double target) {
    if (log_ratios.size() < kLeastRounds) return false;
    const Interval interval = *paired_shift(log_ratios, 1 - kFamilyError).interval;
    return (interval.high - interval.low) / 2 <= target;
}

}  // namespace rxlab
