// SPDX-License-Identifier: GPL-2.0
#include "target/program_files.h"

#include "base/error.h"
#include "base/sha256.h"
#include "base/whole_file.h"
#include "sys/process.h"
#include "target/elf.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

namespace rxlab {
namespace {

/// They are run here, to say what a program is linked to; any other is a stranger's.
constexpr const char* kInterpreters[] = {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-musl-x86_64.so.1"};

std::string read_regular(const std::string& path) {
    struct stat st {};
    if (::stat(path.c_str(), &st) != 0)
        throw Error(Status::usage, fmt::format("{}: {}", path, std::strerror(errno)),
                    "name a file of this machine");
    if (!S_ISREG(st.st_mode))
        throw Error(Status::usage, fmt::format("{} is no regular file", path),
                    "name a file of this machine");
    return read_whole(path);
}

std::vector<std::string> libraries_of(const std::string& path, const std::string& bytes) {
    const std::string interpreter = interpreter_of(bytes, path);
    if (interpreter.empty()) return {};
    if (std::find(std::begin(kInterpreters), std::end(kInterpreters), interpreter) ==
        std::end(kInterpreters))
        throw Error(Status::usage,
                    fmt::format("{} is linked by {}, which rxlab does not know", path, interpreter),
                    "link it statically");
    std::vector<std::string> paths = libraries_in(capture({interpreter, "--list", path}), path);
    paths.push_back(interpreter);
    return paths;
}

class GuestFiles {
public:
    void add(const std::string& here, const std::string& there, unsigned mode,
             std::string content) {
        const auto [known, is_new] =
            files_.try_emplace(there, ArchiveFile{there.substr(1), mode, std::move(content)});
        if (!is_new && here != there)
            throw Error(Status::usage, fmt::format("two files would be {} in the guest", there),
                        "give one of them another name");
    }
    void add_library(const std::string& path) {
        if (!files_.contains(path)) add(path, path, 0755, read_regular(path));
    }
    std::vector<ArchiveFile> all() && {
        std::vector<ArchiveFile> files;
        for (auto& [there, file] : files_) files.push_back(std::move(file));
        return files;
    }

private:
    std::map<std::string, ArchiveFile> files_;
};

}  // namespace

std::vector<ArchiveFile> guest_files(const std::vector<GuestFile>& files) {
    GuestFiles all;
    for (const GuestFile& file : files) {
        std::string content = read_regular(file.here);
        if (file.is_program && ::access(file.here.c_str(), X_OK) != 0)
            throw Error(Status::usage, fmt::format("{} is not executable", file.here),
                        "chmod +x it");
        if (file.is_program)
            for (const std::string& path : libraries_of(file.here, content)) all.add_library(path);
        all.add(file.here, file.there, file.is_program ? 0755 : 0644, std::move(content));
    }
    return std::move(all).all();
}

Json ingredient_rows(const std::vector<ArchiveFile>& files) {
    Json rows = Json::array();
    for (const ArchiveFile& file : files)
        rows.push_back(
            {{"name", "file /" + file.name}, {"from", ""}, {"sha256", sha256(file.content)}});
    return rows;
}

}  // namespace rxlab
