// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "base/output.h"
#include "cmd/options.h"
#include "collect/controlled_process.h"
#include "journal/journal.h"

#include <fmt/format.h>
#include <memory>

namespace rxlab {
namespace {

Json undo_json(const std::vector<Undo>& entries) {
    Json list = Json::array();
    for (const Undo& undo : entries) list.push_back(to_json(undo));
    return list;
}

/// Those of `before` that are not in `left`, the last one first; both are in the same order.
std::vector<Undo> undone(const std::vector<Undo>& before, const std::vector<Undo>& left) {
    std::vector<Undo> gone;
    size_t kept = left.size();
    for (auto undo = before.rbegin(); undo != before.rend(); ++undo)
        if (kept && to_json(left[kept - 1]) == to_json(*undo))
            kept--;
        else
            gone.push_back(*undo);
    return gone;
}

void print(const Journal& journal, const std::vector<Undo>& done, bool only_show,
           const std::vector<std::string>& failed) {
    if (done.empty() && failed.empty())
        fmt::print("nothing to restore: the journal in {} is empty\n", state_directory());
    for (const Undo& undo : done)
        fmt::print("{} {}\n", only_show ? "would undo" : "undone", undo.what);
    for (const std::string& note : journal.notes()) fmt::print("note: {}\n", note);
    for (const std::string& line : failed) tell("rxlab: not undone: {}\n", line);
    if (!journal.damage().empty())
        tell("  next: undo by hand what the damaged lines name, then remove {}/journal.jsonl\n",
             state_directory());
    if (const size_t kept = Journal(real_sys(), kept_directory()).pending().size())
        fmt::print("{} settings are kept: 'rxlab apply --undo' takes them back\n", kept);
}

int restore(bool json, bool only_show) {
    ControlledProcess::remove_left_over();
    Journal journal(real_sys(), state_directory());
    const std::vector<Undo> pending = journal.pending();
    const std::vector<std::string> failed = only_show ? journal.damage() : journal.restore();
    const std::vector<Undo> done =
        undone(pending, only_show ? std::vector<Undo>{} : journal.pending());
    if (json)
        fmt::print("{}\n", Json{{"pending", undo_json(pending)},
                                {"restored", !only_show},
                                {"failed", failed},
                                {"notes", journal.notes()}}
                               .dump(2, ' ', false, Json::error_handler_t::replace));
    else
        print(journal, done, only_show, failed);
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
