// SPDX-License-Identifier: GPL-2.0
#include "collect/bpftrace_output.h"

#include "base/error.h"

#include <fmt/format.h>
#include <algorithm>
#include <regex>
#include <sstream>

namespace rxlab {
namespace {

const std::string kMapTypes[] = {"map", "hist", "lhist", "stats"};

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    return text;
}

/// A JSON parser keeps the last of equal keys only.
Json summed(const std::string& line, const std::string& map) {
    static const std::regex entry(R"re("((?:[^"\\]|\\.)*)": (-?[0-9]+)[,}])re");
    Json sums = Json::object();
    const std::string data = line.substr(line.find(Json(map).dump()) + map.size() + 2);
    for (std::sregex_iterator it(data.begin(), data.end(), entry), none; it != none; ++it)
        sums[(*it)[1]] = sums.value((*it)[1].str(), int64_t{0}) + std::stoll((*it)[2]);
    return sums;
}

Json parse_map(const std::string& line) {
    Json record = Json::parse(line, nullptr, false);
    if (!record.is_object() || !record.contains("type"))
        throw Error(Status::invalid,
                    fmt::format("bpftrace printed '{}', which is no record of JSON", line));
    if (std::find(std::begin(kMapTypes), std::end(kMapTypes), record["type"]) ==
        std::end(kMapTypes))
        return nullptr;
    for (const auto& [map, value] : record.at("data").items())
        if (record["type"] == "map" && value.is_object()) value = summed(line, map);
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
    static const std::regex entry(R"re(\{ (0x[0-9a-f]+|[0-9]+), "([^"]*)" \})re");
    Words words;
    const size_t start = format.find("__print_symbolic(REC->" + field + ",");
    if (start == std::string::npos) return words;
    const std::string list = format.substr(start, format.find("})", start) + 1 - start);
    for (std::sregex_iterator it(list.begin(), list.end(), entry), none; it != none; ++it)
        words[std::to_string(std::stoull((*it)[1], nullptr, 0))] = lower((*it)[2]);
    return words;
}

std::vector<KeyNames> key_names(const std::string& script) {
    static const std::regex line(R"(// names of (@.*): ([a-z0-9_]+):([a-z0-9_]+) ([a-z0-9_]+))"),
        map("@[A-Za-z0-9_]+");
    std::vector<KeyNames> names;
    for (std::sregex_iterator it(script.begin(), script.end(), line), none; it != none; ++it) {
        const std::string maps = (*it)[1];
        for (std::sregex_iterator one(maps.begin(), maps.end(), map); one != none; ++one)
            names.push_back({one->str(), (*it)[2].str() + "/" + (*it)[3].str(), (*it)[4]});
    }
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
