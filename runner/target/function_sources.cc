// SPDX-License-Identifier: GPL-2.0
#include "target/function_sources.h"

#include "target/boot_assets.h"
#include "target/debug_info.h"
#include "target/files.h"
#include "target/linked_elf.h"

#include <algorithm>
#include <fstream>

namespace rxlab {
namespace fs = std::filesystem;
namespace {

/// What `build` in a modules folder is, or the folder that has the image where `make` puts it.
fs::path tree_of(const Kernel& kernel) {
    const fs::path build = fs::path(kernel.modules) / "build", image = kernel.vmlinuz;
    if (!kernel.modules.empty() && is_there(build)) return build;
    const fs::path made = "arch/x86/boot/bzImage";
    if (!image.string().ends_with("/" + made.string())) return {};
    return image.parent_path().parent_path().parent_path().parent_path();
}

/// "kernel/drivers/net/usb/cdc-ether.ko" is cdc_ether.
std::map<std::string, fs::path> modules_in(const fs::path& order) {
    std::map<std::string, fs::path> modules;
    std::ifstream lines(order);
    for (std::string line; std::getline(lines, line);) {
        const fs::path file = fs::path(line).lexically_relative("kernel");
        std::string name = file.stem();
        std::replace(name.begin(), name.end(), '-', '_');
        modules[name] = file;
    }
    return modules;
}

/// Did a linker make both at once, as one file?
bool is_of(const fs::path& apart, const fs::path& file) {
    const std::string id = LinkedElf(file).build_id();
    return !id.empty() && LinkedElf(apart).build_id() == id;
}

/// "name [module]" -> name, "[module]"; "name (program)" -> name, "(program)".
std::pair<std::string, std::string> parts_of(const std::string& function) {
    const size_t at = function.find(' ');
    if (at == std::string::npos) return {function, ""};
    return {function.substr(0, at), function.substr(at + 1)};
}

}  // namespace

FunctionSources::FunctionSources(const Kernel& kernel, fs::path kmod,
                                 std::map<std::string, fs::path> programs)
    : image_(kernel.vmlinuz),
      kmod_(std::move(kmod)),
      tree_(tree_of(kernel)),
      tree_modules_(kernel.modules.empty()
                        ? decltype(tree_modules_)()
                        : modules_in(fs::path(kernel.modules) / "modules.order")),
      programs_(std::move(programs)) {}

FunctionSources::~FunctionSources() = default;

bool FunctionSources::has_kernel() {
    return of("").is_there();
}

std::optional<SourcePlace> FunctionSources::place_of(const std::string& function) {
    const auto [name, owner] = parts_of(function);
    return of(owner).place_of(name);
}

DebugInfo& FunctionSources::of(const std::string& owner) {
    std::unique_ptr<DebugInfo>& known = known_[owner];
    if (!known) known = std::make_unique<DebugInfo>(file_of(owner));
    return *known;
}

/// Of rxlab's modules what kmod/build took off them, or themselves where somebody else built them.
fs::path FunctionSources::file_of(const std::string& owner) const {
    if (owner.size() < 2) return in_tree("vmlinux");
    const std::string module = owner.substr(1, owner.size() - 2);
    if (owner.starts_with('(')) {
        const auto program = programs_.find(module);
        return program == programs_.end() ? fs::path() : program->second;
    }
    const std::string name = module + ".ko";
    const fs::path own = kmod_ / name, apart = kmod_ / ".debug" / (name + ".debug");
    if (is_there(own)) return is_of(apart, own) ? apart : own;
    const auto found = tree_modules_.find(module);
    return found == tree_modules_.end() ? fs::path() : in_tree(found->second);
}

/// Nothing where it was built anew since: its lines may be others now.
fs::path FunctionSources::in_tree(const fs::path& file) const {
    std::error_code error;
    const fs::path path = tree_ / file;
    if (tree_.empty() || !is_there(path)) return {};
    return fs::last_write_time(path, error) <= fs::last_write_time(image_, error) ? path
                                                                                  : fs::path();
}

}  // namespace rxlab
