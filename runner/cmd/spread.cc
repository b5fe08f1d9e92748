// SPDX-License-Identifier: GPL-2.0
#include "compare/spread.h"

#include "base/error.h"
#include "cmd/options.h"
#include "cmd/perform.h"

#include <fmt/format.h>
#include <memory>

namespace rxlab {

void define_spread(CommandOptions command) {
    auto file = std::make_shared<std::string>();
    auto json = std::make_shared<bool>(false);
    command.option("RESULT", *file, "result.json or its folder").required();
    command.flag("--json", *json, "print JSON");
    command.does([=] {
        const std::vector<SpreadRow> rows = spread_of(load_result(*file));
        if (rows.empty())
            throw Error(Status::usage,
                        "no boot of this result has two phases, so nothing is known "
                        "of the spread within a boot",
                        "\"phases\": 3 in the experiment's \"rounds\", in the counted lane");
        if (!*json) {
            fmt::print("{}", text_table(rows));
            return;
        }
        Json list = Json::array();
        for (const SpreadRow& row : rows) list.push_back(to_json(row));
        fmt::print("{}\n", list.dump(2));
    });
}

}  // namespace rxlab
