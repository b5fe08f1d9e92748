// SPDX-License-Identifier: GPL-2.0
#include "target/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/error.h"
#include "base/sha256.h"

namespace rxlab {
namespace fs = std::filesystem;
namespace {

/// Empty when another process holds it, or it is not there.
Fd locked(const fs::path& folder, int how) {
    Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    return fd && ::flock(fd.get(), how) == 0 ? std::move(fd) : Fd();
}

/// Work folders are named PID.XXXXXX and locked by who works in them: in a container that shares
/// the cache the number is somebody else's, or nobody's.
void remove_left_over(const fs::path& root) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(root, ignored)) {
        const pid_t owner = ::atoi(entry.path().filename().c_str());
        if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH &&
            locked(entry.path(), LOCK_EX | LOCK_NB))
            fs::remove_all(entry.path(), ignored);
    }
}

std::optional<fs::path> variable(const char* name) {
    const char* value = ::getenv(name);
    if (!value || !*value) return std::nullopt;
    return value;
}

/// The variable's folder, or its usual place below HOME.
fs::path of_the_user(const char* name, const char* below_home, const std::string& next) {
    if (const auto folder = variable(name)) return *folder;
    if (const auto home = variable("HOME")) return *home / below_home;
    throw Error(Status::usage, fmt::format("neither {} nor HOME is set", name), next);
}

/// Kernels, images and modules in it are run, by root too.
void require_private(const fs::path& folder) {
    const std::string next = "set XDG_CACHE_HOME to a folder of your own";
    struct stat st {};
    if (::stat(folder.c_str(), &st) != 0 || !S_ISDIR(st.st_mode))
        throw Error(Status::usage,
                    fmt::format("the cache {} cannot be made or is no folder", folder.string()),
                    next);
    if (st.st_uid != ::geteuid() && st.st_uid != 0)
        throw Error(Status::usage,
                    fmt::format("the cache {} belongs to another user (uid {})", folder.string(),
                                st.st_uid),
                    next);
    if (st.st_mode & S_IWOTH)
        throw Error(Status::usage,
                    fmt::format("everybody can write to the cache {}", folder.string()),
                    fmt::format("chmod go-w {}, or {}", folder.string(), next));
}

bool holds_data(const fs::path& folder) {
    std::error_code ignored;
    return fs::exists(folder / "vm" / "mkimage", ignored);
}

bool is_checkout(const fs::path& data) {
    std::error_code ignored;
    return fs::exists(data / "runner" / "CMakeLists.txt", ignored);
}

/// Programs in the data are run: they are only taken from whom we have this program from, or root.
bool same_owner(const fs::path& folder, const fs::path& program) {
    struct stat data {
    }, ours{};
    return ::stat(folder.c_str(), &data) == 0 && ::stat(program.c_str(), &ours) == 0 &&
           (data.st_uid == ours.st_uid || data.st_uid == 0 || data.st_uid == ::geteuid());
}

fs::path this_program() {
    std::error_code ignored;
    std::string path = fs::read_symlink("/proc/self/exe", ignored);
    // It was built anew while it runs: what lies beside it still does.
    const std::string gone = " (deleted)";
    if (path.ends_with(gone)) path.resize(path.size() - gone.size());
    return path;
}

}  // namespace

fs::path cache_folder() {
    const fs::path folder =
        of_the_user("XDG_CACHE_HOME", ".cache",
                    "set XDG_CACHE_HOME to a folder for kernels and snapshots") /
        "rxlab";
    std::error_code ignored;
    fs::create_directories(folder.parent_path(), ignored);
    ::mkdir(folder.c_str(), 0700);
    require_private(folder);
    return folder;
}

fs::path find_data_folder(const fs::path& program) {
    constexpr int kBuildDepth = 3;  // build/cmake/rxlab: the checkout is two folders above its own
    fs::path folder = program.parent_path();
    const fs::path share = folder.parent_path() / "share" / "rxlab";
    for (int i = 0; i < kBuildDepth; i++, folder = folder.parent_path())
        if (holds_data(folder) && same_owner(folder, program)) return folder;
    return holds_data(share) && same_owner(share, program) ? share : fs::path();
}

fs::path data_folder() {
    if (const auto data = variable("RXLAB_DATA")) return *data;
    if (const auto root = variable("RXLAB_ROOT")) return *root;
    const fs::path program = this_program(), found = find_data_folder(program);
    if (found.empty())
        throw Error(Status::usage,
                    fmt::format("rxlab's data (vm/, experiments/ ...) are neither above {} nor in "
                                "{}",
                                program.string(),
                                (program.parent_path().parent_path() / "share/rxlab").string()),
                    "set RXLAB_DATA to share/rxlab or to a checkout");
    return found;
}

fs::path runs_folder() {
    if (const fs::path data = data_folder(); is_checkout(data)) return data / "results" / "runs";
    return of_the_user("XDG_STATE_HOME", ".local/state", "give a folder: --out") / "rxlab" / "runs";
}

fs::path module_folder() {
    const fs::path data = data_folder();
    if (is_checkout(data) && ::access(data.c_str(), W_OK) == 0) return data / "build" / "kmod";
    return cache_folder() / "kmod" / sha256(fs::weakly_canonical(data).string()).substr(0, 16);
}

bool is_there(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

bool any_in(const fs::path& folder, const std::function<bool(const fs::path&)>& fits) {
    std::error_code error;
    return std::any_of(fs::directory_iterator(folder, error), {},
                       [&](const auto& entry) { return fits(entry.path()); });
}

std::string qemu_plugin(const std::string& name) {
    const fs::path folder = this_program().parent_path(), file = name + ".so";
    for (const fs::path& plugin : {folder / file, folder.parent_path() / "lib" / "rxlab" / file})
        if (fs::exists(plugin)) return plugin;
    throw Error(Status::usage, (folder / file).string() + " is missing", "make build");
}

WorkFolder::WorkFolder() {
    const fs::path root = cache_folder() / "work";
    std::error_code error;
    fs::create_directories(root, error);
    const Fd turn = locked(root, LOCK_EX);  // nobody takes ours for left over before it is locked
    remove_left_over(root);
    std::string name = (root / fmt::format("{}.XXXXXX", ::getpid())).string();
    if (!::mkdtemp(name.data()))
        throw Error(
            Status::lost,
            fmt::format("cannot make a folder in {}: {}", root.string(), std::strerror(errno)),
            "free space on that disk, or set XDG_CACHE_HOME");
    folder_ = name;
    lock_ = locked(folder_, LOCK_EX | LOCK_NB);
}

WorkFolder::~WorkFolder() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

}  // namespace rxlab
