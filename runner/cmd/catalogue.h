// SPDX-License-Identifier: GPL-2.0
// What this binary knows and where its files are: the rooms' tables as a vocabulary, the
// experiments folder, versions.
#pragma once
#include "experiment/experiment.h"
#include "tune/space.h"

#include <filesystem>
#include <string>
#include <vector>

namespace rxlab {

/// Every word an experiment may use, from the tables of the rooms.
Vocabulary vocabulary();

/// "git describe" of the checkout with "-dirty" where files differ, or "unknown".
std::string version();

/// Names of the experiments in experiments/, sorted.
std::vector<std::string> experiment_names();

/// Reads an experiment by name or by the path of a file.
/// @throws Error(Status::usage) with the nearest name.
Experiment load_experiment(const std::string& name_or_path);

/// Likewise of experiments/spaces/.
std::vector<std::string> space_names();
Space load_space(const std::string& name_or_path);

/// The most bytes that an experiment or a rules file may have, and a result: 10 KiB for each of the
/// trials there may be.
constexpr size_t kLargestInput = 16 << 20, kLargestResult = 1 << 30;

/// A whole file or pipe. @throws Error(Status::usage) naming it when it cannot be read or is larger
/// than `most`, with what helps against that; Error(Status::interrupted) while it waits for a pipe.
std::string read_text(const std::filesystem::path& path, size_t most,
                      const std::string& if_larger = "is it the right file?");
/// A document that rxlab wrote.
Json read_json(const std::filesystem::path& path);

}  // namespace rxlab
