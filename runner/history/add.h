// SPDX-License-Identifier: GPL-2.0
// Results into the history: what is refused is told, and the rest goes on.
#pragma once
#include "history/record.h"

#include <filesystem>
#include <string>
#include <vector>

namespace rxlab {

/// What the file is called where nobody names it: it lies beside the nights' folders.
constexpr const char* kHistoryFile = "history.sqlite";

enum class Addition { added, duplicate, refused };

struct AddedFile {
    std::filesystem::path file;
    Addition what = Addition::refused;
    std::string night;  ///< that it was added to
    std::string words;  ///< what it is; or the reason, in one line
};

struct HistoryAdded {
    std::vector<AddedFile> files;  ///< in the order they were given
    size_t count(Addition what) const;
};

/// @param db made where it is not there, and its folder
/// @param results result.json, or folders with one; diff.json, too, which tells causes
/// @throws Error: the database itself cannot be used: Status::usage where another process has it,
/// or it is of a newer rxlab, Status::invalid where it is damaged or the disk is full. What was
/// added before is kept, each result as a whole.
HistoryAdded add_to_history(const std::filesystem::path& db,
                            const std::vector<std::filesystem::path>& results,
                            const RecordOptions& options = {});

/// A run whose last result alone shows a change in a lane that repeats exactly: once more, at once,
/// says whether it is one.
struct ToRepeat {
    std::string experiment, kernel;
    Lane lane = Lane::counted;
    std::filesystem::path source;    ///< the result that shows it
    std::vector<std::string> words;  ///< of each of its figures
};

/// Of the last night that the history has. @throws as add_to_history
std::vector<ToRepeat> to_repeat(const std::filesystem::path& db);

}  // namespace rxlab
