// SPDX-License-Identifier: GPL-2.0
// Everything a guest is started from: kernel, base image, payload, QEMU, each with its hash.
#pragma once
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "target/payload.h"
#include "target/qemu.h"
#include "target/snapshot.h"

namespace rxlab {

struct Kernel {
    std::string vmlinuz, release, modules;
    std::string package;  ///< "name_version" of Debian's package, or "path"
};

struct BootAssets {
    Kernel kernel;
    std::string image;         ///< initramfs
    int more_memory_mib = 0;   ///< what its extra tools need
    std::string qemu_version;  ///< first line of --version
    Payload payload;
    Ingredients ingredients;
    std::set<std::string> lacking_modules;  ///< asked for as extras, and the kernel has them not
    std::string missing;                    ///< what could not be made, for people; empty: nothing
    Json image_files;  ///< [{"file", "package", "sha256"}], as vm/mkimage lists them
};

/// Resolves the kernel (vm/kernel), builds image and payload where their inputs changed. `extras`:
/// programs of vm/manifest, and "module:NAME", that the image holds besides those of every guest.
/// @throws Error(Status::usage): no such kernel, no QEMU, kernel without a needed module.
BootAssets gather_boot_assets(const std::string& kernel, const std::string& modules,
                              const std::vector<std::string>& extras = {}, const OwnCode& own = {});

/// One that boots these. @param memory_mib besides what the image's extra tools need
Machine machine_of(const BootAssets& assets, int memory_mib);

/// "6.12.113-1~deb12u1"; empty: it is of no package.
std::string package_version(const Kernel& kernel);

/// What vm/kernel makes of a word: a name, a version, or the path of a kernel (kernel_words()).
/// Downloaded and unpacked where it has to be.
/// @throws Error(Status::usage): there is no such kernel
Kernel find_kernel(const std::string& word, const std::string& modules = "");

/// "key=value" lines. Pure.
Kernel kernel_from(const std::string& lines);

/// Everything that a guest of these assets is made of, a row each:
/// [{"name": "image /bin/ip", "from": "iproute2 6.1.0-3", "sha256": "..."}].
Json ingredient_rows(const BootAssets& assets);

/// The assets as provenance; `machine` gives QEMU's arguments.
Json to_json(const BootAssets& assets, const Machine& machine);

/// Does this machine run under KVM here? Found out by booting it once per host boot, then
/// remembered. `why` says what was tried when it does not.
bool kvm_works(const BootAssets& assets, Machine machine, std::string& why);

}  // namespace rxlab
