// SPDX-License-Identifier: GPL-2.0
#include "experiment/document.h"

#include "experiment/schema.h"
#include "experiment/source.h"

namespace rxlab {

Json document_schema(Json properties, std::vector<std::string> required) {
    properties["name"] = {{"title", "a name of lower-case letters, digits, '.' and '-'"},
                          {"type", "string"},
                          {"pattern", "^[a-z0-9][a-z0-9.-]*$"},
                          {"maxLength", 40}};
    properties["summary"] = {{"type", "string"}, {"maxLength", 500}};
    required.emplace_back("name");
    return {{"type", "object"},
            {"additionalProperties", false},
            {"required", required},
            {"properties", std::move(properties)}};
}

Json read_document(const std::string& text, const std::string& file, const Json& schema,
                   std::vector<Finding> (*meaning)(const Json& document), const std::string& next) {
    const Source source = read_source(text);
    std::vector<Problem> problems = source.problems;
    if (!source.document.is_discarded()) {
        std::vector<Finding> findings = validate(schema, source.document);
        if (findings.empty()) findings = meaning(source.document);
        for (const Finding& finding : findings) problems.push_back(placed(source, finding));
    }
    if (!problems.empty()) throw problems_error(file, text, problems, next);
    return source.document;
}

}  // namespace rxlab
