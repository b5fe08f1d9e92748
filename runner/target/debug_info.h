// SPDX-License-Identifier: GPL-2.0
// Where functions are declared, by the debug information (DWARF) of the file that has their code.
#pragma once
#include "attribution/source_place.h"
#include "target/linked_elf.h"

#include <elfutils/libdw.h>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace rxlab {

class DebugInfo {
public:
    /// @param file an executable, a shared library, a vmlinux or a module; one that cannot be read,
    /// is damaged or has no DWARF tells nothing
    explicit DebugInfo(const std::string& file);

    bool is_there() const { return !units_.empty(); }

    /// Nothing where it is not known, where functions of several places have that name, and where
    /// its place is outside of what was built: paths of the machine are never told.
    /// @param symbol as the symbol table has it, "tcp_ack.isra.0"
    std::optional<SourcePlace> place_of(const std::string& symbol);

private:
    struct End {
        void operator()(Dwarf* dwarf) const;
    };
    struct Unit {
        uint64_t end;
        Dwarf_Die die;
    };

    void add_unit(Dwarf_Die die);
    std::optional<SourcePlace> place_at(uint64_t address);

    LinkedElf elf_;
    std::unique_ptr<Dwarf, End> dwarf_;
    std::map<uint64_t, Unit> units_;  ///< by where a stretch of their code begins
};

}  // namespace rxlab
