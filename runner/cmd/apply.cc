// SPDX-License-Identifier: GPL-2.0
// Settings of this machine, all or none of them: for some time, until they are taken back, or as
// files for its next start.
#include "base/error.h"
#include "base/interrupt.h"
#include "base/names.h"
#include "base/output.h"
#include "base/whole_file.h"
#include "cmd/options.h"
#include "journal/journal.h"
#include "knobs/knobs.h"
#include "settings/persistent_files.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>
#include <memory>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

struct ApplyWords {
    fs::path file;
    std::string for_time, interface;
    fs::path write;
    bool undo = false, dry_run = false, trust = false, json = false;
};

/// A setting that would change.
struct Change {
    std::string knob, before, after;
};

Json to_json(const Change& change) {
    return {{"knob", change.knob}, {"before", change.before}, {"after", change.after}};
}

/// "90", "90s", "10m", "2h". @throws Error(Status::usage)
uint64_t seconds_in(const std::string& text) {
    const std::pair<char, uint64_t> units[] = {{'s', 1}, {'m', 60}, {'h', 3600}};
    std::string digits = text;
    uint64_t unit = 1;
    for (const auto& [letter, seconds] : units)
        if (text.ends_with(letter)) {
            unit = seconds;
            digits.pop_back();
        }
    const bool number = !digits.empty() && digits.size() <= 5 &&
                        digits.find_first_not_of("0123456789") == std::string::npos;
    const uint64_t all = number ? std::stoull(digits) * unit : 0;
    if (all < 1 || all > 24 * 3600)
        throw Error(Status::usage, fmt::format("--for {}: expected a time of up to a day", text),
                    "e.g. 90s, 10m, 2h");
    return all;
}

Settings read_settings(const ApplyWords& words) {
    if (!words.interface.empty()) require_interface_name(words.interface);
    return for_interface(parse_settings(read_whole(words.file), words.file.string()),
                         words.interface);
}

/// All that can be known before anything is touched.
std::vector<Change> changes_of(const Settings& settings, bool trust) {
    std::vector<Change> changes;
    for (const auto& [name, value] : settings.knobs) {
        require_lasting(name);
        if (!trust) require_within_receive_path(name);
        const Knob knob = find_knob(name);
        const std::string before = knob.kind.read(real_sys(), knob.object);
        check_knob(real_sys(), knob, value);
        if (!same_value(before, value)) changes.push_back({name, before, value});
    }
    return changes;
}

void print(const std::vector<Change>& changes, const char* said, bool json) {
    if (json) {
        Json list = Json::array();
        for (const Change& change : changes) list.push_back(to_json(change));
        fmt::print("{}\n", Json{{said, list}}.dump(2));
        return;
    }
    if (changes.empty()) fmt::print("every setting is so already\n");
    for (const Change& change : changes)
        fmt::print("{} {}: {} -> {}\n", said, change.knob, change.before, change.after);
    std::fflush(stdout);
}

/// What could not be undone becomes part of the message.
[[noreturn]] void undo_and_throw(Journal& journal, const Error& error) {
    const std::vector<std::string> failures = journal.restore();
    if (failures.empty()) throw Error(error.status(), error.what(), error.next());
    throw Error(Status::invalid,
                fmt::format("{}; and not undone: {}", error.what(), failures.front()),
                "rxlab restore tries again");
}

/// Did somebody type "keep" before the time was over? @throws Error(Status::interrupted)
bool is_confirmed(uint64_t seconds) {
    const uint64_t end = real_sys().now_ns() + seconds * 1'000'000'000;
    std::string typed;
    bool open = true;
    while (real_sys().now_ns() < end) {
        throw_if_interrupted();
        pollfd input{.fd = open ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0};
        if (::poll(&input, 1, 100) <= 0 || !input.revents) continue;
        char bytes[64];
        const ssize_t count = ::read(STDIN_FILENO, bytes, sizeof bytes);
        open = count > 0;
        for (ssize_t i = 0; i < count; i++) {
            if (bytes[i] != '\n') {
                typed += bytes[i];
                continue;
            }
            if (typed == "keep") return true;
            tell("type 'keep' to keep them\n");
            typed.clear();
        }
    }
    return false;
}

