// SPDX-License-Identifier: GPL-2.0
#include "change/changelog.h"

#include "base/lower.h"
#include "base/trimmed.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>
#include <utility>

namespace rxlab {
namespace {

constexpr size_t kShortestWord = 5;
/// Words of many functions that say nothing of one.
const std::set<std::string> kCommon{
    "alloc", "build", "check", "clean", "count",  "enter",   "entry",  "event", "flush", "frame",
    "index", "inner", "input", "local", "lookup", "queue",   "reset",  "start", "state", "table",
    "timer", "trace", "value", "write", "napi",   "receive", "finish", "packet"};

/// "6.12.113" of "6.12.113-1~deb12u1".
std::string upstream_of(const std::string& version) {
    return version.substr(0, version.find_first_of("-+~"));
}

/// The version in "linux (6.12.113-1) trixie; urgency=high"; empty: no heading.
std::string heading_version(const std::string& line) {
    const size_t open = line.find(" ("), close = line.find(')');
    if (line.empty() || line[0] == ' ' || open == std::string::npos || close == std::string::npos)
        return "";
    return line.substr(open + 2, close - open - 2);
}

bool begins_entry(const std::string& text) {
    return text.starts_with("- ") || text.starts_with("* ");
}

std::set<std::string> words_of(const std::vector<std::string>& functions) {
    std::set<std::string> words;
    for (const std::string& function : functions) {
        std::string word;
        for (const char c : lower_case(function) + "_") {
            if (std::isalpha(static_cast<unsigned char>(c))) {
                word += c;
                continue;
            }
            if (word.size() >= kShortestWord && !kCommon.contains(word)) words.insert(word);
            word.clear();
        }
    }
    return words;
}

}  // namespace

std::vector<std::string> entries_since(const std::string& changelog, const std::string& version) {
    std::vector<std::string> entries;
    std::istringstream lines(changelog);
    for (std::string line; std::getline(lines, line);) {
        const std::string heading = heading_version(line);
        if (!heading.empty() && upstream_of(heading) == upstream_of(version)) break;
        const std::string text = trimmed(line);
        if (text.empty() || !heading.empty() || text.starts_with("-- ")) continue;
        if (begins_entry(text))
            entries.push_back(text.substr(2));
        else if (!entries.empty())
            entries.back() += " " + text;
    }
    return entries;
}

std::vector<std::string> entries_about(const std::vector<std::string>& entries,
                                       const std::vector<std::string>& functions) {
    const std::set<std::string> words = words_of(functions);
    std::vector<std::pair<size_t, std::string>> found;
    for (const std::string& entry : entries) {
        const std::string text = lower_case(entry);
        const auto common = static_cast<size_t>(std::count_if(
            words.begin(), words.end(),
            [&](const std::string& word) { return text.find(word) != std::string::npos; }));
        if (common) found.emplace_back(common, entry);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<std::string> about;
    for (auto& [common, entry] : found) about.push_back(std::move(entry));
    return about;
}

}  // namespace rxlab
