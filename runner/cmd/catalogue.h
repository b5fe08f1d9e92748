// SPDX-License-Identifier: GPL-2.0
// What this binary knows and where its files are: the rooms' tables as a vocabulary, the
// experiments folder, versions.
#pragma once
#include "experiment/experiment.h"

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

/// Whole file. @throws Error(Status::usage) naming it.
std::string read_text(const std::filesystem::path& path);
Json read_json(const std::filesystem::path& path);

}  // namespace rxlab
