// SPDX-License-Identifier: GPL-2.0
// What is unpacked in the guest's /payload: this very binary and our own kernel modules.
#pragma once
#include <filesystem>
#include <string>

#include "base/json.h"

namespace rxlab {

struct Payload {
    std::string archive;  ///< newc
    std::string sha256;
    Json files;  ///< name -> sha256, for provenance
};

/// Is it a folder with built modules (*.ko)?
bool has_modules(const std::filesystem::path& folder);

/// Builds rxlab's modules for a kernel, where their sources or the kernel changed. `modules`: as
/// below. `sources`: a folder like kmod/ instead of the one that comes with rxlab.
/// @return the folder of *.ko files. @throws Error: they do not build
std::filesystem::path build_modules(const std::string& release, const std::string& modules,
                                    const std::filesystem::path& sources = {});

/// `release`: kernel our modules are built for and loaded into; `modules`: its modules folder,
/// where a kernel of one's own has what modules are built in, or empty; `kmod`: Boot::kmod. Modules
/// that do not build are left out and named in `missing`; arms that use them are left out then.
/// @throws Error(Status::usage): `kmod` is no folder of built modules
Payload make_payload(const std::string& release, const std::string& modules,
                     const std::string& kmod, std::string& missing);

}  // namespace rxlab
