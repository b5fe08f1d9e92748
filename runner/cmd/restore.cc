// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "base/output.h"
#include "cmd/options.h"
#include "journal/journal.h"

#include <fmt/format.h>
#include <memory>

namespace rxlab {
namespace {

Json undo_json(const std::vector<Undo>& entries) {
    Json list = Json::array();
    for (const Undo& undo : entries)
        list.push_back({{"what", undo.what},
                        {"path", undo.path},
                        {"value", undo.value},
                        {"argv", undo.argv},
                        {"netns", undo.netns}});
    return list;
}

int restore(bool json, bool only_show) {
    Journal journal(real_sys(), state_directory());
    const std::vector<Undo> pending = journal.pending();
    const std::vector<std::string> failed =
        only_show ? std::vector<std::string>{} : journal.restore();
    if (json) {
        fmt::print(
            "{}\n",
            Json{{"pending", undo_json(pending)}, {"restored", !only_show}, {"failed", failed}}
                .dump(2));
    } else if (pending.empty()) {
        fmt::print("nothing to restore: the journal in {} is empty\n", state_directory());
    } else {
        for (auto undo = pending.rbegin(); undo != pending.rend(); ++undo)
            fmt::print("{} {}\n", only_show ? "would undo" : "undone", undo->what);
        for (const std::string& line : failed) tell("rxlab: not undone: {}\n", line);
    }
    return static_cast<int>(failed.empty() ? Status::ok : Status::invalid);
}

}  // namespace

void define_restore(CommandOptions command) {
    auto json = std::make_shared<bool>(false);
    auto only_show = std::make_shared<bool>(false);
    command.flag("--json", *json, "print JSON");
    command.flag("--dry-run", *only_show, "say what would be undone, undo nothing");
    command.does([=] { return restore(*json, *only_show); });
}

}  // namespace rxlab
