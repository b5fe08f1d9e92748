// SPDX-License-Identifier: GPL-2.0
// The journal's file as text: one line for each entry, with a checksum, a length and a number, so
// that what is damaged is known from what is merely unfinished. Pure functions.
#pragma once
#include "journal/undo.h"

namespace rxlab {

/// What a journal's text holds.
struct Page {
    std::vector<Undo> entries;  ///< of this boot, in order
    size_t of_other_boots = 0;  ///< entries that went with an earlier boot of the machine
    bool torn = false;  ///< the last line was not written to its end: its change was never made
    struct Damage {
        std::string line;  ///< its bytes, to be kept
        std::string why;   ///< "line 3: ..."
    };
    std::vector<Damage> damage;
};

/// Lines "CHECKSUM LENGTH JSON": CRC-32 (eight hexadecimal digits) and bytes of the JSON, which has
/// the line's number as "n" and the boot it belongs to as "boot". Line 0 is the file's own.
/// Damaged lines come back as they were.
std::string encode_page(const Page& page, const std::string& boot);
/// The line of entry `n`, n > 0, as append() writes it.
std::string encode_entry(const Undo& undo, size_t n, const std::string& boot);
/// Line 0.
std::string encode_header();

/// Reads it. Every change of a single bit and every loss of a line but the last ones shows as
/// damage.
Page decode_page(const std::string& text, const std::string& boot);

}  // namespace rxlab
