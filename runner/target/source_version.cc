// SPDX-License-Identifier: GPL-2.0
#include "target/source_version.h"

#include <stdlib.h>

#include <set>
#include <sstream>

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

}  // namespace

std::string source_version(Sys& sys, const fs::path& data) {
    std::error_code ignored;
    const fs::path folder = fs::canonical(data, ignored);
    if (!fs::exists(folder / ".git", ignored)) {
        const fs::path installed = folder / "version";
        return fs::exists(installed, ignored) ? first_line(read_whole(installed)) : "unknown";
    }
    std::vector<std::string> argv = git(folder);
    const std::vector<std::string> options = without_filters(sys, folder);
    argv.insert(argv.end(), options.begin(), options.end());
    const std::string said =
        first_line(ask(sys, argv, {"describe", "--always", "--dirty", "--abbrev=12"}));
    return said.empty() ? "unknown" : said;
}

}  // namespace rxlab
