// SPDX-License-Identifier: GPL-2.0
// Which kernels there are to be booted.
#include "base/json.h"
#include "base/output.h"
#include "cmd/options.h"
#include "cmd/versions.h"

#include <fmt/format.h>
#include <memory>

namespace rxlab {
namespace {

void print_kernels(const std::vector<KernelVersion>& kernels) {
    for (const KernelVersion& one : kernels)
        fmt::print("{:<16} {:<10} {} {}\n", one.version, one.state, one.package,
                   one.package_version);
    fmt::print(
        "\narchive: to be downloaded; cached: unpacked here; gone: unpacked here, and the archive "
        "has it no longer\n");
}

Json json_of_kernels(const std::vector<KernelVersion>& kernels) {
    Json list = Json::array();
    for (const KernelVersion& one : kernels)
        list.push_back({{"kernel", one.version},
                        {"package", one.package},
                        {"version", one.package_version},
                        {"state", one.state}});
    return list;
}

}  // namespace

void define_kernels(CommandOptions command) {
    auto json = std::make_shared<bool>(false);
    command.flag("--json", *json, "print JSON");
    command.does([=] {
        const std::vector<KernelVersion> kernels = kernel_versions();
        if (*json)
            fmt::print("{}\n", json_of_kernels(kernels).dump(2));
        else
            print_kernels(kernels);
    });
}

}  // namespace rxlab
