// SPDX-License-Identifier: GPL-2.0
#include "cmd/subject.h"

#include "base/error.h"
#include "base/sha256.h"
#include "sys/bpf.h"
#include "sys/sys.h"
#include "target/boot_assets.h"
#include "target/files.h"
#include "target/kernels.h"
#include "target/payload.h"
#include "target/source_version.h"

#include <elf.h>
#include <fmt/format.h>
#include <algorithm>
#include <cctype>
#include <cstring>
#include <fstream>
#include <map>
#include <optional>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

/// Sources, of which each module has a folder.
bool has_module_sources(const fs::path& folder) {
    return any_in(folder, [](const fs::path& path) { return is_there(path / "Kbuild"); });
}

bool has_bpf_sources(const fs::path& folder) {
    return any_in(folder, [](const fs::path& path) { return path.string().ends_with(".bpf.c"); });
}

/// Those that come with rxlab.
bool is_own(const fs::path& folder) {
    std::error_code error;
    return fs::equivalent(folder, data_folder() / "kmod", error);
}

/// Of all its files but those for people, and what they are called in it.
std::string content_of(const fs::path& folder) {
    std::map<std::string, std::string> hashes;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file() && entry.path().extension() != ".md")
            hashes[entry.path().lexically_relative(folder)] = sha256_file(entry.path());
    return sha256(Json(hashes).dump());
}

/// What a compiler made, before it is linked: no kernel is that.
/// @throws Error(Status::usage): it is one for another machine than BPF
bool is_bpf_object(const std::string& file) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) return false;
    std::ifstream in(file, std::ios::binary);
    Elf64_Ehdr header{};
    in.read(reinterpret_cast<char*>(&header), sizeof header);
    if (!in || std::memcmp(header.e_ident, ELFMAG, SELFMAG) || header.e_type != ET_REL)
        return false;
    if (header.e_machine != EM_BPF)
        throw Error(Status::usage,
                    fmt::format("'{}' is an object file, and not for BPF on this machine", file),
                    "compile it with clang -target bpf");
    return true;
}

/// "6.12", "6.12.107-rt": no file, whatever the folder has that we are in.
bool is_version(const std::string& word) {
    return !word.empty() && std::isdigit(static_cast<unsigned char>(word[0])) &&
           word.find('.') != std::string::npos && word.find('/') == std::string::npos &&
           !word.ends_with(".deb") && !word.ends_with(".o") && word.find(".o:") == word.npos;
}

/// Of the image, and of the package that its modules are of; they have no name of their own where
/// there is none.
std::string hash_of(const Kernel& kernel) {
    const bool packaged = !package_version(kernel).empty();
    return sha256(sha256_file(kernel.vmlinuz) + (packaged ? kernel.package : kernel.modules));
}

Subject subject_for(const Kernel& kernel, const std::string& name, const std::string& boot,
                    const std::string& summary) {
    Subject subject{
        arm_word(name), kernel.release, {{"kernel", boot}}, summary, {{"kernel", hash_of(kernel)}}};
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

/// What rxlab has in the kernel; a folder that is empty is its own. What is built is taken as it
/// is, and sources are built.
struct OwnFolders {
    fs::path kmod, bpf;
};

Subject own_subject(const OwnFolders& folders, const std::string& name, const std::string& summary,
                    const std::string& word) {
    const Kernel kernel = find_kernel(word);
    Json boot{{"kernel", word}};
    const fs::path kmod = folders.kmod.empty() ? data_folder() / "kmod" : folders.kmod;
    if (!is_own(kmod))
        boot["kmod"] = has_modules(kmod)
                           ? kmod.string()
                           : build_modules(kernel.release, kernel.modules, kmod).string();
    const std::string own = hash_of_bpf_objects();
    std::string hash = own;
    if (!folders.bpf.empty()) {
        const fs::path built = has_bpf_sources(folders.bpf) ? build_bpf(folders.bpf) : folders.bpf;
        hash = hash_of_bpf_objects(built);
        if (hash != own) boot["bpf"] = built.string();
    }
    return {arm_word(name),
            kernel.release,
            std::move(boot),
            summary,
            {{"kmod", content_of(kmod)}, {"bpf", hash}}};
}

Subject folder_subject(const fs::path& folder, const std::string& word) {
    const bool modules = has_modules(folder) || has_module_sources(folder);
    return own_subject(
        modules ? OwnFolders{folder, ""} : OwnFolders{"", folder}, folder.filename(),
        fmt::format("{} of {}, {} of this rxlab", modules ? "modules" : "BPF programs",
                    folder.string(), modules ? "BPF programs" : "modules"),
        word);
}

/// Of sources or built, whose folders may look like ours (source/Kbuild is of a tree that was built
/// with O=).
bool is_kernel_tree(const fs::path& folder) {
    return is_there(folder / "arch");
}

bool is_own_folder(const fs::path& folder) {
    if (is_kernel_tree(folder)) return false;
    return has_modules(folder) || has_module_sources(folder) || has_bpf_objects(folder) ||
           has_bpf_sources(folder);
}

Subject revision_subject(const std::string& commit, const std::string& name,
                         const std::string& word) {
    const auto then = [&](const char* folder) {
        return folder_at(real_sys(), data_folder(), commit, folder);
    };
    return own_subject({then("kmod"), then("bpf")}, name,
                       "modules and BPF programs of revision " + commit.substr(0, 12), word);
}

/// "x.o", "x.o:function".
std::optional<Subject> object_subject(const std::string& word, const std::string& kernel) {
    std::string file = word, program;
    if (!is_there(file))
        if (const size_t colon = word.rfind(':'); colon != std::string::npos)
            file = word.substr(0, colon), program = word.substr(colon + 1);
    if (!is_bpf_object(file)) return {};
    file = fs::canonical(file);
    const BpfObject object = BpfObject::open_xdp(file, program);
    Subject subject{arm_word(fs::path(file).stem()),
                    find_kernel(kernel).release,
                    {{"kernel", kernel}},
                    "XDP program " + object.name() + " of " + file,
                    {{"object", sha256_file(file) + " " + object.name()}}};
    subject.object = file;
    subject.program = program;
    return subject;
}

}  // namespace

std::string subject_words() {
    return fmt::format(
        "a kernel ({}), a folder of rxlab's modules or BPF programs, a revision of this checkout, "
        "of which both are meant, or an XDP program's object file (x.o, x.o:FUNCTION)",
        kernel_words());
}

Subject subject_of(const std::string& word, const std::string& kernel) {
    if (is_version(word)) return kernel_subject(word);
    if (const auto object = object_subject(word, kernel)) return *object;
    if (is_own_folder(word)) return folder_subject(fs::canonical(word), kernel);
    if (is_there(word)) return kernel_subject(word);
    const std::string commit = commit_of(real_sys(), data_folder(), word);
    if (commit.empty())
        throw Error(Status::usage,
                    fmt::format("'{}' is no kernel, no folder of modules or BPF programs, no XDP "
                                "object and no revision of {}",
                                word, data_folder().string()),
                    "'rxlab kernels' lists kernels, 'git log' revisions");
    return revision_subject(commit, word, kernel);
}

bool are_same(const Subject& one, const Subject& other) {
    return one.content == other.content;
}

void tell_apart(Subject& before, Subject& after) {
    if (are_same(before, after))
        throw Error(
            Status::usage,
            fmt::format("{} and {} are the same: {}", before.name, after.name, before.summary),
            "name two that differ; 'rxlab kernels' lists kernels");
    if (before.name != after.name) return;
    before.name += "-before";
    after.name += "-after";
}

}  // namespace rxlab