void confirm(Journal& journal, const std::string& time, uint64_t seconds) {
    tell("type 'keep' within {}, or they are undone; a lost connection undoes them, too\n", time);
    bool kept = false;
    try {
        kept = is_confirmed(seconds);
    } catch (const Error& error) {
        undo_and_throw(journal, error);
    }
    if (!kept)
        undo_and_throw(journal, Error(Status::inconclusive,
                                      fmt::format("nobody said 'keep' within {}: undone", time)));
}

int apply(const ApplyWords& words) {
    const uint64_t seconds = words.for_time.empty() ? 0 : seconds_in(words.for_time);
    const Settings settings = read_settings(words);
    if (words.dry_run) {
        print(changes_of(settings, words.trust), "would set", words.json);
        return 0;
    }
    Journal journal(real_sys(), state_directory());
    journal.lock();
    journal.require_nothing_pending();
    const std::vector<Change> changes = changes_of(settings, words.trust);
    try {
        for (const Change& change : changes) {
            throw_if_interrupted();
            journal.set_knob(change.knob, change.after);
        }
    } catch (const Error& error) {
        undo_and_throw(journal, error);
    }
    print(changes, "set", words.json);
    if (seconds && !changes.empty()) confirm(journal, words.for_time, seconds);
    Journal kept(real_sys(), kept_directory());
    journal.hand_over(kept);
    if (!changes.empty()) tell("'rxlab apply --undo' takes them back\n");
    return 0;
}

int undo() {
    Journal kept(real_sys(), kept_directory());
    const std::vector<Undo> pending = kept.pending();
    const std::vector<std::string> failures = kept.restore();
    for (const std::string& note : kept.notes()) tell("note: {}\n", note);
    for (const std::string& line : failures) tell("rxlab: not undone: {}\n", line);
    fmt::print("{} of {} settings taken back\n", pending.size() - kept.pending().size(),
               pending.size());
    return static_cast<int>(failures.empty() ? Status::ok : Status::invalid);
}

void write_files(const ApplyWords& words) {
    const Settings settings = read_settings(words);
    const PersistentFiles files = persistent_files(settings, values_now(real_sys(), settings));
    if (files.files.empty())
        throw Error(Status::usage, fmt::format("{}: {}", words.file.string(), files.notes.front()));
    write_persistent(settings, files, words.write);
    if (words.json)
        fmt::print("{}\n", to_json(files).dump(2));
    else
        fmt::print("{}\n", (words.write / "README.md").string());
}

}  // namespace

void define_apply(CommandOptions command) {
    auto words = std::make_shared<ApplyWords>();
    command.option("FILE", words->file, "settings: a name, and knobs with their values")
        .existing_file();
    command.option("--for", words->for_time,
                   "undo them after this time (90s, 10m, 2h) unless 'keep' is typed");
    command.option(
        "--write", words->write,
        "change nothing; write the files that set them at each start, and how to undo that, there");
    command.option("--interface", words->interface,
                   "the interface that the file calls @dut, as experiments do");
    command.flag("--undo", words->undo, "take back what was applied and kept");
    command.flag("--dry-run", words->dry_run, "say what would be set, set nothing");
    command.flag("--trust", words->trust, "set what is beyond the receive path, too");
    command.flag("--json", words->json, "print JSON");
    command.footer(
        "A file of settings: {\"name\": \"less-irqs\", \"knobs\": "
        "{\"ethtool:eth0/coalesce/rx-usecs\": 50}}");
    command.does([=]() -> int {
        if (words->undo) return undo();
        if (words->file.empty()) throw_missing("FILE");
        if (words->write.empty()) return apply(*words);
        write_files(*words);
        return 0;
    });
}

}  // namespace rxlab
