// SPDX-License-Identifier: GPL-2.0
// Settings as files that a machine reads each time it starts: sysctl.d(5), udev(7),
// systemd.service(5), and the hooks that NetworkManager and ifupdown run when an interface is up.
// Nothing is installed.
#pragma once
#include "settings/settings.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace rxlab {

struct PersistentFile {
    std::string path;  ///< below /, without it
    bool executable = false;
    std::string text;
};

struct PersistentFiles {
    std::vector<PersistentFile> files;
    std::vector<std::string> install;  ///< commands of sh(1), as root, in the folder they are in
    std::vector<std::string> undo;     ///< likewise: what was installed, and the values before
    std::vector<std::string> notes;    ///< what has no such form, and why; what else to know
};

/// @param before value of each knob that can be read here; what it lacks is undone by a new start
PersistentFiles persistent_files(const Settings& settings,
                                 const std::map<std::string, std::string>& before);
/// For people: what the files are, how they are installed and taken away.
std::string readme_of(const Settings& settings, const PersistentFiles& files);
/// The files and that text, as README.md, below `folder`. @throws Error(Status::invalid)
void write_persistent(const Settings& settings, const PersistentFiles& files,
                      const std::filesystem::path& folder);
Json to_json(const PersistentFiles& files);

}  // namespace rxlab
