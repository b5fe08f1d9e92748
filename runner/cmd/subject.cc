// SPDX-License-Identifier: GPL-2.0
#include "cmd/subject.h"

#include "base/error.h"
#include "base/sha256.h"
#include "sys/sys.h"
#include "target/boot_assets.h"
#include "target/files.h"
#include "target/kernels.h"
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

/// Built modules, or sources of which each has a folder.
bool is_kmod(const fs::path& folder) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (entry.path().extension() == ".ko" || is_there(entry.path() / "Kbuild")) return true;
    return false;
}

/// Of all its files, and what they are called in it.
std::string content_of(const fs::path& folder) {
    std::map<std::string, std::string> hashes;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            hashes[entry.path().lexically_relative(folder)] = sha256_file(entry.path());
    return sha256(Json(hashes).dump());
}

/// "6.12", "6.12.107-rt".
bool is_version(const std::string& word) {
    return !word.empty() && std::isdigit(static_cast<unsigned char>(word[0])) &&
           word.find('.') != std::string::npos;
}

Subject kernel_subject(const std::string& word) {
    const bool is_path = is_there(word);
    const std::string lasting = is_path ? fs::canonical(word).string() : word;
    const Kernel kernel = find_kernel(lasting);
    const std::string name =
        is_path ? fs::path(lasting).filename().string() + "-" + kernel.release : word;
    return {arm_word(name),
            kernel.release,
            {{"kernel", lasting}},
            kernel.package == "path" ? lasting : kernel.package,
            sha256_file(kernel.vmlinuz) + kernel.modules,
            false};
}

/// Those that come with rxlab are built already.
bool come_with_rxlab(const fs::path& folder) {
    std::error_code error;
    return fs::equivalent(folder, data_folder() / "kmod", error);
}

Subject kmod_subject(const fs::path& folder, const std::string& name, const std::string& summary,
                     const std::string& kernel) {
    Json boot{{"kernel", kernel}};
    if (!come_with_rxlab(folder)) boot["kmod"] = folder.string();
    return {arm_word(name), find_kernel(kernel).release, std::move(boot),
            summary,        content_of(folder),          true};
}

}  // namespace

std::string subject_words() {
    return fmt::format(
        "a kernel ({}), a folder of rxlab's modules, or a revision of this checkout, of which the "
        "modules are meant",
        kernel_words());
}

Subject subject_of(const std::string& word, const std::string& kernel) {
    if (fs::is_directory(word) && is_kmod(word)) {
        const fs::path folder = fs::canonical(word);
        return kmod_subject(folder, folder.filename(), "modules of " + folder.string(), kernel);
    }
    if (is_there(word) || is_version(word)) return kernel_subject(word);
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
