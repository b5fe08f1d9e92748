// SPDX-License-Identifier: GPL-2.0
#include "traffic/pktgen_text.h"

#include "base/error.h"

#include <fmt/format.h>
#include <cinttypes>
#include <cstdio>
#include <sstream>

namespace rxlab {

std::string pktgen_answer(const std::string& text) {
    const std::string label = "Result: ";
    const size_t at = text.rfind(label);
    if (at == std::string::npos) return "";
    return text.substr(at + label.size(), text.find('\n', at) - at - label.size());
}

PktgenResult parse_pktgen_result(const std::string& text) {
    const std::string answer = pktgen_answer(text);
    PktgenResult result;
    if (std::sscanf(answer.c_str(),
                    "OK: %" SCNu64 "(c%" SCNu64 "+d%" SCNu64 ") usec, %" SCNu64 " (",
                    &result.elapsed_us, &result.busy_us, &result.idle_us, &result.packets) != 4)
        throw Error(Status::invalid, fmt::format("pktgen reports no result: '{}'", answer));
    const size_t rate = text.find("pps", text.rfind("Result: "));
    const size_t errors = text.find("errors: ", rate);
    if (rate == std::string::npos || errors == std::string::npos)
        throw Error(Status::invalid, "pktgen reports no number of errors");
    result.errors = std::strtoull(text.c_str() + errors + 8, nullptr, 10);
    return result;
}

bool pktgen_is_at_work(const std::string& text) {
    const std::string answer = pktgen_answer(text);
    if (!answer.starts_with("O") && answer != "Starting") return false;
    try {
        const PktgenResult result = parse_pktgen_result(text);
        const uint64_t parts = result.busy_us + result.idle_us;
        return result.elapsed_us < parts || result.elapsed_us > parts + 1;  // each is rounded
    } catch (const Error&) {
        return true;
    }
}

std::optional<std::string> pktgen_setting(const std::string& text, const std::string& key) {
    std::istringstream words(text);
    for (std::string word, value; words >> word;)
        if ((word == key + ":" || (word == key && key == "count")) && words >> value) return value;
    return std::nullopt;
}

std::string pktgen_devices(const std::string& thread) {
    std::istringstream lines(thread);
    std::string devices;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string word;
        if (!(words >> word) || (word != "Running:" && word != "Stopped:")) continue;
        while (words >> word) devices += (devices.empty() ? "" : " ") + word;
    }
    return devices;
}

}  // namespace rxlab
