// SPDX-License-Identifier: GPL-2.0
#include "target/linked_elf.h"

#include "attribution/elf_functions.h"

#include <fcntl.h>
#include <algorithm>
#include <cstring>
#include <string_view>

namespace rxlab {
namespace {

constexpr uint64_t kFirst = 4096;  // 0 is what a symbol of another file has

struct Section {
    Elf_Scn* scn;
    GElf_Shdr header;
    std::string_view name;
};

std::vector<Section> sections_of(Elf* elf) {
    std::vector<Section> sections;
    size_t names = 0;
    if (elf_getshdrstrndx(elf, &names) != 0) return {};
    for (Elf_Scn* scn = nullptr; (scn = elf_nextscn(elf, scn));) {
        Section section{scn, {}, ""};
        if (!gelf_getshdr(scn, &section.header)) continue;
        if (const char* name = elf_strptr(elf, names, section.header.sh_name)) section.name = name;
        sections.push_back(section);
    }
    return sections;
}

bool is_relocatable(Elf* elf) {
    GElf_Ehdr header;
    return gelf_getehdr(elf, &header) && header.e_type == ET_REL && header.e_machine == EM_X86_64;
}

/// One behind the other.
SectionStarts starts_of(const std::vector<Section>& sections) {
    SectionStarts starts;
    uint64_t next = kFirst;
    for (const Section& section : sections) {
        const size_t number = elf_ndxscn(section.scn);
        starts.resize(std::max(starts.size(), number + 1));
        if (!(section.header.sh_flags & SHF_ALLOC)) continue;
        const uint64_t align = std::max<uint64_t>(section.header.sh_addralign, 1);
        starts[number] = next = (next + align - 1) / align * align;
        next += section.header.sh_size;
    }
    return starts;
}

uint64_t address_of(const GElf_Sym& symbol, const SectionStarts& starts) {
    const bool of_section = symbol.st_shndx < starts.size();
    return symbol.st_value + (of_section ? starts[symbol.st_shndx] : 0);
}

/// Of what debug information has; 0: another one.
size_t bytes_of_relocation(uint64_t type) {
    return type == R_X86_64_64 ? 8 : type == R_X86_64_32 ? 4 : 0;
}

void relocate(Elf* elf, const Section& relocations, const SectionStarts& starts) {
    const GElf_Shdr& header = relocations.header;
    Elf_Scn* const scn = elf_getscn(elf, header.sh_info);
    if (!scn) return;
    elf_compress(scn, 0, 0);  // fails where it is not compressed
    Elf_Data* const data = elf_getdata(scn, nullptr);
    Elf_Data* const symbols = elf_getdata(elf_getscn(elf, header.sh_link), nullptr);
    Elf_Data* const entries = elf_getdata(relocations.scn, nullptr);
    if (!data || !data->d_buf || !symbols) return;
    for (size_t i = 0; i < entries_in(header, entries); i++) {
        GElf_Rela entry;
        GElf_Sym symbol;
        if (!gelf_getrela(entries, i, &entry) ||
            !gelf_getsym(symbols, GELF_R_SYM(entry.r_info), &symbol))
            continue;
        const uint64_t value = address_of(symbol, starts) + entry.r_addend;
        const size_t bytes = bytes_of_relocation(GELF_R_TYPE(entry.r_info));
        if (entry.r_offset > data->d_size || data->d_size - entry.r_offset < bytes) continue;
        std::memcpy(static_cast<char*>(data->d_buf) + entry.r_offset, &value, bytes);
    }
}

}  // namespace

void LinkedElf::End::operator()(Elf* elf) const {
    elf_end(elf);
}

LinkedElf::LinkedElf(const std::string& file) : fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
    elf_version(EV_CURRENT);
    if (fd_) elf_.reset(elf_begin(fd_.get(), ELF_C_READ_MMAP_PRIVATE, nullptr));
    if (!elf_) return;
    const std::vector<Section> sections = sections_of(elf_.get());
    SectionStarts starts;
    if (is_relocatable(elf_.get())) {
        starts = starts_of(sections);
        for (const Section& section : sections)
            if (section.header.sh_type == SHT_RELA && section.name.starts_with(".rela.debug_"))
                relocate(elf_.get(), section, starts);
    }
    for_each_function(elf_.get(), {SHT_SYMTAB}, [&](const char* name, const GElf_Sym& symbol) {
        if (GELF_ST_TYPE(symbol.st_info) == STT_FUNC)
            functions_.emplace(name, address_of(symbol, starts));
    });
}

/// libdw's dwelf_elf_gnu_build_id() would link libdwfl, too, which loads a client of debuginfod
/// before main() begins.
std::string LinkedElf::build_id() const {
    for (const Section& section : sections_of(elf_.get())) {
        if (section.name != ".note.gnu.build-id") continue;
        const Elf_Data* data = elf_getdata(section.scn, nullptr);
        if (data && data->d_buf) return {static_cast<const char*>(data->d_buf), data->d_size};
    }
    return "";
}

std::vector<uint64_t> LinkedElf::functions_named(const std::string& name) const {
    std::vector<uint64_t> addresses;
    const auto [first, last] = functions_.equal_range(name);
    for (auto found = first; found != last; ++found) addresses.push_back(found->second);
    return addresses;
}

}  // namespace rxlab
