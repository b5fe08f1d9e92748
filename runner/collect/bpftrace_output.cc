// SPDX-License-Identifier: GPL-2.0
#include "collect/bpftrace_output.h"

#include "base/error.h"
#include "base/lower.h"

#include <fmt/format.h>
#include <algorithm>
#include <cstdlib>
#include <limits>
#include <optional>
#include <sstream>

namespace rxlab {
namespace {

const std::string kMapTypes[] = {"map", "hist", "lhist", "stats"};

[[noreturn]] void refuse(const std::string& line) {
    throw Error(
        Status::invalid,
        fmt::format("bpftrace printed '{}', which is no record of maps", line.substr(0, 200)),
        "look at what the script prints");
}

int64_t sum_of(int64_t sum, const Json& value, const std::string& line) {
    constexpr uint64_t kMost = std::numeric_limits<int64_t>::max();
    const bool too_large = value.is_number_unsigned() && value.get<uint64_t>() > kMost;
    if (too_large || __builtin_add_overflow(sum, value.get<int64_t>(), &sum)) refuse(line);
    return sum;
}

/// Map -> key -> the sum of all entries of that key: a JSON parser keeps the last of them only.
/// Entries that are no integers are left out.
Json sums_of(const std::string& line) {
    enum { kMap = 2, kKey = 3 };  // depths in {"type": ..., "data": {"@map": {"key": 1}}}
    Json sums = Json::object();
    std::string map, key;
    const auto add = [&](int depth, Json::parse_event_t event, Json& parsed) {
        if (event == Json::parse_event_t::key && depth == kMap) map = parsed;
        if (event == Json::parse_event_t::key && depth == kKey) key = parsed;
        if (event != Json::parse_event_t::value || depth != kKey || !parsed.is_number_integer())
            return true;
        Json& entry = sums[map][key];
        entry = sum_of(entry.is_null() ? 0 : entry.get<int64_t>(), parsed, line);
        return true;
    };
    (void)Json::parse(line, add);
    return sums;
}

bool is_record(const Json& record) {
    return record.is_object() && record.contains("type") && record["type"].is_string();
}

bool is_maps(const Json& data) {
    return data.is_object() &&
           std::all_of(data.items().begin(), data.items().end(),
                       [](const auto& item) { return item.key().starts_with("@"); });
}

Json parse_map(const std::string& line) {
    Json record = Json::parse(line, nullptr, false);
    if (!is_record(record)) refuse(line);
    if (std::find(std::begin(kMapTypes), std::end(kMapTypes), record["type"]) ==
        std::end(kMapTypes))
        return nullptr;
    if (!is_maps(record.value("data", Json()))) refuse(line);
    if (record["type"] != "map") return record;
    const Json sums = sums_of(line);
    for (const auto& [map, value] : record["data"].items())
        if (value.is_object()) value = sums.value(map, Json::object());
    return record;
}

/// "3,udp_rcv" -> "no_socket.udp_rcv".
std::string key_word(const std::string& key, const Words& words) {
    const size_t comma = key.find(',');
    const auto word = words.find(key.substr(0, comma));
    std::string out = (word == words.end() ? key.substr(0, comma) : word->second) +
                      (comma == std::string::npos ? "" : key.substr(comma));
    std::replace(out.begin(), out.end(), ',', '.');
    return out;
}

/// ` 0x3, "NET_RX" }, ` -> 3, net_rx. What is no such entry (the text before the first) is none.
std::optional<std::pair<std::string, std::string>> symbol_in(const std::string& entry) {
    const size_t open = entry.find('"'), close = entry.find('"', open + 1);
    char* end = nullptr;
    const uint64_t value = std::strtoull(entry.c_str(), &end, 0);
    if (open == std::string::npos || close == std::string::npos || end == entry.c_str() ||
        !std::string_view(end).starts_with(", \""))
        return std::nullopt;
    return {{std::to_string(value), lower_case(entry.substr(open + 1, close - open - 1))}};
}

/// "// names of @a, @b: group:event field", or nothing.
std::vector<KeyNames> names_in(const std::string& line) {
    constexpr std::string_view kStart = "// names of ";
    const size_t start = line.find(kStart), colon = line.find(": ", start);
    if (start == std::string::npos || colon == std::string::npos) return {};
    std::string event, field, map;
    std::istringstream rest(line.substr(colon + 2));
    rest >> event >> field;
    const size_t between = event.find(':');
    if (between == std::string::npos || field.empty()) return {};
    event[between] = '/';
    std::istringstream maps(line.substr(start + kStart.size(), colon - start - kStart.size()));
    std::vector<KeyNames> names;
    while (maps >> map) {
        if (map.ends_with(",")) map.pop_back();
        if (map.starts_with("@")) names.push_back({map, event, field});
    }
    return names;
}

}  // namespace

Json parse_bpftrace(const std::string& output) {
    Json maps = Json::array();
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);)
        if (!line.empty())
            if (Json map = parse_map(line); !map.is_null()) maps.push_back(std::move(map));
    return maps;
}

Words parse_symbols(const std::string& format, const std::string& field) {
    Words words;
    const size_t start = format.find("__print_symbolic(REC->" + field + ",");
    if (start == std::string::npos) return words;
    std::istringstream list(format.substr(start, format.find("})", start) + 1 - start));
    for (std::string entry; std::getline(list, entry, '{');)
        if (const auto word = symbol_in(entry)) words.insert(*word);
    return words;
}

std::vector<KeyNames> key_names(const std::string& script) {
    std::vector<KeyNames> names;
    std::istringstream lines(script);
    for (std::string line; std::getline(lines, line);)
        for (const KeyNames& name : names_in(line)) names.push_back(name);
    return names;
}

void report_bpftrace(const std::string& name, const Json& maps,
                     const std::map<std::string, Words>& words, Values& values) {
    for (const Json& record : maps) {
        if (record["type"] != "map") continue;
        for (const auto& [map, data] : record["data"].items()) {
            const std::string metric = name + "." + map.substr(1);
            const auto found = words.find(map);
            if (data.is_number()) values[metric] = data;
            if (!data.is_object()) continue;
            for (const auto& [key, value] : data.items())
                if (value.is_number())
                    values[metric + "." +
                           key_word(key, found == words.end() ? Words{} : found->second)] = value;
        }
    }
}

}  // namespace rxlab
