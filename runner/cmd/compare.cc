// SPDX-License-Identifier: GPL-2.0
#include "compare/compare.h"

#include "cmd/catalogue.h"
#include "cmd/commands.h"
#include "compare/table.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

namespace rxlab {
namespace {

/// A result is named by its file or by the folder of its run.
Result load_result(const std::filesystem::path& path) {
    return result_from_json(read_json(std::filesystem::is_directory(path) ? path / "result.json" : path));
}

} // namespace

void define_compare(CLI::App& app, int& status) {
    auto files = std::make_shared<std::vector<std::string>>();
    auto json = std::make_shared<bool>(false);
    app.add_option("RESULT", *files, "one result (its arms), or two (before, after): result.json or its folder")->required()->expected(1, 2);
    app.add_flag("--json", *json, "print comparison.json");
    app.callback([=, &status] {
        const Comparison comparison = files->size() == 1 ? compare(load_result(files->at(0)))
                                                         : compare(load_result(files->at(0)), load_result(files->at(1)));
        fmt::print("{}\n", *json ? comparison.json.dump(2) : text_table(comparison.json));
        status = static_cast<int>(comparison.status);
    });
}

} // namespace rxlab
