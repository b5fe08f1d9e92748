// SPDX-License-Identifier: GPL-2.0
#include "attribution/user_symbols.h"

#include "attribution/elf_functions.h"
#include "base/printable.h"

#include <fmt/format.h>
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string_view>
#include <tuple>

namespace rxlab {
namespace {

struct Mapping {
    uint64_t start, end, offset;
    std::string path;
    auto operator<=>(const Mapping&) const = default;
};

/// "55f0-55f8 r-xp 00002000 00:01 77  /program/x"; those that are executed and are a file's.
std::set<Mapping> executed_in(const std::string& maps) {
    std::set<Mapping> found;
    std::istringstream lines(maps);
    for (std::string line; std::getline(lines, line);) {
        Mapping one{};
        char rights[5] = "";
        int path = 0;  // where it begins
        if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %*s %n",
                        &one.start, &one.end, rights, &one.offset, &path) != 4 ||
            !path || rights[2] != 'x')
            continue;
        one.path = line.substr(static_cast<size_t>(path));
        if (one.path.starts_with('/')) found.insert(one);
    }
    return found;
}

/// One word, and no part of a stack.
std::string word(std::string text) {
    text = printable(text);
    for (char& c : text)
        if (c == ';' || c == ' ' || c == '\t' || c == '\n') c = '_';
    return text;
}

std::string file_word(const std::string& path) {
    return "(" + word(path.substr(path.rfind('/') + 1)) + ")";
}

struct Function {
    std::string name;
    uint64_t size;
};
using Functions = std::map<uint64_t, Function>;  ///< by their addresses in the file

/// Of several names for one function, "write" rather than "__libc_write".
bool is_plainer(const std::string& a, const std::string& b) {
    const auto rank = [](std::string_view name) {
        return std::tuple(name.starts_with('_'), name.size(), name);
    };
    return rank(a) < rank(b);
}

class ElfBytes {
public:
    explicit ElfBytes(std::string bytes) : bytes_(std::move(bytes)) {
        elf_version(EV_CURRENT);
        elf_.reset(elf_memory(bytes_.data(), bytes_.size()));
    }

    Functions functions() const {
        Functions found;
        for_each_function(elf_.get(), {SHT_SYMTAB, SHT_DYNSYM},
                          [&](const char* text, const GElf_Sym& symbol) {
                              const std::string name = word(text);
                              if (!name.empty()) add(found, name, symbol);
                          });
        return found;
    }

    /// What has to be added to an address in the file, where `offset` of it was mapped to `start`.
    uint64_t bias(uint64_t start, uint64_t offset) const {
        size_t count = 0;
        elf_getphdrnum(elf_.get(), &count);
        for (size_t i = 0; i < count; i++) {
            GElf_Phdr header;
            if (!gelf_getphdr(elf_.get(), static_cast<int>(i), &header) ||
                header.p_type != PT_LOAD || !(header.p_flags & PF_X))
                continue;
            if (offset < header.p_offset + header.p_filesz && header.p_offset < offset + kPage)
                return start - offset - (header.p_vaddr - header.p_offset);
        }
        return start - offset;
    }

private:
    static constexpr uint64_t kPage = 4096;
    struct End {
        void operator()(Elf* elf) const { elf_end(elf); }
    };

    static void add(Functions& found, const std::string& name, const GElf_Sym& symbol) {
        const auto [at, is_new] =
            found.try_emplace(symbol.st_value, Function{name, symbol.st_size});
        if (!is_new && is_plainer(name, at->second.name)) at->second.name = name;
    }

    std::string bytes_;
    std::unique_ptr<Elf, End> elf_;
};

/// Which name holds from an address on.
class Names {
public:
    void begin(uint64_t address, std::string name) { names_[address] = std::move(name); }
    /// Something ends there: the name of what is behind it, unless that has one.
    void end(uint64_t address, std::string name) { names_.try_emplace(address, std::move(name)); }

    std::string lines() const {
        std::string lines;
        for (const auto& [address, name] : names_)
            lines += fmt::format("{:016x} T {}\n", address, name);
        return lines;
    }

private:
    std::map<uint64_t, std::string> names_;
};

void add_mapping(const Mapping& one, const ElfBytes& elf, Names& names) {
    const std::string in_file = "\t" + file_word(one.path), unknown = "?" + in_file;
    const uint64_t bias = elf.bias(one.start, one.offset);
    names.begin(one.start, unknown);
    for (const auto& [address, function] : elf.functions()) {
        const uint64_t at = address + bias;
        if (at < one.start || at >= one.end) continue;
        names.begin(at, function.name + in_file);
        if (function.size) names.end(std::min(at + function.size, one.end), unknown);
    }
    names.end(one.end, "[user]");
}

}  // namespace

std::string user_symbols(const std::string& maps,
                         const std::function<std::string(const std::string& path)>& read) {
    Names names;
    for (const Mapping& one : executed_in(maps)) add_mapping(one, ElfBytes(read(one.path)), names);
    return names.lines();
}

}  // namespace rxlab
