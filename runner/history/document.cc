// SPDX-License-Identifier: GPL-2.0
#include "history/document.h"

#include <fmt/format.h>
#include <algorithm>
#include <functional>
#include <vector>

namespace rxlab {
namespace {

constexpr int kDocumentVersion = 1;

Json point_json(const FollowedPoint& point) {
    return {{"night", point.night},
            {"value", point.value},
            {"measured", or_null(point.measured)},
            {"source", point.source}};
}

Json change_json(const LevelChange& change) {
    return {{"night", change.night},
            {"night_before", change.night_before},
            {"before", change.before},
            {"after", change.after},
            {"ratio", change.ratio > 0 ? Json(change.ratio) : Json()},
            {"direction", change.direction},
            {"state", to_string(change.state)},
            {"p", change.p},
            {"made_of", change.made_of},
            {"command", change.command},
            {"cause", change.cause}};
}

template <typename Items, typename Write>
Json list_json(const Items& items, const Write& write) {
    Json list = Json::array();
    for (const auto& item : items) list.push_back(write(item));
    return list;
}

Json fault_json(const FollowedFault& fault) {
    return {{"night", fault.night}, {"why", fault.why}};
}

Json series_json(const FollowedSeries& series) {
    const SeriesName& name = series.name;
    return {{"id", series.id},
            {"experiment", name.experiment},
            {"kernel", name.kernel},
            {"machine", name.machine},
            {"lane", to_string(name.lane)},
            {"topology", name.topology},
            {"arm", name.arm},
            {"factors", name.factors},
            {"metric", name.metric},
            {"unit", name.unit},
            {"better", name.better},
            {"follows", series.exact ? "median" : "ratio"},
            {"delta", series.delta},
            {"status", to_string(series.status)},
            {"words", series.words},
            {"points", list_json(series.points, point_json)},
            {"faults", list_json(series.faults, fault_json)},
            {"missing", series.missing},
            {"changes", list_json(series.changes, change_json)}};
}

Json epoch_json(const Epoch& epoch) {
    return {{"experiment", epoch.experiment}, {"kernel", epoch.kernel}, {"machine", epoch.machine},
            {"lane", to_string(epoch.lane)},  {"night", epoch.night},   {"release", epoch.release},
            {"changed", epoch.changed}};
}

// --- for other programs ---

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string escaped = "\"";
    for (const char c : text) escaped += c == '"' ? std::string("\"\"") : std::string(1, c);
    return escaped + "\"";
}

/// Of a series, in the order of a CSV's columns and of OpenMetrics' labels.
struct NamedText {
    const char* name;
    std::string (*of)(const SeriesName&);
};
const NamedText kTexts[] = {
    {"experiment", [](const SeriesName& name) { return name.experiment; }},
    {"kernel", [](const SeriesName& name) { return name.kernel; }},
    {"machine", [](const SeriesName& name) { return name.machine; }},
    {"lane", [](const SeriesName& name) { return std::string(to_string(name.lane)); }},
    {"topology", [](const SeriesName& name) { return name.topology; }},
    {"arm", [](const SeriesName& name) { return name.arm; }},
    {"factors", [](const SeriesName& name) { return name.factors; }},
    {"metric", [](const SeriesName& name) { return name.metric; }},
    {"unit", [](const SeriesName& name) { return name.unit; }},
};

std::string csv_row(const FollowedSeries& series, const std::string& rest) {
    std::string row = fmt::format("{}", series.id);
    for (const NamedText& text : kTexts) row += "," + quoted(text.of(series.name));
    return row + "," + rest + "\n";
}

/// Its labels' values may hold anything but these three, which are escaped.
std::string label(const std::string& name, const std::string& value) {
    std::string escaped;
    for (const char c : value)
        escaped += c == '\\'   ? std::string("\\\\")
                   : c == '"'  ? std::string("\\\"")
                   : c == '\n' ? std::string("\\n")
                               : std::string(1, c);
    return fmt::format("{}=\"{}\"", name, escaped);
}

std::string labels_of(const FollowedSeries& series) {
    std::string labels;
    for (const NamedText& text : kTexts)
        labels += (labels.empty() ? "" : ",") + label(text.name, text.of(series.name));
    return labels;
}

using ValueOf = std::function<std::optional<double>(const FollowedSeries&)>;

std::string family(const FollowedHistory& history, const char* name, const char* help,
                   const ValueOf& value_of) {
    std::string text = fmt::format("# TYPE {0} gauge\n# HELP {0} {1}\n", name, help);
    for (const FollowedSeries& series : history.series)
        if (const auto value = value_of(series))
            text += fmt::format("{}{{{}}} {:.17g}\n", name, labels_of(series), *value);
    return text;
}

std::optional<double> last_value(const FollowedSeries& series, bool exact) {
    if (series.points.empty() || series.exact != exact) return std::nullopt;
    return series.points.back().value;
}

std::optional<double> last_ratio(const FollowedSeries& series) {
    if (series.changes.empty() || series.changes.back().ratio <= 0) return std::nullopt;
    return series.changes.back().ratio;
}

std::string status_family(const FollowedHistory& history) {
    std::string text =
        "# TYPE rxlab_history_status stateset\n# HELP rxlab_history_status what a series is\n";
    for (const FollowedSeries& series : history.series)
        for (const SeriesStatus status : kStatuses)
            text += fmt::format("rxlab_history_status{{{},{}}} {}\n", labels_of(series),
                                label("rxlab_history_status", to_string(status)),
                                series.status == status ? 1 : 0);
    return text;
}

}  // namespace

Json to_json(const FollowedHistory& history) {
    return {{"schema_version", kDocumentVersion},
            {"headline", headline_of(history)},
            {"results", history.results},
            {"nights", history.nights},
            {"series", list_json(history.series, series_json)},
            {"epochs", list_json(history.epochs, epoch_json)}};
}

std::string csv_of(const FollowedHistory& history) {
    std::string text = "series";
    for (const NamedText& column : kTexts) text += fmt::format(",{}", column.name);
    text += ",follows,night,value,measured,fault,source\n";
    for (const FollowedSeries& series : history.series) {
        const char* follows = series.exact ? "median" : "ratio";
        for (const FollowedPoint& point : series.points)
            text += csv_row(
                series, fmt::format("{},{},{:.17g},{},,{}", follows, point.night, point.value,
                                    point.measured ? fmt::format("{:.17g}", *point.measured) : "",
                                    quoted(point.source)));
        for (const FollowedFault& fault : series.faults)
            text += csv_row(series,
                            fmt::format("{},{},,,{},", follows, fault.night, quoted(fault.why)));
    }
    return text;
}

std::string openmetrics_of(const FollowedHistory& history) {
    return family(history, "rxlab_history_value", "the last median, in the label's unit",
                  [](const FollowedSeries& series) { return last_value(series, true); }) +
           family(history, "rxlab_history_baseline_ratio",
                  "the last ratio to the same run's baseline",
                  [](const FollowedSeries& series) { return last_value(series, false); }) +
           family(history, "rxlab_history_change_ratio",
                  "level after the last change by the level before it", last_ratio) +
           status_family(history) + "# EOF\n";
}

}  // namespace rxlab
