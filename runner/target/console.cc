// SPDX-License-Identifier: GPL-2.0
#include "target/console.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "base/printable.h"
#include "base/splats.h"

namespace rxlab {
namespace {

constexpr size_t kMostShown = 1000;  // bytes of a line; the kernel's own have at most 1024
constexpr size_t kMostSplats = 100;

// As text that may be shown: a guest writes what it likes.
std::vector<std::string> lines_of(const std::string& console) {
    std::vector<std::string> lines;
    std::istringstream in(console);
    for (std::string line; std::getline(in, line);) {
        line.erase(std::remove(line.begin(), line.end(), '\r'), line.end());
        if (line.find_first_not_of(' ') != std::string::npos)
            lines.push_back(printable(line, kMostShown));
    }
    return lines;
}

std::string without_time(const std::string& line) {  // "[   12.345678] text"
    const size_t end = line.find("] ");
    return line[0] == '[' && end != std::string::npos ? line.substr(end + 2) : line;
}

}  // namespace

std::string fault_in(const std::string& console) {
    const std::vector<std::string> lines = lines_of(console);
    for (size_t i = 0; i < kSplatCount; i++)
        for (const std::string& line : lines)
            if (kSplats[i].fault && line.find(kSplats[i].text) != std::string::npos)
                return std::string(kSplats[i].fault) + ": " + without_time(line);
    return {};
}

std::vector<std::string> splats_in(const std::string& console) {
    std::vector<std::string> splats;
    size_t found = 0;
    for (const std::string& line : lines_of(console))
        if (is_splat(line) && ++found <= kMostSplats) splats.push_back(without_time(line));
    if (found > kMostSplats) splats.push_back(fmt::format("and {} more", found - kMostSplats));
    return splats;
}

std::string shown_console(const std::string& console) {
    std::string text = console;
    std::erase(text, '\r');
    return printable(text);
}

std::string tail(const std::string& console, size_t lines) {
    const std::vector<std::string> all = lines_of(console);
    std::string out;
    for (size_t i = all.size() > lines ? all.size() - lines : 0; i < all.size(); ++i)
        out += "\n    | " + all[i];
    return out;
}

}  // namespace rxlab
