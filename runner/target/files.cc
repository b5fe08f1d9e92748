// SPDX-License-Identifier: GPL-2.0
#include "target/files.h"

#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace rxlab {
namespace fs = std::filesystem;
namespace {

// Work folders are named PID.XXXXXX.
void remove_left_over(const fs::path& root) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(root, ignored)) {
        const pid_t owner = ::atoi(entry.path().filename().c_str());
        if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH)
            fs::remove_all(entry.path(), ignored);
    }
}

}  // namespace

fs::path cache_folder() {
    if (const char* cache = ::getenv("XDG_CACHE_HOME"); cache && *cache)
        return fs::path(cache) / "rxlab";
    if (const char* home = ::getenv("HOME"); home && *home)
        return fs::path(home) / ".cache" / "rxlab";
    throw Error(Status::usage, "neither XDG_CACHE_HOME nor HOME is set",
                "set XDG_CACHE_HOME to a folder for kernels and snapshots");
}

fs::path checkout() {
    if (const char* root = ::getenv("RXLAB_ROOT"); root && *root) return root;
    std::error_code ignored;
    for (fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
         folder.has_relative_path(); folder = folder.parent_path())
        if (fs::exists(folder / "vm" / "mkimage", ignored)) return folder;
    throw Error(Status::usage, "no folder above the rxlab binary holds vm/mkimage",
                "set RXLAB_ROOT to the rxlab checkout");
}

std::string attribution_plugin() {
    std::error_code ignored;
    const fs::path plugin =
        fs::read_symlink("/proc/self/exe", ignored).parent_path() / "attribution.so";
    if (!fs::exists(plugin))
        throw Error(Status::usage, plugin.string() + " is missing", "make build");
    return plugin;
}

WorkFolder::WorkFolder() {
    const fs::path root = cache_folder() / "work";
    std::error_code error;
    fs::create_directories(root, error);
    remove_left_over(root);
    std::string name = (root / fmt::format("{}.XXXXXX", ::getpid())).string();
    if (!::mkdtemp(name.data()))
        throw Error(
            Status::lost,
            fmt::format("cannot make a folder in {}: {}", root.string(), std::strerror(errno)),
            "free space on that disk, or set XDG_CACHE_HOME");
    folder_ = name;
}

WorkFolder::~WorkFolder() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

}  // namespace rxlab
