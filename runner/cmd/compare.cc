// SPDX-License-Identifier: GPL-2.0
#include "compare/compare.h"

#include "cmd/catalogue.h"
#include "cmd/options.h"
#include "cmd/perform.h"
#include "compare/table.h"

#include <fmt/format.h>
#include <memory>

namespace rxlab {
namespace {

Comparison compared(const std::vector<std::string>& files, const std::string& null) {
    const Result first = load_result(files[0]);
    const CompareOptions options = compare_options(null, first.plan.lane);
    return files.size() == 1 ? compare(first, options)
                             : compare(first, load_result(files[1]), options);
}

}  // namespace

void define_compare(CommandOptions command) {
    auto files = std::make_shared<std::vector<std::string>>();
    auto json = std::make_shared<bool>(false);
    command
        .option("RESULT", *files,
                "one result (its arms), or two (before, after): result.json or its folder")
        .required()
        .values(1, 2);
    auto null = std::make_shared<std::string>();
    command
        .option("--null", *null,
                "result of null-aa in this lane on this machine: a smaller difference than it "
                "shows counts as none")
        .existing_path();
    command.flag("--json", *json, "print comparison.json");
    command.does([=] {
        const Comparison comparison = compared(*files, *null);
        fmt::print("{}\n", *json ? to_json(comparison).dump(2) : text_table(comparison));
        return static_cast<int>(comparison.status);
    });
}

}  // namespace rxlab
