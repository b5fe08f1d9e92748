// SPDX-License-Identifier: GPL-2.0
// For tests: what results/schema says of a document.
#pragma once
#include "experiment/schema.h"

#include <gtest/gtest.h>
#include <fstream>
#include <string>
#include <vector>

namespace rxlab {

/// @param definition of the schema's, that the document is of; empty: the whole
inline std::vector<Finding> against_schema(const Json& document, const std::string& name,
                                           const std::string& definition = "") {
    std::ifstream file(RXLAB_SOURCE "/results/schema/" + name + ".schema.json");
    Json schema = Json::parse(file);
    if (!definition.empty())
        schema = {{"definitions", schema.at("definitions")},
                  {"$ref", "#/definitions/" + definition}};
    return validate(schema, Json::parse(document.dump()));  // as it is written: no NaN
}

inline void expect_schema(const Json& document, const std::string& name,
                          const std::string& definition = "") {
    for (const Finding& finding : against_schema(document, name, definition))
        ADD_FAILURE() << finding.pointer.to_string() << ": " << finding.message;
}

}  // namespace rxlab
