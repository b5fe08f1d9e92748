// SPDX-License-Identifier: GPL-2.0
#include "attribution/fold.h"

#include "base/error.h"
#include "base/printable.h"

#include <algorithm>
#include <cctype>
#include <cinttypes>
#include <cstdio>
#include <sstream>
#include <vector>

namespace rxlab {
namespace {

constexpr uint64_t kKernel = uint64_t{1} << 63;

struct Symbol {
    uint64_t address;
    std::string name;
};

/// bpf_prog_0123456789abcdef_name -> name.
std::string without_tag(const std::string& name) {
    const std::string prefix = "bpf_prog_";
    if (!name.starts_with(prefix) || name.size() < prefix.size() + 16) return name;
    const std::string rest = name.substr(prefix.size() + 16);
    return rest.starts_with("_") ? rest.substr(1) : "program";
}

class Symbols {
public:
    explicit Symbols(const std::string& text) {
        std::istringstream stream(text);
        for (std::string line; std::getline(stream, line);) {
            std::istringstream words(line);
            std::string address, type, name, module;
            if (!(words >> address >> type >> name)) continue;
            words >> module;
            const uint64_t at = std::strtoull(address.c_str(), nullptr, 16);
            if (at >= kKernel && std::string("tTwW").find(type) != std::string::npos)
                all_.push_back({at, module.empty() ? name : without_tag(name) + " " + module});
        }
        if (all_.empty())
            throw Error(Status::invalid, "the guest's /proc/kallsyms tells no function's address");
        std::stable_sort(all_.begin(), all_.end(),
                         [](const Symbol& a, const Symbol& b) { return a.address < b.address; });
    }
    std::string at(uint64_t address) const {
        if (address < kKernel) return "[user]";
        const auto after = std::upper_bound(
            all_.begin(), all_.end(), address,
            [](uint64_t value, const Symbol& symbol) { return value < symbol.address; });
        return after == all_.begin() ? "[unknown]" : std::prev(after)->name;
    }

private:
    std::vector<Symbol> all_;
};

/// What hardware jumps to: nobody called it.
bool is_entry(const std::string& name) {
    return name.starts_with("asm_") || name.starts_with("entry_SYSCALL");
}

std::string below(const std::string& path, const std::string& name) {
    return path.empty() || is_entry(name) ? name : path + ";" + name;
}

/// Nodes come in the order of their ids, each after its parent; the root is its own.
bool is_next_node(uint32_t id, uint32_t parent, size_t nodes) {
    return id == nodes && (parent < id || id == 0);
}

}  // namespace

Stacks fold(const std::string& counted, const std::string& symbols_text) {
    const Symbols symbols(symbols_text);
    std::vector<std::string> paths;  // of each node: what called it
    Stacks stacks;
    std::istringstream lines(counted);
    bool whole = false;
    for (std::string line; std::getline(lines, line);) {
        uint32_t id = 0, parent = 0;
        uint64_t address = 0, count = 0;
        if (std::sscanf(line.c_str(), "node %" SCNu32 " %" SCNu32 " %" SCNx64, &id, &parent,
                        &address) == 3 &&
            is_next_node(id, parent, paths.size()))
            paths.push_back(id ? below(paths[parent], symbols.at(address)) : "");
        else if (std::sscanf(line.c_str(), "self %" SCNu32 " %" SCNx64 " %" SCNu64, &id, &address,
                             &count) == 3 &&
                 id < paths.size())
            stacks[below(paths[id], symbols.at(address))] += count;
        else if (line == "end")
            whole = true;
        else
            throw Error(Status::invalid, "QEMU's plugin wrote '" + printable(line, 100) + "'");
    }
    if (!whole)
        throw Error(Status::invalid,
                    "QEMU's plugin wrote nothing, or not all: the window was not seen to end");
    return stacks;
}

uint64_t total(const Stacks& stacks) {
    uint64_t sum = 0;
    for (const auto& [path, count] : stacks) sum += count;
    return sum;
}

}  // namespace rxlab
