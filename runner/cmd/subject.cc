// SPDX-License-Identifier: GPL-2.0
#include "cmd/subject.h"

#include "base/error.h"
#include "base/sha256.h"
#include "sys/sys.h"
#include "target/boot_assets.h"
#include "target/files.h"
#include "target/kernels.h"
#include "target/payload.h"
#include "target/source_version.h"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>
#include <map>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

bool is_there(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

/// Sources, of which each module has a folder.
bool has_sources(const fs::path& folder) {
    std::error_code error;
    return std::any_of(fs::directory_iterator(folder, error), {},
                       [](const auto& entry) { return is_there(entry.path() / "Kbuild"); });
}

/// Those that come with rxlab.
bool is_own(const fs::path& folder) {
    std::error_code error;
    return fs::equivalent(folder, data_folder() / "kmod", error);
}

/// Of all its files, and what they are called in it.
std::string content_of(const fs::path& folder) {
    std::map<std::string, std::string> hashes;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            hashes[entry.path().lexically_relative(folder)] = sha256_file(entry.path());
    return sha256(Json(hashes).dump());
}

/// "6.12", "6.12.107-rt": no file, whatever the folder has that we are in.
bool is_version(const std::string& word) {
    return !word.empty() && std::isdigit(static_cast<unsigned char>(word[0])) &&
           word.find('.') != std::string::npos && word.find('/') == std::string::npos &&
           !word.ends_with(".deb");
}

Subject subject_for(const Kernel& kernel, const std::string& name, const std::string& boot,
                    const std::string& summary) {
    Subject subject{arm_word(name),
                    kernel.release,
                    {{"kernel", boot}},
                    summary,
                    sha256_file(kernel.vmlinuz) + kernel.modules};
    subject.package_version = package_version(kernel);
    const fs::path changelog = fs::path(kernel.vmlinuz).parent_path().parent_path() /
                               "usr/share/doc" / ("linux-image-" + kernel.release) / "changelog.gz";
    if (!subject.package_version.empty() && is_there(changelog)) subject.changelog = changelog;
    return subject;
}

/// One of this machine's files goes by its image: what an experiment boots is no tree to be built
/// in.
Subject kernel_subject(const std::string& word) {
    if (is_version(word)) {
        const Kernel kernel = find_kernel(word);
        return subject_for(kernel, word, word, kernel.package);
    }
    const fs::path file = fs::canonical(word);
    const Kernel kernel = find_kernel(file);
    return subject_for(kernel, file.filename().string() + "-" + kernel.release, kernel.vmlinuz,
                       file);
}

/// Built modules are taken as they are, and sources are built for the kernel.
Subject kmod_subject(const fs::path& folder, const std::string& name, const std::string& summary,
                     const std::string& word) {
    const Kernel kernel = find_kernel(word);
    Json boot{{"kernel", word}};
    if (!is_own(folder))
        boot["kmod"] = has_modules(folder)
                           ? folder.string()
                           : build_modules(kernel.release, kernel.modules, folder).string();
    return {arm_word(name), kernel.release, std::move(boot), summary, content_of(folder), true};
}

}  // namespace

std::string subject_words() {
    return fmt::format(
        "a kernel ({}), a folder of rxlab's modules, or a revision of this checkout, of which the "
        "modules are meant",
        kernel_words());
}

Subject subject_of(const std::string& word, const std::string& kernel) {
    if (!is_version(word) && fs::is_directory(word) && (has_modules(word) || has_sources(word))) {
        const fs::path folder = fs::canonical(word);
        return kmod_subject(folder, folder.filename(), "modules of " + folder.string(), kernel);
    }
    if (is_version(word) || is_there(word)) return kernel_subject(word);
    const std::string commit = commit_of(real_sys(), data_folder(), word);
    if (commit.empty())
        throw Error(Status::usage,
                    fmt::format("'{}' is no kernel, no folder of modules and no revision of {}",
                                word, data_folder().string()),
                    "'rxlab kernels' lists kernels, 'git log' revisions");
    return kmod_subject(folder_at(real_sys(), data_folder(), commit, "kmod"), word,
                        "modules of revision " + commit.substr(0, 12), kernel);
}

void tell_apart(Subject& before, Subject& after) {
    if (before.content == after.content)
        throw Error(
            Status::usage,
            fmt::format("{} and {} are the same: {}", before.name, after.name, before.summary),
            "name two that differ; 'rxlab kernels' lists kernels");
    if (before.name != after.name) return;
    before.name += "-before";
    after.name += "-after";
}

}  // namespace rxlab
