// SPDX-License-Identifier: GPL-2.0
#include "cmd/sources.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "target/boot_assets.h"
#include "target/files.h"
#include "target/function_sources.h"

namespace fs = std::filesystem;

namespace rxlab {
namespace {

FunctionSources sources_of(const Json& boot) {
    const Kernel kernel = find_kernel(boot.at("kernel"));
    const std::string own = module_folder() / kernel.release;
    return {kernel, boot.value("kmod", own),
            boot.value("programs", std::map<std::string, fs::path>())};
}

PlaceOf places_in(FunctionSources& sources) {
    return [&sources](const std::string& function) { return sources.place_of(function); };
}

template <typename Use>
void with_sources(const Json& before, const Json& after, Use use) {
    try {
        FunctionSources from = sources_of(before), to = sources_of(after);
        use(from, to);
    } catch (const Error&) {
        throw_if_interrupted();
    }
}

}  // namespace

void find_sources(Differences& found, const Json& before, const Json& after) {
    with_sources(before, after, [&](FunctionSources& from, FunctionSources& to) {
        add_sources(found, places_in(from), places_in(to));
    });
}

void find_sources(Diff& diff) {
    with_sources(diff.before.boot, diff.after.boot,
                 [&](FunctionSources& from, FunctionSources& to) {
                     for (PathChange& path : diff.paths)
                         add_sources(path.found, places_in(from), places_in(to));
                     diff.kernel_lines = to.has_kernel();
                 });
}

}  // namespace rxlab
