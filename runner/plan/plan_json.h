// SPDX-License-Identifier: GPL-2.0
// The fields of a plan and of its trials, as documents and the guest's job have them.
#pragma once
#include "experiment/experiment_json.h"
#include "plan/plan.h"

namespace rxlab {

template <>
struct FieldList<Trial> {
    static constexpr auto fields = std::tuple(
        field("id", &Trial::id), field("arm", &Trial::arm), field("factors", &Trial::factors),
        field("round", &Trial::round), field("boot_seed", &Trial::boot_seed),
        field("phase", &Trial::phase), field("seed", &Trial::seed), field("lane", &Trial::lane),
        field("boot", &Trial::boot), field("topology", &Trial::topology),
        field("traffic", &Trial::traffic), field("setup", &Trial::setup),
        field("knobs", &Trial::knobs), field("collectors", &Trial::collectors),
        field("expect", &Trial::expect), later_field("probes", &Trial::probes));
};

template <>
struct FieldList<Plan> {
    static constexpr auto fields = std::tuple(
        field("experiment", &Plan::experiment), field("lane", &Plan::lane),
        field("target", &Plan::target), field("seed", &Plan::seed), field("trials", &Plan::trials),
        field("left_out", &Plan::left_out), later_field("looks", &Plan::looks));
};

}  // namespace rxlab
