// SPDX-License-Identifier: GPL-2.0
#include "target/elf.h"

#include "base/error.h"

#include <elf.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <cstring>
#include <optional>
#include <sstream>

namespace rxlab {
namespace {

[[noreturn]] void refuse(const std::string& file, const std::string& what) {
    throw Error(Status::usage, fmt::format("{} {}", file, what),
                "name a program that is compiled for x86-64; of a script name its interpreter, and "
                "the script by --file");
}

template <typename T>
std::optional<T> at(std::string_view bytes, uint64_t offset) {
    if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return {};
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

/// The header of a program of x86-64.
Elf64_Ehdr header_of(std::string_view bytes, const std::string& file) {
    if (bytes.starts_with("#!")) refuse(file, "is a script");
    if (!bytes.starts_with(ELFMAG)) refuse(file, "is no ELF program");
    const auto header = at<Elf64_Ehdr>(bytes, 0);
    if (!header) refuse(file, "is cut off");
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != EM_X86_64)
        refuse(file, "is for another machine than x86-64");
    if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
        refuse(file, "is an ELF file, but no program");
    return *header;
}

}  // namespace

std::string interpreter_of(std::string_view bytes, const std::string& file) {
    const Elf64_Ehdr header = header_of(bytes, file);
    for (uint64_t i = 0; i < header.e_phnum; i++) {
        const auto part = at<Elf64_Phdr>(bytes, header.e_phoff + i * sizeof(Elf64_Phdr));
        if (!part) refuse(file, "is cut off");
        if (part->p_type != PT_INTERP) continue;
        if (part->p_offset > bytes.size() || part->p_filesz > bytes.size() - part->p_offset)
            refuse(file, "is cut off");
        const std::string_view name = bytes.substr(part->p_offset, part->p_filesz);
        return std::string(name.substr(0, name.find('\0')));
    }
    return "";
}

/// "\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x...)", "\t/lib64/ld-linux... (0x...)",
/// "\tlibx.so => not found"; what the kernel itself maps has no path.
std::vector<std::string> libraries_in(const std::string& list, const std::string& file) {
    std::vector<std::string> paths, missing;
    std::istringstream lines(list);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string name, arrow, path;
        if (!(words >> name)) continue;
        if (words >> arrow >> path && arrow == "=>")
            path == "not" ? missing.push_back(name) : paths.push_back(path);
        else if (name.starts_with("/"))
            paths.push_back(name);
    }
    if (!missing.empty())
        throw Error(
            Status::usage,
            fmt::format("{} needs {}, which this machine has not", file, fmt::join(missing, ", ")),
            "install it, set LD_LIBRARY_PATH, or link the program statically");
    return paths;
}

}  // namespace rxlab
