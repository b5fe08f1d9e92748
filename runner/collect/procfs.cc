// SPDX-License-Identifier: GPL-2.0
#include "collect/procfs.h"

#include "base/error.h"
#include "base/lower.h"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <sstream>
#include <vector>

namespace rxlab {
namespace {

bool number(const std::string& word, int base, uint64_t& value) {
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
    return error == std::errc{} && end == word.data() + word.size();
}

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream stream(line);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

[[noreturn]] void malformed(const char* file, const std::string& line) {
    throw Error(Status::invalid, fmt::format("{}: cannot read '{}'", file, line),
                "this kernel writes it in another form");
}

/// Rows "LABEL: count per CPU, then perhaps words" under a row that names the CPUs.
Counts parse_cpu_table(const char* file, const std::string& text) {
    std::istringstream stream(text);
    std::string line;
    std::getline(stream, line);
    const size_t cpus = words_of(line).size();
    Counts counts;
    while (std::getline(stream, line)) {
        const auto words = words_of(line);
        if (words.size() < 2 || !words[0].ends_with(':')) malformed(file, line);
        uint64_t& sum = counts[lower_case(words[0].substr(0, words[0].size() - 1))];
        uint64_t value = 0;
        for (size_t i = 1; i < words.size() && i <= cpus && number(words[i], 10, value); ++i)
            sum += value;
    }
    if (counts.empty()) malformed(file, line);
    return counts;
}

}  // namespace

Counts parse_softirqs(const std::string& text) {
    return parse_cpu_table("/proc/softirqs", text);
}

Counts parse_interrupts(const std::string& text) {
    return parse_cpu_table("/proc/interrupts", text);
}

CpuCounts parse_softnet_by_cpu(const std::string& text) {
    struct Column {
        size_t at;
        const char* name;
    };
    static constexpr Column columns[] = {{0, "processed"},
                                         {1, "dropped"},
                                         {2, "time_squeeze"},
                                         {9, "received_rps"},
                                         {10, "flow_limit"}};
    static constexpr size_t cpu_column = 12;  // before 5.14 there is none, and no CPU left out
    std::istringstream stream(text);
    CpuCounts cpus;
    for (std::string line; std::getline(stream, line);) {
        const auto words = words_of(line);
        uint64_t cpu = cpus.size();
        if (words.size() > cpu_column && !number(words[cpu_column], 16, cpu))
            malformed("/proc/net/softnet_stat", line);
        Counts& counts = cpus[static_cast<unsigned>(cpu)];
        for (const Column& column : columns)
            if (column.at >= words.size() || !number(words[column.at], 16, counts[column.name]))
                malformed("/proc/net/softnet_stat", line);
    }
    return cpus;
}

Counts parse_softnet(const std::string& text) {
    Counts sums;
    for (const auto& [cpu, counts] : parse_softnet_by_cpu(text))
        for (const auto& [name, count] : counts) sums[name] += count;
    return sums;
}

Counts parse_softnet_with_cpus(const std::string& text) {
    Counts counts = parse_softnet(text);
    const CpuCounts cpus = parse_softnet_by_cpu(text);
    if (cpus.size() > 1)
        for (const auto& [cpu, own] : cpus)
            counts[fmt::format("cpu{}.processed", cpu)] = own.at("processed");
    return counts;
}

CpuCounts parse_cpu_times(const std::string& text) {
    static constexpr const char* columns[] = {"user",   "nice", "system",  "idle",
                                              "iowait", "irq",  "softirq", "steal"};
    std::istringstream stream(text);
    CpuCounts cpus;
    for (std::string line; std::getline(stream, line);) {
        const auto words = words_of(line);
        uint64_t cpu = 0;
        if (words.empty() || !words[0].starts_with("cpu") || !number(words[0].substr(3), 10, cpu))
            continue;
        Counts& counts = cpus[static_cast<unsigned>(cpu)];
        for (size_t i = 0; i < std::size(columns); ++i)
            if (i + 1 >= words.size() || !number(words[i + 1], 10, counts[columns[i]]))
                malformed("/proc/stat", line);
    }
    if (cpus.empty()) malformed("/proc/stat", text.substr(0, text.find('\n')));
    return cpus;
}

Counts parse_schedstat(const std::string& text) {
    static constexpr const char* columns[] = {"ran_ns", "waited_ns", "runs"};
    const auto words = words_of(text);
    Counts counts;
    for (size_t i = 0; i < std::size(columns); ++i)
        if (i >= words.size() || !number(words[i], 10, counts[columns[i]]))
            malformed("schedstat", text);
    return counts;
}

unsigned parse_last_cpu(const std::string& text) {
    static constexpr size_t column = 36;  // behind the name, which may hold blanks and brackets
    const size_t close = text.rfind(')');
    const auto words = words_of(text.substr(close == std::string::npos ? text.size() : close + 1));
    uint64_t cpu = 0;
    if (column >= words.size() || !number(words[column], 10, cpu)) malformed("stat", text);
    return static_cast<unsigned>(cpu);
}

Counts parse_net_dev(const std::string& text, const std::string& interface) {
    static constexpr const char* names[] = {"bytes", "packets", "errors", "dropped"};
    static constexpr size_t columns = 8;  // per direction
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        const size_t colon = line.rfind(": ");  // a name may hold a colon
        if (colon == std::string::npos || words_of(line.substr(0, colon)) != std::vector{interface})
            continue;
        const auto words = words_of(line.substr(colon + 1));
        Counts counts;
        for (size_t i = 0; i < std::size(names); ++i) {
            uint64_t rx = 0, tx = 0;
            if (words.size() < 2 * columns || !number(words[i], 10, rx) ||
                !number(words[columns + i], 10, tx))
                malformed("/proc/net/dev", line);
            counts[std::string("rx_") + names[i]] = rx;
            counts[std::string("tx_") + names[i]] = tx;
        }
        return counts;
    }
    throw Error(Status::invalid, fmt::format("/proc/net/dev: no interface '{}'", interface));
}

