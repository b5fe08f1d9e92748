// SPDX-License-Identifier: GPL-2.0
#include "cmd/commands.h"
#include "cmd/perform.h"
#include "target/files.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <memory>

namespace rxlab {

void define_report(CLI::App& app, int&) {
    auto folder = std::make_shared<std::string>();
    app.add_option("DIR", *folder, "folder of a run (result.json)")->required();
    app.callback([=] {
        const std::filesystem::path dir = *folder;
        const Result result = result_from_json(read_json(dir / "result.json"));
        write_whole(dir / "comparison.json", compare(result).json.dump(2) + "\n");
        draw("report.py", dir);
        fmt::print("{}\n", (dir / "report.html").string());
    });
}

}  // namespace rxlab
