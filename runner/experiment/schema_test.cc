// SPDX-License-Identifier: GPL-2.0
#include "experiment/schema.h"

#include <gtest/gtest.h>

#include "experiment/experiment.h"
#include "experiment/test_words.h"

namespace rxlab {
namespace {

TEST(ExperimentSchema, has_the_parameters_of_every_kind) {
    const Json schema = experiment_schema(test::words());
    const Json& traffic = schema["definitions"]["traffic"];
    EXPECT_EQ(traffic["properties"]["kind"]["enum"], Json({"pktgen", "live_frames"}));
    EXPECT_EQ(traffic["allOf"][0]["then"]["properties"]["packets"]["minimum"], 1);
    EXPECT_EQ(schema["definitions"]["metric"]["anyOf"].size(), 2u);
}

/// Objects that list properties but let others in.
size_t open_objects(const Json& schema, bool in_condition = false) {
    size_t open = !in_condition && schema.is_object() && schema.contains("properties") &&
                  schema["properties"].is_object() && !schema.contains("additionalProperties") &&
                  !schema.contains("allOf");
    for (const auto& [key, part] : schema.items())
        if (part.is_structured()) open += open_objects(part, key == "if");
    return open;
}

TEST(ExperimentSchema, lets_no_unknown_key_in) {
    EXPECT_EQ(open_objects(experiment_schema(test::words())), 0u);
}

TEST(ExperimentSchema, leaves_the_catch_all_metric_out) {
    Vocabulary words = test::words();
    words.metrics.push_back({"*", "whatever else there is", nullptr});
    EXPECT_FALSE(
        validate(experiment_schema(words)["definitions"]["metric"], "no_such_metric").empty());
    EXPECT_TRUE(validate(experiment_schema(words)["definitions"]["metric"],
                         "softirq.net_rx.entry_to_exit.p99")
                    .empty());
}

/// valijson judges; narrate() must find words for the same instances.
TEST(Validate, finds_words_for_what_is_refused) {
    const Json schema = experiment_schema(test::words());
    const Json document = Json::parse(test::kValid, nullptr, true, true);
    const Json flat = document.flatten();
    for (const auto& [pointer, old] : flat.items())
        for (const Json& value : {Json(), Json(-1), Json("x y"), Json::array({1}),
                                  Json::object({{"x", 1}}), Json(true)}) {
            Json changed = document;
            changed[Json::json_pointer(pointer)] = value;
            const bool refused = !validate(schema, changed).empty();
            EXPECT_EQ(refused, !narrate(schema, changed).empty()) << pointer << " " << value;
        }
}

TEST(Validate, falls_back_on_the_judges_own_words) {
    const Json schema = {{"type", "object"}, {"properties", {{"a", {{"multipleOf", 4}}}}}};
    const auto findings = validate(schema, {{"a", 6}});
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].pointer.to_string(), "/a");
    EXPECT_EQ(findings[0].message,
              "expected what the schema allows, got this: Value should be a multiple of 4");
}

}  // namespace
}  // namespace rxlab
