// SPDX-License-Identifier: GPL-2.0
#include "compare/comparison.h"

#include "experiment/field_list.h"

namespace rxlab {

static void read_word(const Field& json, Status& status) {
    status = static_cast<Status>(json.integer());
}

template <>
struct FieldList<ChangeWords> {
    static constexpr auto fields =
        std::tuple(field("less", &ChangeWords::less), field("more", &ChangeWords::more),
                   field("of", &ChangeWords::of));
};

template <>
struct FieldList<ComparedMetric> {
    using M = ComparedMetric;
    static constexpr auto fields = std::tuple(
        field("name", &M::name), field("unit", &M::unit), field("better", &M::better),
        field("class", &M::metric_class), field("primary", &M::primary),
        field("before", &M::before), field("after", &M::after), field("difference", &M::difference),
        field("difference_low", &M::difference_low), field("difference_high", &M::difference_high),
        field("ratio", &M::ratio), field("ci_low", &M::ci_low), field("ci_high", &M::ci_high),
        field("scale", &M::scale), field("confidence", &M::confidence),
        later_field("interval_by", &M::interval_by), field("n", &M::n),
        field("clusters", &M::clusters), later_field("least_clusters", &M::least_clusters),
        field("mde", &M::mde), field("delta", &M::delta), field("verdict", &M::verdict),
        later_field("verdict_words", &M::verdict_words), field("reason", &M::reason),
        field("before_values", &M::before_values), field("after_values", &M::after_values),
        later_field("change_words", &M::change_words));
};

template <>
struct FieldList<ComparedArm> {
    using A = ComparedArm;
    static constexpr auto fields = std::tuple(
        field("arm", &A::arm), field("factors", &A::factors), field("label", &A::label),
        field("before_label", &A::before_label), field("after_label", &A::after_label),
        field("verdict", &A::verdict), later_field("verdict_words", &A::verdict_words),
        field("reasons", &A::reasons), field("notes", &A::notes), field("metrics", &A::metrics));
};

template <>
struct FieldList<GeneratorAlone> {
    using G = GeneratorAlone;
    static constexpr auto fields =
        std::tuple(field("label", &G::label), field("metric", &G::metric), field("unit", &G::unit),
                   field("value", &G::value));
};

template <>
struct FieldList<Comparison> {
    using C = Comparison;
    static constexpr auto fields = std::tuple(
        field("schema_version", &C::schema_version), field("experiment", &C::experiment),
        field("question", &C::question), field("lane", &C::lane), field("target", &C::target),
        field("kind", &C::kind), field("baseline", &C::baseline), field("mechanism", &C::mechanism),
        field("delta_rule", &C::delta_rule), field("null_floor", &C::null_floor),
        field("paired", &C::paired), later_field("looks", &C::looks),
        later_field("rounds", &C::rounds), later_field("error", &C::error),
        later_field("stopping", &C::stopping), field("comparisons", &C::comparisons),
        later_field("generators", &C::generators), field("verdict", &C::verdict),
        later_field("verdict_words", &C::verdict_words), field("headline", &C::headline),
        field("notes", &C::notes), later_field("in_time", &C::in_time),
        field("status", &C::status));
};

Json lane_facts(Lane lane) {
    const LaneRow& row = lane_row(lane);
    return {{"cost", row.cost ? Json(row.cost) : Json(nullptr)},
            {"repeats_exactly", row.repeats_exactly},
            {"runs_until_precise", row.most_rounds != nullptr},
            {"own_clock", row.icount},
            {"this_machine", row.needs_kvm},
            {"delta", row.delta.relative},
            {"round", row.round},
            {"summary", row.summary},
            {"method", row.method},
            {"speaks_of", row.speaks_of},
            {"repetition", row.repetition},
            {"cannot_see", row.cannot_see}};
}

Json to_json(const Comparison& comparison) {
    Json json = written(comparison);
    json["lane_facts"] = lane_facts(comparison.lane);
    return json;
}

Comparison comparison_from_json(const Json& json) {
    Comparison comparison;
    read(Field(json), comparison);
    return comparison;
}

}  // namespace rxlab
