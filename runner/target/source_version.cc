// SPDX-License-Identifier: GPL-2.0
#include "target/source_version.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <set>
#include <sstream>

#include "base/error.h"
#include "target/files.h"

namespace rxlab {
namespace fs = std::filesystem;
namespace {

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

/// git in an empty environment: no GIT_DIR, no configuration of the user or the system. It looks no
/// higher than `data`, and by itself refuses a repository of another user; to root under sudo that
/// user's is not another one's.
std::vector<std::string> git(const fs::path& data) {
    std::vector<std::string> argv{"env",
                                  "-i",
                                  "PATH=/usr/bin:/bin",
                                  "GIT_CONFIG_NOSYSTEM=1",
                                  "GIT_OPTIONAL_LOCKS=0",
                                  "GIT_CEILING_DIRECTORIES=" + data.parent_path().string()};
    if (const char* uid = ::getenv("SUDO_UID")) argv.push_back(std::string("SUDO_UID=") + uid);
    const std::string folder = data.string();
    argv.insert(argv.end(), {"git", "-C", folder, "-c", "core.fsmonitor=false", "-c",
                             "core.hooksPath=/dev/null"});
    return argv;
}

std::string ask(Sys& sys, std::vector<std::string> argv, const std::vector<std::string>& words) {
    argv.insert(argv.end(), words.begin(), words.end());
    const CommandResult result = sys.run(argv);
    return result.status == 0 ? result.out : "";
}

/// Options that take the programs out of every filter of the repository's configuration: to tell
/// whether a file has changed, git would run them.
std::vector<std::string> without_filters(Sys& sys, const fs::path& data) {
    std::istringstream names(
        ask(sys, git(data), {"config", "--name-only", "--get-regexp", "^filter[.]"}));
    std::set<std::string> filters;
    for (std::string name; std::getline(names, name);)
        filters.insert(name.substr(0, name.rfind('.')));
    std::vector<std::string> options;
    for (const std::string& filter : filters)
        for (const char* off : {".clean=", ".smudge=", ".process=", ".required=false"})
            options.insert(options.end(), {"-c", filter + off});
    return options;
}

/// git that runs no program of the repository's.
std::vector<std::string> safe_git(Sys& sys, const fs::path& folder) {
    std::vector<std::string> argv = git(folder);
    const std::vector<std::string> options = without_filters(sys, folder);
    argv.insert(argv.end(), options.begin(), options.end());
    return argv;
}

}  // namespace

std::string source_version(Sys& sys, const fs::path& data) {
    std::error_code ignored;
    const fs::path folder = fs::canonical(data, ignored);
    if (!fs::exists(folder / ".git", ignored)) {
        const fs::path installed = folder / "version";
        return fs::exists(installed, ignored) ? first_line(read_whole(installed)) : "unknown";
    }
    const std::string said = first_line(
        ask(sys, safe_git(sys, folder), {"describe", "--always", "--dirty", "--abbrev=12"}));
    return said.empty() ? "unknown" : said;
}

std::string commit_of(Sys& sys, const fs::path& data, const std::string& word) {
    std::error_code ignored;
    const fs::path folder = fs::canonical(data, ignored);
    if (!fs::exists(folder / ".git", ignored)) return "";
    return first_line(
        ask(sys, git(folder),
            {"rev-parse", "--verify", "--quiet", "--end-of-options", word + "^{commit}"}));
}

fs::path folder_at(Sys& sys, const fs::path& data, const std::string& commit,
                   const std::string& folder) {
    const fs::path kept = cache_folder() / "revisions" / commit;
    if (fs::exists(kept / folder)) return kept / folder;
    const WorkFolder work;
    const std::string packed = work.path("packed.tar"), unpacked = work.path("unpacked");
    std::vector<std::string> argv = safe_git(sys, fs::canonical(data));
    argv.insert(argv.end(), {"archive", "--output=" + packed, commit, folder});
    if (sys.run(argv).status != 0)
        throw Error(Status::usage, fmt::format("{:.12} has no folder {}", commit, folder),
                    "name a later revision");
    make_folder(unpacked);
    run_or_throw(sys, {"tar", "-C", unpacked, "-xf", packed});
    make_folder(kept);
    std::error_code there;
    fs::rename(fs::path(unpacked) / folder, kept / folder, there);
    if (there && !fs::exists(kept / folder))
        throw Error(Status::invalid,
                    fmt::format("{}: {}", (kept / folder).string(), there.message()));
    return kept / folder;
}

}  // namespace rxlab
