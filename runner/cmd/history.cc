// SPDX-License-Identifier: GPL-2.0
// Results of many nights: added to one file, followed, shown, exported.
#include "base/error.h"
#include "base/output.h"
#include "base/printable.h"
#include "base/whole_file.h"
#include "cmd/options.h"
#include "cmd/perform.h"
#include "history/add.h"
#include "history/document.h"
#include "target/files.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <ctime>
#include <memory>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

struct HistoryRequest {
    fs::path db;  ///< empty: history.sqlite where results go
    bool json = false;
    std::vector<std::string> files;
    RecordOptions record;
    std::string series, only, format = "csv";
    fs::path out;
    int keep_days = 0;
    bool news = false;
    bool report = true;
};

fs::path database_of(const HistoryRequest& request) {
    return request.db.empty() ? runs_folder() / kHistoryFile : request.db;
}

/// @throws Error(Status::usage): it is not there
HistoryStore store_for(const HistoryRequest& request, DatabaseMode mode) {
    const fs::path db = database_of(request);
    if (!fs::exists(db))
        throw Error(Status::usage, fmt::format("{}: not there", db.string()),
                    "'rxlab history add RESULT' makes it; --db names another one");
    return HistoryStore(db, mode);
}

FollowedHistory history_for(const HistoryRequest& request) {
    HistoryStore store = store_for(request, DatabaseMode::read);
    return followed(store);
}

// --- add ---

const char* word_of(Addition what) {
    return what == Addition::added ? "added" : what == Addition::duplicate ? "skipped" : "refused";
}

Json file_json(const AddedFile& row) {
    return {{"file", row.file},
            {"what", word_of(row.what)},
            {"night", row.night},
            {"words", row.words}};
}

void print_added(const HistoryAdded& added, const fs::path& db) {
    for (const AddedFile& row : added.files)
        fmt::print("{:<8} {:<10} {}: {}\n", word_of(row.what), row.night,
                   printable(row.file.string()), printable(row.words));
    fmt::print("{}: {} added, {} skipped, {} refused\n", db.string(), added.count(Addition::added),
               added.count(Addition::duplicate), added.count(Addition::refused));
}

Json repeat_json(const ToRepeat& run) {
    return {{"experiment", run.experiment},
            {"kernel", run.kernel},
            {"lane", to_string(run.lane)},
            {"source", run.source},
            {"words", run.words}};
}

void print_repeats(const std::vector<ToRepeat>& runs) {
    for (const ToRepeat& run : runs) {
        for (const std::string& words : run.words) fmt::print("{}\n", printable(words));
        fmt::print("  next: run {} on {} once more, and add that result\n", run.experiment,
                   printable(run.kernel));
    }
}

int add_results(const HistoryRequest& request) {
    if (!request.record.night.empty() && !is_night(request.record.night))
        throw Error(Status::usage, fmt::format("--night: '{}' is no day", request.record.night),
                    "as 2026-12-01");
    const fs::path db = database_of(request);
    const HistoryAdded added =
        add_to_history(db, {request.files.begin(), request.files.end()}, request.record);
    const std::vector<ToRepeat> runs = to_repeat(db);
    if (request.json) {
        Json rows = Json::array(), again = Json::array();
        for (const AddedFile& row : added.files) rows.push_back(file_json(row));
        for (const ToRepeat& run : runs) again.push_back(repeat_json(run));
        fmt::print("{}\n", Json{{"database", db}, {"files", rows}, {"repeat", again}}.dump(2));
    } else {
        print_added(added, db);
        print_repeats(runs);
    }
    return static_cast<int>(added.count(Addition::refused) ? Status::usage : Status::ok);
}

// --- list, show ---

/// "drop-point", "drop-point:closed-port", or the number that list shows.
bool is_meant(const FollowedSeries& series, const std::string& word) {
    const std::string& experiment = series.name.experiment;
    return word.empty() || word == fmt::format("{}", series.id) || word == experiment ||
           word == experiment + ":" + series.name.arm;
}

