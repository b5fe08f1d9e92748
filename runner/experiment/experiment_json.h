// SPDX-License-Identifier: GPL-2.0
// The fields of an experiment, as documents have them: where it was read from, its verbatim text,
// every field as it was understood.
#pragma once
#include "experiment/experiment.h"
#include "experiment/field_list.h"

namespace rxlab {

template <>
struct FieldList<Boot> {
    static constexpr auto fields =
        std::tuple(later_field("kernel", &Boot::kernel), later_field("kmod", &Boot::kmod),
                   later_field("bpf", &Boot::bpf), later_field("cmdline", &Boot::cmdline),
                   later_field("machine", &Boot::machine), later_field("devices", &Boot::devices),
                   later_field("seed_offset", &Boot::seed_offset));
};

template <>
struct FieldList<Needs> {
    static constexpr auto fields =
        std::tuple(field("kernel", &Needs::kernel), field("target", &Needs::target));
};

template <>
struct FieldList<Arm> {
    static constexpr auto fields =
        std::tuple(field("name", &Arm::name), field("summary", &Arm::summary),
                   field("baseline", &Arm::baseline), later_field("generator", &Arm::generator),
                   later_field("builds_on", &Arm::builds_on), field("setup", &Arm::setup),
                   field("knobs", &Arm::knobs), later_field("topology", &Arm::topology),
                   field("traffic", &Arm::traffic), field("boot", &Arm::boot),
                   field("needs", &Arm::needs), field("expect", &Arm::expect));
};

template <>
struct FieldList<Factor> {
    static constexpr auto fields =
        std::tuple(field("name", &Factor::name), field("values", &Factor::values));
};

template <>
struct FieldList<Rounds> {
    static constexpr auto fields =
        std::tuple(field("boot_seeds", &Rounds::boot_seeds), field("phases", &Rounds::phases),
                   field("timed", &Rounds::timed), field("timed_max", &Rounds::timed_max),
                   field("functional", &Rounds::functional),
                   later_field("probe_rounds", &Rounds::probe_rounds));
};

template <>
struct FieldList<Brief> {
    static constexpr auto fields =
        std::tuple(later_field("arms", &Brief::arms), later_field("factors", &Brief::factors));
};

template <>
struct FieldList<Experiment> {
    static constexpr auto fields = std::tuple(
        field("file", &Experiment::file), field("text", &Experiment::text),
        field("name", &Experiment::name), field("question", &Experiment::question),
        field("description", &Experiment::description), field("lanes", &Experiment::lanes),
        field("mechanism", &Experiment::mechanism), field("topology", &Experiment::topology),
        field("traffic", &Experiment::traffic), field("setup", &Experiment::setup),
        field("knobs", &Experiment::knobs), field("boot", &Experiment::boot),
        field("collectors", &Experiment::collectors), field("primary", &Experiment::primary),
        later_field("secondary", &Experiment::secondary), field("arms", &Experiment::arms),
        field("factors", &Experiment::factors), field("rounds", &Experiment::rounds),
        later_field("brief", &Experiment::brief));
};

/// Names become parts of paths and of scripts, so a document's are held to the schema's grammar.
/// @throws Error(Status::usage)
void check_read(const Field& json, const Experiment& experiment);
void check_read(const Field& json, const Arm& arm);

}  // namespace rxlab
