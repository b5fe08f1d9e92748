// SPDX-License-Identifier: GPL-2.0
// Which kernels there are to be booted.
#include "base/output.h"
#include "cmd/options.h"
#include "sys/process.h"
#include "target/boot_assets.h"
#include "target/files.h"

#include <fmt/format.h>
#include <memory>
#include <sstream>

namespace rxlab {
namespace {

/// vm/kernel --list.
Json kernels_there_are() {
    std::istringstream lines(capture({data_folder() / "vm" / "kernel", "--list"}));
    Json kernels = Json::array();
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string version, package, package_version, state;
        words >> version >> package >> package_version >> state;
        kernels.push_back({{"kernel", version},
                           {"package", package},
                           {"version", package_version},
                           {"state", state}});
    }
    return kernels;
}

void print_kernels(const Json& kernels) {
    for (const Json& one : kernels)
        fmt::print("{:<16} {:<10} {} {}\n", one["kernel"].get<std::string>(),
                   one["state"].get<std::string>(), one["package"].get<std::string>(),
                   one["version"].get<std::string>());
    fmt::print(
        "\narchive: to be downloaded; cached: unpacked here; gone: unpacked here, and the archive "
        "has it no longer\n");
}

}  // namespace

void define_kernels(CommandOptions command) {
    auto json = std::make_shared<bool>(false);
    command.flag("--json", *json, "print JSON");
    command.does([=] {
        const Json kernels = kernels_there_are();
        if (*json)
            fmt::print("{}\n", kernels.dump(2));
        else
            print_kernels(kernels);
    });
}

}  // namespace rxlab
