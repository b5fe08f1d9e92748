// SPDX-License-Identifier: GPL-2.0
// What the history keeps of one result.
#pragma once
#include "result/result.h"

#include <optional>
#include <string>
#include <vector>

namespace rxlab {

/// What a number is measured of, and by. Numbers of two names are never set beside each other: not
/// those of another lane, topology or machine.
struct SeriesName {
    std::string experiment;
    std::string kernel;   ///< the line of versions that was asked for: "6.12", "6.12-rt"
    std::string machine;  ///< that the numbers depend on: of the counted lane the guest's CPU
    Lane lane = Lane::counted;
    std::string topology;  ///< "rxnic", "veth", "nic e1000e"
    std::string arm;
    std::string factors;  ///< as cell_of() has them; empty: none
    std::string metric, unit;
    std::string better;
    bool operator==(const SeriesName&) const = default;
};

/// "drop-point 6.12 closed-port path=veth: net.instructions_per_packet"
std::string in_words(const SeriesName& name);

struct SeriesPoint {
    SeriesName series;
    /// In a lane that repeats exactly the arm's median; else ln(arm / baseline) of the same run,
    /// which takes out what the machine was like that night. Nothing: the arm was invalid.
    std::optional<double> value;
    std::optional<double> measured;  ///< the arm's median, in the metric's unit
    std::string fault;               ///< why there is no value
};

struct Ingredient {
    std::string name, from, sha256;
    bool operator==(const Ingredient&) const = default;
};

struct Record {
    std::string document_sha256;  ///< of the document with sorted keys and no blanks
    std::string observations_sha256;
    std::string experiment, kernel, machine, target;
    Lane lane = Lane::counted;
    std::string release;        ///< of the kernel, as uname -r has it
    std::string rxlab_version;  ///< a revision
    std::string night;          ///< "2026-12-01"
    std::string time;           ///< of that night, to order its results by: "2026-12-01 03:12:45"
    double floor = 0;           ///< null floor, from comparison.json
    std::string source;         ///< the file it came from, for people
    std::vector<Ingredient> ingredients;
    std::vector<SeriesPoint> points;
};

struct RecordOptions {
    std::string night;    ///< empty: as night_of() finds it
    std::string machine;  ///< a name for the machine of a lane whose numbers depend on it; empty:
                          ///< its CPU's model
};

/// @param document result.json; `comparison` is null where there is none beside it
/// @throws Error(Status::usage): it is no result (another schema version, an unknown lane, metrics
/// that do not match its hash, ...), a shard of one, or nothing in it can be followed
Record record_of(const Json& document, const Json& comparison, const RecordOptions& options);

/// The night of a result by where it lies: a folder of its path that is called DATE or ends with
/// DATE-TIME as runs' folders do, the innermost; "": none is. @returns "2026-12-01" or
/// "2026-12-01 09:16:21"
std::string night_in_path(const std::string& path);
/// Is it "2026-12-01", a day there is?
bool is_night(const std::string& text);

}  // namespace rxlab
