// SPDX-License-Identifier: GPL-2.0
#include "target/debug_info.h"

#include "base/printable.h"

#include <dwarf.h>
#include <filesystem>

namespace rxlab {
namespace {

namespace fs = std::filesystem;

std::string text_of(Dwarf_Die* die, unsigned name) {
    Dwarf_Attribute attribute;
    const char* text = dwarf_formstring(dwarf_attr(die, name, &attribute));
    return text ? text : "";
}

/// Of the sources, wherever they and the folder that they were built in lie; empty: it is not of
/// them.
std::string without_folder(std::string file, const std::string& folder) {
    if (!folder.empty() && file.starts_with(folder + "/")) file.erase(0, folder.size() + 1);
    fs::path path = fs::path(file).lexically_normal();
    if (path.is_absolute()) return "";
    // A kernel may be built in a folder of its sources: ../net/core/dev.c.
    fs::path inside = path;
    if (path.begin() != path.end() && *path.begin() == "..") inside = path.lexically_relative("..");
    return inside.begin() != inside.end() && *inside.begin() == ".." ? "" : inside.string();
}

/// In a damaged file it may be one that was there before.
bool next_sibling(Dwarf_Die& die) {
    const Dwarf_Off before = dwarf_dieoffset(&die);
    return dwarf_siblingof(&die, &die) == 0 && dwarf_dieoffset(&die) > before;
}

/// The function of a unit that has code at the address. @return is there one?
bool find_function(Dwarf_Die unit, uint64_t address, Dwarf_Die& function) {
    if (dwarf_child(&unit, &function) != 0) return false;
    do {
        if (dwarf_tag(&function) == DW_TAG_subprogram && dwarf_haspc(&function, address) == 1)
            return true;
    } while (next_sibling(function));
    return false;
}

}  // namespace

void DebugInfo::End::operator()(Dwarf* dwarf) const {
    dwarf_end(dwarf);
}

DebugInfo::DebugInfo(const std::string& file) : elf_(file) {
    if (!elf_.elf()) return;
    dwarf_.reset(dwarf_begin_elf(elf_.elf(), DWARF_C_READ, nullptr));
    if (!dwarf_) return;
    Dwarf_CU* cu = nullptr;
    uint8_t type = 0;
    for (Dwarf_Die die; dwarf_get_units(dwarf_.get(), cu, &cu, nullptr, &type, &die, nullptr) == 0;)
        if (type == DW_UT_compile) add_unit(die);
}

void DebugInfo::add_unit(Dwarf_Die die) {
    Dwarf_Addr base = 0, start = 0, end = 0;
    for (ptrdiff_t at = 0; (at = dwarf_ranges(&die, at, &base, &start, &end)) > 0;)
        units_[start] = {end, die};
}

std::optional<SourcePlace> DebugInfo::place_of(const std::string& symbol) {
    std::optional<SourcePlace> place;
    for (const uint64_t address : elf_.functions_named(symbol)) {
        const std::optional<SourcePlace> other = place_at(address);
        if (!other || (place && *place != *other)) return {};
        place = other;
    }
    return place;
}

std::optional<SourcePlace> DebugInfo::place_at(uint64_t address) {
    const auto after = units_.upper_bound(address);
    if (after == units_.begin()) return {};
    Unit& unit = std::prev(after)->second;
    Dwarf_Die function;
    if (address >= unit.end || !find_function(unit.die, address, function)) return {};
    const char* file = dwarf_decl_file(&function);
    SourcePlace place;
    if (!file || dwarf_decl_line(&function, &place.line) != 0) return {};
    place.file = without_folder(file, text_of(&unit.die, DW_AT_comp_dir));
    if (place.file.empty() || place.file != printable(place.file) || place.line < 1) return {};
    return place;
}

}  // namespace rxlab
