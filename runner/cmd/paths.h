// SPDX-License-Identifier: GPL-2.0
// The paths of experiments on some subjects, every trial counted function by function.
#pragma once
#include "change/document.h"
#include "cmd/perform.h"
#include "compare/cells.h"

#include <filesystem>
#include <string>
#include <vector>

namespace rxlab {

/// Options of every command that measures paths, after its own arguments; sets what they have in
/// common.
void add_path_options(CommandOptions command, std::vector<std::string>& experiments,
                      RunRequest& request);

/// Of the experiments that are named ("drop-point", or "drop-point:closed-port" for one arm of it),
/// in their order; where none is, of some that fit the subjects.
/// @throws Error(Status::usage): no such experiment or arm, or one that cannot be compared
std::vector<Contrast> contrasts_for(const RunRequest& request,
                                    const std::vector<std::string>& experiments,
                                    const std::vector<Subject>& subjects);

/// The stacks of each trial, in files of their own beside its observations.
class StacksFolder {
public:
    explicit StacksFolder(const std::filesystem::path& out);
    void write(int trial, const Executed& executed) const;
    Executed read(int trial) const;

private:
    std::filesystem::path file(int trial) const;

    std::filesystem::path folder_;
};

struct MeasuredPaths {
    Result result;
    StacksFolder stacks;
    std::vector<std::string> left_out;  ///< for people: what was no path, and what could not be run
};

/// All subjects on all paths of one experiment; its documents, and its report where one is asked
/// for, are in the folder of `out` that has its name, where one that was interrupted is gone on
/// with.
/// @param command for whoever wants to repeat the whole
MeasuredPaths measure_paths(const RunRequest& request, const Contrast& contrast,
                            const std::filesystem::path& out, const std::string& command);

/// Of all its trials. @pre it has one, and each has the metric
double mean_of(const Cell& cell, const std::string& metric);

/// Two of the subjects, by the names of their arms, on each path that both have trials of.
std::vector<PathChange> changes_between(const MeasuredPaths& measured, const std::string& before,
                                        const std::string& after);

/// Likewise of two that were measured apart: without intervals. Better or worse is any difference.
std::vector<PathChange> changes_between(const MeasuredPaths& before, const MeasuredPaths& after);

/// The command that repeats it. @param start as far as the options
std::string paths_again(const std::string& start, const std::vector<std::string>& experiments,
                        RunRequest request);

/// The folder that was asked for, or a new one that is called WORD-FIRST-LAST-TIME.
std::filesystem::path paths_folder(const RunRequest& request, const std::string& word,
                                   const std::string& first, const std::string& last);

}  // namespace rxlab
