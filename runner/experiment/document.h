// SPDX-License-Identifier: GPL-2.0
// Documents beside experiments: each has a name, may have a summary, and is JSON with comments.
#pragma once
#include "experiment/narrate.h"

#include <string>
#include <vector>

namespace rxlab {

/// @param properties of its own, besides "name" and "summary", as a schema has them
/// @param required names of those that it cannot be without
Json document_schema(Json properties, std::vector<std::string> required);

/// @param meaning what a schema cannot say, of a document that is as it says
/// @throws Error(Status::usage): problems_error() of what is wrong
Json read_document(const std::string& text, const std::string& file, const Json& schema,
                   std::vector<Finding> (*meaning)(const Json& document), const std::string& next);

}  // namespace rxlab
