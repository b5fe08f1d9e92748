// SPDX-License-Identifier: GPL-2.0
// An ELF file as if it were linked. A kernel module is not: its sections have no addresses yet, and
// its debug information refers to them, and to itself, by relocations.
#pragma once
#include "base/fd.h"

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

struct Elf;

namespace rxlab {

/// A section's number -> where it begins; none: as the file says.
using SectionStarts = std::vector<uint64_t>;

class LinkedElf {
public:
    /// Of what cannot be read, or is damaged, as much as can be.
    explicit LinkedElf(const std::string& file);

    Elf* elf() const { return elf_.get(); }  ///< nullptr: it is no ELF file
    /// Of each function that has this name: a file's own may be called as another file's.
    std::vector<uint64_t> functions_named(const std::string& name) const;
    /// The note in which its linker put a hash of all its content; empty: it has none.
    std::string build_id() const;

private:
    struct End {
        void operator()(Elf* elf) const;
    };

    Fd fd_;
    std::unique_ptr<Elf, End> elf_;
    std::unordered_multimap<std::string, uint64_t> functions_;
};

}  // namespace rxlab