FollowedHistory only_meant(FollowedHistory history, const std::string& word) {
    std::erase_if(history.series,
                  [&](const FollowedSeries& series) { return !is_meant(series, word); });
    std::erase_if(history.epochs, [&](const Epoch& epoch) {
        return std::none_of(
            history.series.begin(), history.series.end(), [&](const FollowedSeries& series) {
                return series.name.experiment == epoch.experiment &&
                       series.name.kernel == epoch.kernel && series.name.lane == epoch.lane;
            });
    });
    if (!word.empty() && history.series.empty())
        throw Error(Status::usage, fmt::format("no series is called '{}'", word),
                    "'rxlab history list' shows all: a number, EXPERIMENT or EXPERIMENT:ARM");
    return history;
}

void print_line(const FollowedSeries& series) {
    const SeriesName& name = series.name;
    fmt::print("{:>4}  {:<9}  {} ({}, {})\n      {}\n", series.id, to_string(series.status),
               printable(in_words(name)), to_string(name.lane), printable(name.topology),
               printable(series.words));
}

void print_list(const FollowedHistory& history) {
    for (const FollowedSeries& series : history.series) print_line(series);
    fmt::print("{}\n", headline_of(history));
}

bool is_news(const FollowedSeries& series) {
    return series.status != SeriesStatus::steady && series.status != SeriesStatus::is_new;
}

void list_series(const HistoryRequest& request) {
    FollowedHistory history = only_meant(history_for(request), request.only);
    if (request.news)
        std::erase_if(history.series, [](const FollowedSeries& one) { return !is_news(one); });
    if (request.json)
        fmt::print("{}\n", to_json(history).dump(2));
    else
        print_list(history);
}

void print_change(const LevelChange& change) {
    fmt::print("      {}  {}  {} {}\n", change.night, levels_in_words(change), change.direction,
               to_string(change.state));
    fmt::print("        {}\n",
               change.made_of.empty()
                   ? "made of the same as the result before"
                   : printable(fmt::format("made of other: {}", fmt::join(change.made_of, "; "))));
    if (!change.cause.empty()) fmt::print("        {}\n", printable(change.cause));
    if (!change.command.empty())
        fmt::print("        which function: {}\n", printable(change.command));
}

void print_series(const FollowedSeries& series) {
    print_line(series);
    fmt::print("      unit {}; machine {}; differences from {:.2g} % count\n", series.name.unit,
               printable(series.name.machine), 100 * series.delta);
    for (const LevelChange& change : series.changes) print_change(change);
    for (const FollowedPoint& point : series.points)
        fmt::print("      {}  {:.6g}\n", point.night, point.value);
    for (const FollowedFault& fault : series.faults)
        fmt::print("      {}  no figure: {}\n", fault.night, printable(fault.why));
    if (!series.missing.empty())
        fmt::print("      no result on {}\n", fmt::join(series.missing, ", "));
}

void show_series(const HistoryRequest& request) {
    const FollowedHistory history = only_meant(history_for(request), request.series);
    if (request.json) {
        fmt::print("{}\n", to_json(history).dump(2));
        return;
    }
    for (const FollowedSeries& series : history.series) print_series(series);
}

// --- export, page, prune ---

void export_all(const HistoryRequest& request) {
    const FollowedHistory history = history_for(request);
    const std::string text = request.format == "csv" ? csv_of(history) : openmetrics_of(history);
    if (request.out.empty())
        fmt::print("{}", text);
    else
        write_whole(request.out, text);
}

void write_pages(const HistoryRequest& request) {
    const fs::path out = request.out.empty() ? runs_folder() / "history" : request.out;
    const Json document = to_json(history_for(request));
    make_folder(out);
    write_whole(out / "history.json", document.dump(1) + "\n");
    if (request.report) draw("history_report.py", out);
    if (request.json)
        fmt::print("{}\n", document.dump(2));
    else
        print_files(out / "history.json", out / "index.html", request.report);
}

