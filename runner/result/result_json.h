// SPDX-License-Identifier: GPL-2.0
// The fields of an observation, as the store and documents have them.
#pragma once
#include "plan/plan_json.h"
#include "result/result.h"

namespace rxlab {

template <>
struct FieldList<Metric> {
    static constexpr auto fields =
        std::tuple(field("value", &Metric::value), field("unit", &Metric::unit),
                   field("better", &Metric::better));
};
void check_read(const Field& json, const Metric& metric);

template <>
struct FieldList<Check> {
    static constexpr auto fields =
        std::tuple(field("ok", &Check::ok), field("detail", &Check::detail));
};

template <>
struct FieldList<Observation> {
    static constexpr auto fields = std::tuple(
        field("trial", &Observation::trial), field("metrics", &Observation::metrics),
        field("checks", &Observation::checks), field("kernel_log/splats", &Observation::splats),
        field("curves", &Observation::curves), field("facts", &Observation::facts),
        field("wall_s", &Observation::wall_s), field("measured_s", &Observation::measured_s),
        later_field("cpu_s", &Observation::cpu_s));
};

}  // namespace rxlab
