// SPDX-License-Identifier: GPL-2.0
#include "stats/looks.h"

namespace rxlab {

double error_at(size_t look, size_t looks) {
    constexpr double early = kFamilyError / 10;
    return look + 1 < looks ? early : kFamilyError - early * static_cast<double>(looks - 1);
}

}  // namespace rxlab
