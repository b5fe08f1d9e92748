// SPDX-License-Identifier: GPL-2.0
#include "attribution/fold.h"

#include "attribution/opcodes.h"
#include "base/error.h"
#include "base/printable.h"

#include <algorithm>
#include <cctype>
#include <cinttypes>
#include <cstdio>
#include <sstream>
#include <utility>
#include <vector>

namespace rxlab {
namespace {

constexpr uint64_t kKernel = uint64_t{1} << 63;
constexpr size_t kMostName = 60;  // bytes of a device's name

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
        bool has_kernel = false;
        for (std::string line; std::getline(stream, line);) {
            std::istringstream words(line);
            std::string address, type, name, owner;
            if (!(words >> address >> type >> name)) continue;
            words >> owner;
            const uint64_t at = std::strtoull(address.c_str(), nullptr, 16);
            const bool is_kernel = at >= kKernel;
            if (std::string("tTwW").find(type) == std::string::npos) continue;
            if (!is_kernel && !is_user(name) && !is_user(owner)) continue;
            all_.push_back({at, owner.empty() ? name : without_tag(name) + " " + owner});
            has_kernel = has_kernel || is_kernel;
        }
        if (!has_kernel)
            throw Error(Status::invalid, "the guest's /proc/kallsyms tells no function's address");
        std::stable_sort(all_.begin(), all_.end(),
                         [](const Symbol& a, const Symbol& b) { return a.address < b.address; });
    }
    std::string at(uint64_t address) const {
        const Symbol* found = find(address);
        if (address < kKernel) return found ? found->name : "[user]";
        return found && found->address >= kKernel ? found->name : "[unknown]";
    }
    /// Is it where a function begins?
    bool begins_at(uint64_t address) const {
        const Symbol* found = find(address);
        return found && found->address == address;
    }

private:
    const Symbol* find(uint64_t address) const {
        const auto after = std::upper_bound(
            all_.begin(), all_.end(), address,
            [](uint64_t value, const Symbol& symbol) { return value < symbol.address; });
        return after == all_.begin() ? nullptr : &*std::prev(after);
    }

    std::vector<Symbol> all_;
};

std::string below(const std::string& path, const std::string& name) {
    return path.empty() || is_entry(name) ? name : path + ";" + name;
}

/// What the plugin wrote, line by line. Each function: was it such a line?
class Folding {
public:
    explicit Folding(const std::string& symbols) : symbols_(symbols) {}

    /// Nodes come in the order of their ids, each after its parent; the root is its own.
    bool node(const std::string& line) {
        char word[6];
        uint32_t id = 0, parent = 0;
        uint64_t site = 0;
        if (std::sscanf(line.c_str(), "%5s %" SCNu32 " %" SCNu32 " %" SCNx64, word, &id, &parent,
                        &site) != 4 ||
            id != paths_.size() || (parent >= id && id != 0))
            return false;
        const bool is_entry = word == std::string("entry");
        if (!is_entry && word != std::string("node")) return false;
        const std::string name = symbols_.at(site);
        paths_.push_back(id ? path_in(parent, name) : "");
        entries_.push_back(is_entry ? name : "");
        return true;
    }
    bool self(const std::string& line) {
        uint32_t id = 0;
        uint64_t address = 0, count = 0, times = 0;
        if (std::sscanf(line.c_str(), "self %" SCNu32 " %" SCNx64 " %" SCNu64 " %" SCNu64, &id,
                        &address, &count, &times) != 4 ||
            id >= paths_.size())
            return false;
        const std::string name = symbols_.at(address);
        executed_.stacks[path_in(id, name)] += count;
        if (symbols_.begins_at(address)) executed_.calls[name] += times;
        return true;
    }
    bool access(const std::string& line) {
        uint32_t id = 0;
        uint64_t address = 0, loads = 0, stores = 0;
        int device = 0;  // where its name begins
        if (std::sscanf(line.c_str(), "io %" SCNu32 " %" SCNx64 " %" SCNu64 " %" SCNu64 " %n", &id,
                        &address, &loads, &stores, &device) != 4 ||
            id >= paths_.size() || !device || static_cast<size_t>(device) >= line.size())
            return false;
        executed_.accesses[{symbols_.at(address), printable(line.substr(device), kMostName)}] +=
            {loads, stores};
        return true;
    }
    Executed executed() && { return std::move(executed_); }

private:
    /// A function of a node: of one that is an entry, the entry itself stands there already.
    std::string path_in(uint32_t node, const std::string& name) const {
        return name == entries_[node] ? paths_[node] : below(paths_[node], name);
    }

    Symbols symbols_;
    std::vector<std::string> paths_;    // of each node: what called it, or itself as an entry
    std::vector<std::string> entries_;  // of each node: the function that it is the entry of
    Executed executed_;
};

}  // namespace

bool is_entry(std::string_view function) {
    if (is_user(function)) return false;
    return (function.starts_with("asm_") && function != "asm_load_gs_index") ||
           function.starts_with("entry_SYSCALL");
}

bool is_user(std::string_view function) {
    return function == "[user]" || function.ends_with(')');
}

Executed fold(const std::string& counted, const std::string& symbols) {
    Folding folding(symbols);
    std::istringstream lines(counted);
    bool whole = false;
    for (std::string line; std::getline(lines, line);)
        if (line == "end")
            whole = true;
        else if (!folding.node(line) && !folding.self(line) && !folding.access(line))
            throw Error(Status::invalid, "QEMU's plugin wrote '" + printable(line, 100) + "'");
    if (!whole)
        throw Error(Status::invalid,
                    "QEMU's plugin wrote nothing, or not all: the window was not seen to end");
    return std::move(folding).executed();
}

void add(Stacks& sum, const Stacks& more) {
    for (const auto& [stack, count] : more) sum[stack] += count;
}

void add(Executed& sum, const Executed& more) {
    add(sum.stacks, more.stacks);
    for (const auto& [place, count] : more.accesses) sum.accesses[place] += count;
    for (const auto& [function, count] : more.calls) sum.calls[function] += count;
}

uint64_t total(const Stacks& stacks) {
    uint64_t sum = 0;
    for (const auto& [path, count] : stacks) sum += count;
    return sum;
}

Accesses total(const std::map<AccessPlace, Accesses>& accesses, bool of_ports) {
    Accesses sum;
    for (const auto& [place, count] : accesses) {
        if ((place.device == kPort) == of_ports) sum += count;
    }
    return sum;
}

}  // namespace rxlab
