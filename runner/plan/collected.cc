// SPDX-License-Identifier: GPL-2.0
#include "plan/collected.h"

namespace rxlab {

bool gives(const std::string& collector, const std::string& metric) {
    const size_t word = metric.find('.');
    return word != std::string::npos && word != 0 && collector.starts_with(metric.substr(0, word));
}

}  // namespace rxlab