std::string night_days_ago(int days) {
    return fmt::format("{:%Y-%m-%d}",
                       fmt::localtime(std::time(nullptr) - std::time_t{86'400} * days));
}

void prune_old(const HistoryRequest& request) {
    const Pruned pruned =
        store_for(request, DatabaseMode::write).prune(night_days_ago(request.keep_days));
    if (request.json)
        fmt::print("{}\n", Json{{"results", pruned.results}, {"before", pruned.before}}.dump(2));
    else
        fmt::print("{}: {} results from before {} taken out\n", database_of(request).string(),
                   pruned.results, pruned.before);
}

using SharedRequest = std::shared_ptr<HistoryRequest>;

CommandOptions part(CommandOptions command, const char* name, const char* summary,
                    const SharedRequest& request) {
    CommandOptions one = command.command(name, summary);
    one.option("--db", request->db,
               "the file (default: history.sqlite in results/runs, or where results go)");
    return one;
}

void define_add(CommandOptions command, const SharedRequest& request) {
    CommandOptions add =
        part(command, "add", "add results: each once, whatever is named twice", request);
    add.option("RESULT", request->files,
               "result.json or its folder; a diff.json, which tells the cause of a change, too")
        .required();
    add.option("--night", request->record.night,
               "the night they are of, as 2026-12-01 (default: as a folder of theirs is called, "
               "else when the file was written)");
    add.option("--machine", request->record.machine,
               "a name for the machine where numbers depend on it (default: its CPU's model)");
    add.flag("--json", request->json, "print JSON");
    add.footer("Exit status: 0 all added, or there already; 2 one was refused, the rest was added");
    add.does([=] { return add_results(*request); });
}

void define_views(CommandOptions command, const SharedRequest& request) {
    CommandOptions list = part(command, "list", "every series and what it is", request);
    list.option("SERIES", request->only, "only these: EXPERIMENT, EXPERIMENT:ARM or a number");
    list.flag("--news", request->news, "only what is neither steady nor new");
    list.flag("--json", request->json, "print history.json");
    list.does([=] { list_series(*request); });

    CommandOptions show =
        part(command, "show", "one series: its changes, causes and values", request);
    show.option("SERIES", request->series, "EXPERIMENT, EXPERIMENT:ARM or the number of a list")
        .required();
    show.flag("--json", request->json, "print history.json of it");
    show.does([=] { show_series(*request); });
}

void define_outputs(CommandOptions command, const SharedRequest& request) {
    CommandOptions exports = part(command, "export", "all values, for other programs", request);
    exports.option("--format", request->format, "csv, or openmetrics: the last of each series")
        .one_of({"csv", "openmetrics"})
        .shows_default();
    exports.option("--out", request->out, "a file (default: stdout)");
    exports.footer("Parquet: Debian 12 has no library that writes it; what has one takes the CSV.");
    exports.does([=] { export_all(*request); });

    CommandOptions page =
        part(command, "page", "pages: an index, and one for each metric", request);
    page.option("--out", request->out, "folder (default: history in results/runs)");
    page.flag("!--no-report", request->report, "write history.json alone");
    page.flag("--json", request->json, "print history.json");
    page.does([=] { write_pages(*request); });

    CommandOptions prune = part(command, "prune", "take out what is older", request);
    prune.option("--keep", request->keep_days, "days to keep").required().between(1, 100'000);
    prune.flag("--json", request->json, "print JSON");
    prune.does([=] { prune_old(*request); });
}

}  // namespace

void define_history(CommandOptions command) {
    auto request = std::make_shared<HistoryRequest>();
    define_add(command, request);
    define_views(command, request);
    define_outputs(command, request);
    command.needs_command();
}

}  // namespace rxlab
