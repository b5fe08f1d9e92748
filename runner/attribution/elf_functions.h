// SPDX-License-Identifier: GPL-2.0
// The functions in symbol tables of an ELF file.
#pragma once
#include <gelf.h>

#include <initializer_list>

namespace rxlab {

/// How many entries a section has that is a table of something.
inline size_t entries_in(const GElf_Shdr& header, const Elf_Data* data) {
    return data && header.sh_entsize ? data->d_size / header.sh_entsize : 0;
}

/// Calls found(name, symbol) for each function that has its code in this file; IFUNCs are among
/// them.
/// @param tables SHT_SYMTAB, SHT_DYNSYM; what is in both is found twice
template <typename Found>
void for_each_function(Elf* elf, std::initializer_list<unsigned> tables, Found found) {
    for (Elf_Scn* scn = nullptr; (scn = elf_nextscn(elf, scn));) {
        GElf_Shdr header;
        if (!gelf_getshdr(scn, &header)) continue;
        for (const unsigned table : tables) {
            if (header.sh_type != table) continue;
            Elf_Data* const symbols = elf_getdata(scn, nullptr);
            for (size_t i = 0; i < entries_in(header, symbols); i++) {
                GElf_Sym symbol;
                if (!gelf_getsym(symbols, static_cast<int>(i), &symbol) ||
                    symbol.st_shndx == SHN_UNDEF)
                    continue;
                const unsigned type = GELF_ST_TYPE(symbol.st_info);
                if (type != STT_FUNC && type != STT_GNU_IFUNC) continue;
                if (const char* name = elf_strptr(elf, header.sh_link, symbol.st_name))
                    found(name, symbol);
            }
        }
    }
}

}  // namespace rxlab
