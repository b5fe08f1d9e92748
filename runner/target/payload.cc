// SPDX-License-Identifier: GPL-2.0
#include "target/payload.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/sha256.h"
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

void add_modules(std::vector<ArchiveFile>& files, const std::string& release,
                 const std::string& modules, std::string& missing) {
    const fs::path out = module_folder();
    try {
        capture({data_folder() / "kmod" / "build", release, out, modules});
    } catch (const Error& error) {
        throw_if_interrupted();
        missing = fmt::format("rxlab's own kernel modules are not there for {}: {}", release,
                              error.what());
        return;
    }
    for (const auto& entry : fs::directory_iterator(out / release))
        if (entry.path().extension() == ".ko")
            files.push_back(
                {"modules/" + entry.path().filename().string(), 0644, read_whole(entry.path())});
}

}  // namespace

Payload make_payload(const std::string& release, const std::string& modules, std::string& missing) {
    std::vector<ArchiveFile> files{{"rxlab", 0755, stripped_self()}};
    add_modules(files, release, modules, missing);
    Payload payload;
    for (const ArchiveFile& file : files) payload.files[file.name] = sha256(file.content);
    payload.archive = newc_archive(std::move(files));
    payload.sha256 = sha256(payload.archive);
    return payload;
}

}  // namespace rxlab
