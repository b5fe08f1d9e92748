// SPDX-License-Identifier: GPL-2.0
#include "cmd/options.h"
#include "cmd/perform.h"
#include "target/files.h"

#include <fmt/format.h>
#include <memory>

namespace rxlab {

void define_report(CommandOptions command) {
    auto folder = std::make_shared<std::string>();
    command.option("DIR", *folder, "folder of a run (result.json)").required();
    command.does([=] {
        const std::filesystem::path dir = *folder;
        const Result result = load_result(dir);
        write_whole(dir / "comparison.json", to_json(compare(result)).dump(2) + "\n");
        draw("report.py", dir);
        fmt::print("{}\n", (dir / "report.html").string());
    });
}

}  // namespace rxlab
