// SPDX-License-Identifier: GPL-2.0
#include "target/payload.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/sha256.h"
#include "base/trimmed.h"
#include "bpf/objects.h"
#include "sys/bpf.h"
#include "sys/process.h"
#include "target/archive.h"
#include "target/files.h"

namespace rxlab {
namespace fs = std::filesystem;
namespace {

// Without its symbols: they are most of the file, and the guest keeps it in memory.
std::string stripped_self() {
    const WorkFolder work;
    capture({"strip", "-o", work.path("rxlab"), fmt::format("/proc/{}/exe", ::getpid())});
    return read_whole(work.path("rxlab"));
}

bool is_module(const fs::path& file) {
    return file.extension() == ".ko";
}

/// The folder of modules that are built for the release. Those of somebody's own are built already:
/// an experiment may come from anywhere, and to build is to run what the sources say.
fs::path folder_of_modules(const std::string& release, const std::string& modules,
                           const std::string& kmod) {
    if (kmod.empty()) return build_modules(release, modules);
    if (!has_modules(kmod))
        throw Error(Status::usage, fmt::format("no built modules (*.ko) in '{}'", kmod),
                    "build them: kmod/build RELEASE FOLDER");
    return kmod;
}

const std::string kObjectEnd = ".bpf.o";

/// Of what an arm may name.
bool is_object(const fs::path& file) {
    const std::string name = file.filename();
    return name.ends_with(kObjectEnd) && is_bpf_variant(name);
}

std::string archive_name(const std::string& object) {
    return "bpf/" + object;  // kPayloadBpf
}

void add_bpf_objects(std::vector<ArchiveFile>& files, const fs::path& folder) {
    if (!has_bpf_objects(folder))
        throw Error(Status::usage,
                    fmt::format("no built BPF objects (xdp_*{0}, filter_*{0}, tc_*{0}) in '{1}'",
                                kObjectEnd, folder.string()),
                    "build them: bpf/build SOURCES FOLDER");
    for (const auto& entry : fs::directory_iterator(folder))
        if (is_object(entry.path()))
            files.push_back(
                {archive_name(entry.path().filename()), 0644, read_whole(entry.path())});
}

void add_modules(std::vector<ArchiveFile>& files, const fs::path& folder) {
    for (const auto& entry : fs::directory_iterator(folder))
        if (is_module(entry.path()))
            files.push_back(
                {"modules/" + entry.path().filename().string(), 0644, read_whole(entry.path())});
}

}  // namespace

bool has_modules(const fs::path& folder) {
    return any_in(folder, is_module);
}

fs::path build_modules(const std::string& release, const std::string& modules,
                       const fs::path& sources) {
    const fs::path out =
        sources.empty()
            ? module_folder()
            : cache_folder() / "kmod" / sha256(fs::canonical(sources).string()).substr(0, 16);
    capture({data_folder() / "kmod" / "build", release, out, modules, sources});
    return out / release;
}

bool has_bpf_objects(const fs::path& folder) {
    return any_in(folder, is_object);
}

std::string hash_of_bpf_objects(const fs::path& folder) {
    std::map<std::string, std::string> hashes;
    std::vector<ArchiveFile> files;
    if (!folder.empty()) add_bpf_objects(files, folder);
    for (const ArchiveFile& file : files) hashes[file.name] = sha256(file.content);
    for (size_t i = 0; folder.empty() && i < kBpfObjectCount; i++)
        if (const BpfBytes& object = kBpfObjects[i]; is_bpf_variant(object.name))
            hashes[archive_name(object.name + kObjectEnd)] =
                sha256({reinterpret_cast<const char*>(object.begin), object.size()});
    return sha256(Json(hashes).dump());
}

fs::path build_bpf(const fs::path& sources) {
    return trimmed(capture({data_folder() / "bpf" / "build", sources, cache_folder() / "bpf"}));
}

Payload make_payload(const std::string& release, const std::string& modules, const OwnCode& own,
                     std::string& missing) {
    std::vector<ArchiveFile> files{{"rxlab", 0755, stripped_self()}};
    try {
        add_modules(files, folder_of_modules(release, modules, own.kmod));
    } catch (const Error&) {
        throw_if_interrupted();
        if (!own.kmod.empty()) throw;  // they were asked for
        // No word of the error: documents that are kept have this, and no path of a machine.
        missing = fmt::format(
            "rxlab's own kernel modules could not be built for {0} ('kmod/build {0}' says why)",
            release);
    }
    if (!own.bpf.empty()) add_bpf_objects(files, own.bpf);
    Payload payload;
    for (const ArchiveFile& file : files) payload.files[file.name] = sha256(file.content);
    payload.archive = newc_archive(std::move(files));
    payload.sha256 = sha256(payload.archive);
    return payload;
}

}  // namespace rxlab
