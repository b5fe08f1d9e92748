// SPDX-License-Identifier: GPL-2.0
#include "history/add.h"

#include "base/bounded_json.h"
#include "base/error.h"
#include "base/lines.h"
#include "base/sha256.h"
#include "base/whole_file.h"
#include "history/diff_causes.h"
#include "history/follow.h"
#include "history/store.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <algorithm>
#include <ctime>
#include <optional>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

/// A result of a million trials' values is a large one.
constexpr JsonBounds kBounds{.depth = 64, .values = 50'000'000};

fs::path document_in(const fs::path& path) {
    std::error_code unknown;  // whoever reads it says why it cannot
    if (!fs::is_directory(path, unknown)) return path;
    for (const char* name : {"result.json", "diff.json"})
        if (fs::exists(path / name, unknown)) return path / name;
    return path / "result.json";
}

Json comparison_beside(const fs::path& file) {
    try {
        const auto text = read_if_there(file.parent_path() / "comparison.json");
        return text ? parse_bounded(*text, kBounds) : Json();
    } catch (const Error&) {  // only its floor is wanted
        return {};
    }
}

std::string time_of_file(const fs::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return "";
    return fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(status.st_mtime));
}

/// By the folder it lies in, where that says one: a file's own time is lost when it is copied.
void put_night(Record& record, const fs::path& file, const RecordOptions& options) {
    const std::string written = time_of_file(file),
                      named = night_in_path(fs::absolute(file).lexically_normal().string());
    const bool has_time = named.size() > 10;
    record.night = !options.night.empty() ? options.night
                   : !named.empty()       ? named.substr(0, 10)
                                          : written.substr(0, 10);
    record.time = has_time ? named : written;
}

std::string words_of(const Record& record) {
    return fmt::format("{} {} {}, {} figures", record.experiment, record.kernel,
                       to_string(record.lane), record.points.size());
}

/// Numbers of another topology are another series; whoever reads the old one has to know.
std::string topology_note(HistoryStore& store, const Record& record) {
    for (const SeriesPoint& point : record.points)
        if (const auto others = store.other_topologies(point.series); !others.empty())
            return fmt::format("; on topology {}, until now on {}: series of its own",
                               point.series.topology, fmt::join(others, ", "));
    return "";
}

/// What a document has for the history: a record, or causes.
struct Prepared {
    std::string document_sha256;
    std::optional<Record> record;
    std::vector<KeptCause> causes;
};

Json document_at(const fs::path& file) {
    const std::string text = read_whole(file);
    try {
        return parse_bounded(text, kBounds);
    } catch (const Error&) {  // which would quote it
        throw Error(
            Status::usage,
            fmt::format("no whole JSON document ({} bytes): cut short, or no result", text.size()),
            "name a result.json or its folder");
    }
}

Prepared prepared(const fs::path& file, const RecordOptions& options) {
    const Json document = document_at(file);
    if (is_diff(document))
        return {sha256(document.dump()), std::nullopt, causes_in(document, file.string())};
    Record record = record_of(document, comparison_beside(file), options);
    put_night(record, file, options);
    record.source = fs::absolute(file).lexically_normal().string();
    return {record.document_sha256, record, {}};
}

AddedFile put(HistoryStore& store, const fs::path& file, const Prepared& one) {
    if (!one.record) {
        const bool is_new = store.add(one.causes, one.document_sha256);
        return {file, is_new ? Addition::added : Addition::duplicate, "",
                one.causes.empty()
                    ? "a diff in which no path changed: it tells no cause"
                    : fmt::format("a diff: the cause of {} changed paths{}", one.causes.size(),
                                  is_new ? "" : ", in it already")};
    }
    const std::string note = topology_note(store, *one.record), words = words_of(*one.record);
    if (!store.add(*one.record))
        return {file, Addition::duplicate, one.record->night,
                words + ": this very result is in it already"};
    return {file, Addition::added, one.record->night, words + note};
}

AddedFile refused(const fs::path& file, const Error& error) {
    const std::string next = error.next().empty() ? "" : "; next: " + error.next();
    return {file, Addition::refused, "", one_line(error.what() + next)};
}

}  // namespace

size_t HistoryAdded::count(Addition what) const {
    return static_cast<size_t>(std::count_if(
        files.begin(), files.end(), [&](const AddedFile& row) { return row.what == what; }));
}

HistoryAdded add_to_history(const fs::path& db, const std::vector<fs::path>& results,
                            const RecordOptions& options) {
    make_folder(fs::absolute(db).parent_path());
    HistoryStore store(db, DatabaseMode::write);
    HistoryAdded added;
    for (const fs::path& result : results) {
        const fs::path file = document_in(result);
        std::optional<Prepared> one;
        try {
            one = prepared(file, options);
        } catch (const Error& error) {
            added.files.push_back(refused(file, error));
            continue;
        }
        added.files.push_back(put(store, file, *one));
    }
    return added;
}

std::vector<ToRepeat> to_repeat(const fs::path& db) {
    HistoryStore store(db, DatabaseMode::read);
    const FollowedHistory history = followed(store);
    std::vector<ToRepeat> runs;
    for (const FollowedSeries& series : history.series) {
        if (!series.exact || series.status != SeriesStatus::candidate ||
            series.points.back().night != history.nights.back())
            continue;
        const std::string& source = series.points.back().source;
        auto run = std::find_if(runs.begin(), runs.end(),
                                [&](const ToRepeat& one) { return one.source == source; });
        if (run == runs.end())
            run = runs.insert(
                runs.end(),
                {series.name.experiment, series.name.kernel, series.name.lane, source, {}});
        run->words.push_back(in_words(series.name) + ": " + series.words);
    }
    return runs;
}

}  // namespace rxlab