uint64_t parse_engine_ns(const std::string& text) {
    std::istringstream stream(text);
    uint64_t sum = 0;
    for (std::string line; std::getline(stream, line);) {
        const auto words = words_of(line);
        uint64_t ns = 0;
        if (words.size() != 2 || !number(words[1], 10, ns)) malformed("vdma/stats", line);
        if (words[0].starts_with("dma") && words[0].ends_with(".engine_ns")) sum += ns;
    }
    return sum;
}

Counts parse_perf_stat(const std::string& text) {
    std::istringstream stream(text);
    Counts counts;
    for (std::string line; std::getline(stream, line);) {
        if (line.empty() || line.front() == '#') continue;
        std::istringstream fields(line);
        std::string value, unit, event;
        if (!std::getline(fields, value, ',') || !std::getline(fields, unit, ',') ||
            !std::getline(fields, event, ','))
            malformed("perf stat", line);
        event = event.substr(event.find(':') + 1);
        std::replace(event.begin(), event.end(), '-', '_');
        if (value.starts_with('<'))  // <not supported>, <not counted>
            continue;
        if (!number(value, 10, counts[event])) malformed("perf stat", line);
    }
    return counts;
}

Counts parse_perf_report_stats(const std::string& text) {
    std::istringstream stream(text);
    Counts counts;
    std::string event;
    for (std::string line; std::getline(stream, line);) {
        std::istringstream fields(line);
        std::string first, second, value;
        fields >> first >> second >> value;
        if (const size_t colon = first.find(':'); second == "stats:" && colon != std::string::npos)
            event = first.substr(colon + 1);
        const bool lost = first == "LOST" && event == "";
        if (second != "events:" || !(lost || (first == "SAMPLE" && event != ""))) continue;
        if (!number(value, 10, counts[lost ? "lost" : event]))
            malformed("perf report --stats", line);
    }
    return counts;
}

}  // namespace rxlab
