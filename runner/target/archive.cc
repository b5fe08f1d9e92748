// SPDX-License-Identifier: GPL-2.0
#include "target/archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace rxlab {
namespace {

constexpr unsigned kFolder = 0040000, kRegular = 0100000;  // S_IFDIR, S_IFREG

void pad_to_4(std::string& out) {
    out.append((4 - out.size() % 4) % 4, '\0');
}

// Fields: inode mode uid gid nlink mtime size dev rdev (major, minor each) name-size check, eight
// hex digits each.
void add(std::string& out, unsigned inode, unsigned mode, const std::string& name,
         const std::string& content) {
    out += fmt::format(
        "070701{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}",
        inode, mode, 0, 0, 1, 0, content.size(), 0, 0, 0, 0, name.size() + 1, 0);
    out += name;
    out += '\0';
    pad_to_4(out);
    out += content;
    pad_to_4(out);
}

std::set<std::string> folders_of(const std::vector<ArchiveFile>& files) {
    std::set<std::string> folders;
    for (const ArchiveFile& file : files)
        for (size_t slash = file.name.find('/'); slash != std::string::npos;
             slash = file.name.find('/', slash + 1))
            folders.insert(file.name.substr(0, slash));
    return folders;
}

}  // namespace

std::string newc_archive(std::vector<ArchiveFile> files) {
    std::sort(files.begin(), files.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    std::string out;
    unsigned inode = 1;
    for (const std::string& folder : folders_of(files))
        add(out, inode++, kFolder | 0755, folder, "");
    for (const ArchiveFile& file : files)
        add(out, inode++, kRegular | file.mode, file.name, file.content);
    add(out, 0, 0, "TRAILER!!!", "");
    return out;
}

}  // namespace rxlab
