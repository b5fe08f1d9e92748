// SPDX-License-Identifier: GPL-2.0
#include "journal/load_module.h"

#include "base/error.h"
#include "base/trimmed.h"
#include "sys/modules.h"

#include <fmt/format.h>
#include <cstdlib>
#include <sstream>

namespace rxlab {
namespace {

constexpr const char* kPayload = "/payload/modules";

std::string (*build_modules)() = nullptr;

std::string folder_of_modules(Sys& sys) {
    const char* named = std::getenv("RXLAB_MODULES");
    if (named && *named) return named;
    return build_modules && !sys.exists(kPayload) ? build_modules() : kPayload;
}

std::string module_file(Sys& sys, const std::string& name) {
    const std::string file = fmt::format("{}/{}.ko", folder_of_modules(sys), name);
    if (!sys.exists(file))
        throw Error(Status::usage, fmt::format("no module {}", file),
                    "rxlab run builds them for this kernel; or RXLAB_MODULES names their folder");
    return file;
}

/// What a module that refused to load said last in the kernel log.
std::string reason_of(Sys& sys, const std::string& name) {
    std::istringstream lines(sys.run({"dmesg"}).out);
    std::string reason;
    for (std::string line; std::getline(lines, line);)
        if (const size_t at = line.find(name + ": "); at != std::string::npos)
            reason = line.substr(at);
    return reason;
}

std::string text_of(const Json& value) {
    if (value.is_boolean()) return value.get<bool>() ? "1" : "0";
    return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

void build_modules_by(std::string (*build)()) {
    build_modules = build;
}

void load_module(Sys& sys, Journal& journal, const std::string& name, const Json& settings) {
    const std::string folder = "/sys/module/" + name;
    if (sys.exists(folder))
        throw Error(Status::usage, fmt::format("module {} is loaded already", name),
                    "rmmod " + name);
    std::vector<std::string> command = {"insmod", module_file(sys, name)};
    for (const auto& [key, value] : settings.items()) command.push_back(key + "=" + text_of(value));
    journal.record({.what = "module " + name, .argv = {"rmmod", name}, .done_if_absent = folder});
    const CommandResult ran = sys.run(command);
    if (ran.status == 0) return;
    const std::string reason = reason_of(sys, name);
    if (const ModulesRefused refused = modules_refused(sys); reason.empty() && !refused.why.empty())
        throw Error(Status::usage,
                    fmt::format("module {}: {}: {}", name, trimmed(ran.err), refused.why),
                    refused.next);
    throw Error(Status::usage, reason.empty() ? ran.err : reason,
                fmt::format("the parameters of module {}", name));
}

}  // namespace rxlab
