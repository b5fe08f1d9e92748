// SPDX-License-Identifier: GPL-2.0
#include "cmd/versions.h"

#include "base/error.h"
#include "change/changelog.h"
#include "sys/process.h"
#include "target/files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <cstring>
#include <set>
#include <sstream>
#include <utility>

namespace rxlab {
namespace {

/// "6.12.107-rt" -> "6.12-rt"; "6.1.0-50" -> "6.1".
std::string series_of(const std::string& version) {
    const size_t first = version.find('.'), second = version.find('.', first + 1);
    const size_t flavour = version.find_first_of("abcdefghijklmnopqrstuvwxyz");
    return version.substr(0, second) +
           (flavour == std::string::npos ? "" : "-" + version.substr(flavour));
}

}  // namespace

std::vector<KernelVersion> kernel_versions() {
    std::istringstream lines(capture({data_folder() / "vm" / "kernel", "--list"}));
    std::vector<KernelVersion> versions;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        KernelVersion one;
        words >> one.version >> one.package >> one.package_version >> one.state;
        versions.push_back(std::move(one));
    }
    // By the package's version: names have the number of the interface where two share one.
    std::stable_sort(versions.begin(), versions.end(), [](const auto& a, const auto& b) {
        return ::strverscmp(a.package_version.c_str(), b.package_version.c_str()) < 0;
    });
    return versions;
}

std::vector<std::string> versions_of(const std::string& series, size_t least) {
    std::vector<std::string> versions;
    std::set<std::string> others;
    for (const KernelVersion& one : kernel_versions()) {
        others.insert(series_of(one.version));
        if (series_of(one.version) == series) versions.push_back(one.version);
    }
    if (versions.size() < least)
        throw Error(
            Status::usage,
            fmt::format("archive and cache have {} of the kernels {}",
                        versions.empty() ? "none" : "only one", series),
            fmt::format("give one of {}; 'rxlab kernels' lists them", fmt::join(others, ", ")));
    return versions;
}

std::vector<std::string> versions_between(const std::string& first, const std::string& last) {
    if (series_of(first) != series_of(last))
        throw Error(Status::usage,
                    fmt::format("{} and {} are of different series: which lie between is not known",
                                first, last),
                    "name those between with --among");
    const std::vector<std::string> all = versions_of(series_of(first));
    const auto from = std::find(all.begin(), all.end(), first),
               to = std::find(all.begin(), all.end(), last);
    for (const auto& [word, at] : {std::pair(first, from), std::pair(last, to)})
        if (at == all.end())
            throw Error(Status::usage,
                        fmt::format("'{}' is none of the versions {}", word, fmt::join(all, ", ")),
                        "name one of them, or those between with --among");
    if (to <= from)
        throw Error(Status::usage, fmt::format("{} is not before {}", first, last),
                    "give the earlier one first, whichever is the better");
    return {from + 1, to};
}

std::vector<std::string> changelog_between(const Subject& before, const Subject& after) {
    if (before.package_version.empty() || after.changelog.empty()) return {};
    return entries_since(capture({"zcat", after.changelog}), before.package_version);
}

}  // namespace rxlab
