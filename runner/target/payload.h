// SPDX-License-Identifier: GPL-2.0
// What is unpacked in the guest's /payload: this very binary, our own kernel modules, and BPF
// objects that are not those inside the binary.
#pragma once
#include <compare>
#include <filesystem>
#include <string>

#include "base/json.h"

namespace rxlab {

/// Where a guest has BPF objects that are not those in the binary.
inline constexpr const char* kPayloadBpf = "/payload/bpf";

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

/// Built folders of rxlab's own code in the kernel instead of those that come with it; empty:
/// these.
struct OwnCode {
    std::string kmod;  ///< of modules, *.ko
    std::string bpf;   ///< of BPF objects, *.bpf.o
    auto operator<=>(const OwnCode&) const = default;
};

/// Is it a folder with built BPF objects (*.bpf.o)?
bool has_bpf_objects(const std::filesystem::path& folder);

/// Of the programs that arms name, and what they are called; without a folder of those inside this
/// binary.
std::string hash_of_bpf_objects(const std::filesystem::path& folder = {});

/// Compiles the programs that arms name (xdp_*, filter_*, tc_*), where their sources changed.
/// @param sources a folder like bpf/ @return the folder of *.bpf.o files
/// @throws Error: they do not compile
std::filesystem::path build_bpf(const std::filesystem::path& sources);

/// `release`: kernel our modules are built for and loaded into; `modules`: its modules folder,
/// where a kernel of one's own has what modules are built in, or empty. Modules that do not build
/// are left out and named in `missing`; arms that use them are left out then. Of BPF objects only
/// those that arms name take the place of rxlab's: probes are what measures.
/// @throws Error(Status::usage): a folder of `own` has nothing built
Payload make_payload(const std::string& release, const std::string& modules, const OwnCode& own,
                     std::string& missing);

}  // namespace rxlab
