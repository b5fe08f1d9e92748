// SPDX-License-Identifier: GPL-2.0
#include "cmd/night.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <set>

namespace rxlab {
namespace {

/// From fine to the worst.
constexpr int kBySeverity[] = {0, 3, 1, 4, 2, 5, 130};

bool less_severe(int a, int b) {
    const auto rank = [](int status) {
        return std::find(std::begin(kBySeverity), std::end(kBySeverity), status);
    };
    return rank(a) < rank(b);
}

/// Its row in the index of a night; null: it has none.
const Json* row_of(const Json& index, const NightJob& job) {
    for (const Json& row : index)
        if (row.value("experiment", "") == job.experiment &&
            row.value("kernel", "") == job.kernel && row.value("lane", "") == job.lane)
            return &row;
    return nullptr;
}

bool is_left(const Json& row) {
    return row.value("left", false);
}

bool is_failed(const Json& row) {
    const int status = row.at("status");
    return !is_left(row) && status != 0 && status != 1 && status != 3;
}

bool is_changed(const Json& row) {
    return !is_left(row) && !row.value("change", "").empty();
}

int status_of_row(const Json& row) {
    if (is_failed(row)) return row.at("status");
    return is_changed(row) ? 1 : is_left(row) ? 3 : 0;
}

std::string job_of_row(const Json& row) {
    return fmt::format("{} on {}", text_at(row, {"experiment"}, "-"),
                       text_at(row, {"kernel"}, "-"));
}

std::string failure_line(const Json& row) {
    return fmt::format("{}: status {}, {}", job_of_row(row), row.at("status").get<int>(),
                       text_at(row, {"message"}, "-"));
}

std::string change_line(const Json& row) {
    return fmt::format("{}: {}, the night before {}", job_of_row(row),
                       text_at(row, {"verdict_words"}, "-"),
                       text_at(row, {"previous_verdict_words"}, "-"));
}

using Rows = std::vector<const Json*>;

Rows rows_that(bool (*are)(const Json&), const Json& index) {
    Rows rows;
    for (const Json& row : index)
        if (are(row)) rows.push_back(&row);
    return rows;
}

/// One line of a mail: nobody reads the second hundred of characters there.
std::string shortened(const std::string& line) {
    constexpr size_t kColumns = 160;
    if (line.size() <= kColumns) return line;
    size_t end = kColumns - 3;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) end--;  // of UTF-8
    return line.substr(0, end) + "...";
}

/// A heading and a line for each, of at most `lines`; @return how many lines that were
size_t tell_rows(std::vector<std::string>& summary, const std::string& heading, const Rows& rows,
                 std::string (*line_of)(const Json&), size_t lines) {
    if (rows.empty() || lines < 2) return 0;
    const size_t before = summary.size();
    summary.push_back(fmt::format("{}: {}", heading, rows.size()));
    const size_t told = rows.size() < lines ? rows.size() : lines - 2;
    for (size_t i = 0; i < told; i++) summary.push_back("  " + shortened(line_of(*rows[i])));
    if (told < rows.size())
        summary.push_back(fmt::format("  and {} more: see the index page", rows.size() - told));
    return summary.size() - before;
}

std::string first_line(const Json& index, const std::string& name) {
    double seconds = 0;
    size_t run = 0;
    std::set<std::string> kernels;
    for (const Json& row : index) {
        kernels.insert(text_at(row, {"kernel"}, "-"));
        seconds += row.at("seconds").get<double>();
        run += !is_left(row);
    }
    return fmt::format("rxlab, night of {}: {} experiments run on {} in {:.0f} min", name, run,
                       fmt::join(kernels, ", "), seconds / 60);
}

}  // namespace

std::pair<Json, std::string> last_verdict(const Json& before, const NightJob& job) {
    const Json* row = row_of(before, job);
    if (!row) return {Json(), ""};
    const std::string key = is_left(*row) ? "previous_verdict" : "verdict";
    return {row->value(key, Json()), row->value(key + "_words", "")};
}

std::vector<NightJob> in_order_of_night(std::vector<NightJob> jobs, std::string_view first,
                                        const Json& before) {
    const auto rest = std::stable_partition(
        jobs.begin(), jobs.end(), [&](const NightJob& job) { return job.experiment == first; });
    std::stable_partition(rest, jobs.end(), [&](const NightJob& job) {
        const Json* row = row_of(before, job);
        return row && is_left(*row);
    });
    return jobs;
}

int night_status(const Json& index) {
    int worst = 0;
    for (const Json& row : index)
        if (less_severe(worst, status_of_row(row))) worst = status_of_row(row);
    return worst;
}

std::vector<std::string> night_summary(const Json& index, const std::string& name) {
    const Rows failed = rows_that(is_failed, index), changed = rows_that(is_changed, index),
               left = rows_that(is_left, index);
    std::vector<std::string> summary = {first_line(index, name)};
    // One line is kept for what says that nothing is to be told; the worst takes half of the rest.
    size_t lines = kNightLines - summary.size();
    lines -= tell_rows(summary, "without a valid result", failed, failure_line,
                       changed.empty() && left.empty() ? lines : lines / 2);
    lines -= tell_rows(summary, "changed since the night before", changed, change_line,
                       left.empty() ? lines : lines - std::min<size_t>(lines, 4));
    tell_rows(summary, "left for the next night, which begins with them", left, job_of_row, lines);
    if (summary.size() == 1) summary.push_back("all valid, no verdict changed, nothing left");
    return summary;
}

}  // namespace rxlab
