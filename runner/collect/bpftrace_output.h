// SPDX-License-Identifier: GPL-2.0
// What `bpftrace -f json` prints at its end, and the kernel's words for the numbers in it. Pure
// functions.
#pragma once
#include "base/json.h"
#include "metrics/metric.h"

#include <map>
#include <string>

namespace rxlab {

/// Its maps in the order printed: {"type": "map" or "hist" ..., "data": {"@name": value, or {key:
/// value}}}. Entries of a map that are printed alike (ksym() of two places in one function) are
/// added up.
/// @throws Error(Status::invalid) on text of another shape.
Json parse_bpftrace(const std::string& output);

using Words = std::map<std::string, std::string>;  ///< a field's value -> the kernel's word for it,
                                                   ///< in lower case

/// The words a tracepoint's `format` file has for one of its fields.
Words parse_symbols(const std::string& format, const std::string& field);

/// What a script says of its keys: "// names of @a, @b: irq:softirq_entry vec".
struct KeyNames {
    std::string map, event, field;  ///< "@a", "irq/softirq_entry", "vec"
};
std::vector<KeyNames> key_names(const std::string& script);

/// Adds `name`.MAP, or `name`.MAP.KEY, for each map of plain numbers; `words` of a map's name are
/// put for the first part of its keys. A map whose name ends in _ns holds nanoseconds, as the
/// metric table has it.
void report_bpftrace(const std::string& name, const Json& maps,
                     const std::map<std::string, Words>& words, Values& values);

}  // namespace rxlab
