// SPDX-License-Identifier: GPL-2.0
#include "xdp/pins.h"

#include "xdp/attached.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <algorithm>
#include <filesystem>

namespace rxlab {
namespace {

namespace fs = std::filesystem;

std::string without_dots(const std::string& text) {
    std::string name;
    for (const char c : text) name += c == '.' ? "%2e" : c == '%' ? "%25" : std::string(1, c);
    return name;
}

bool is_initial_namespace(uint64_t id) {
    struct stat info {};
    return !::stat("/proc/1/ns/net", &info) && info.st_ino == id;
}

/// The map whose pin it is; 0: there is none.
uint32_t pinned_map(const fs::path& path) {
    const auto map = pinned_bpf(path);
    return map ? id_of_map(map->get()) : 0;
}

uint32_t counters_of(const fs::path& folder) {
    std::error_code none;
    return fs::is_directory(fs::symlink_status(folder, none)) ? pinned_map(folder / kCounterMaps[0])
                                                              : 0;
}

/// Pins only: a folder that has anything else in it stays.
void remove_folder(const fs::path& folder) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored))
        if (!entry.is_directory(ignored)) fs::remove(entry.path(), ignored);
    fs::remove(folder, ignored);
}

/// Links that lead nowhere. @returns their names.
std::vector<std::string> remove_dangling(const fs::path& root) {
    std::error_code none;
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(root, none))
        if (entry.is_symlink(none) && !fs::exists(entry.path(), none))
            names.push_back(entry.path().filename());
    for (const std::string& name : names) fs::remove(root / name, none);
    return names;
}

}  // namespace

std::string name_among_pins(uint64_t namespace_id, const std::string& interface) {
    if (is_initial_namespace(namespace_id)) return without_dots(interface);
    for (const std::string& netns : named_namespaces()) {
        struct stat info {};
        if (!::stat(("/run/netns/" + netns).c_str(), &info) && info.st_ino == namespace_id)
            return without_dots(netns + ":" + interface);
    }
    return without_dots(fmt::format("{}:{}", namespace_id, interface));
}

bool Pins::possible() const {
    return is_bpffs(fs::path(root_).parent_path());
}

std::string Pins::add(const NetDevice& device, const BpfObject& object) const {
    if (!possible()) return {};
    const fs::path root = root_;
    std::string folder = fmt::format("{}-{}", device.namespace_id, device.index);
    const uint32_t counters = id_of_map(object.map(kCounterMaps[0]));
    std::error_code none;
    // Somebody's who was given this index before, and was moved elsewhere since.
    if (fs::exists(root / folder, none)) folder += fmt::format("-{}", counters);
    fs::create_directories(root / folder);
    for (const char* map : kCounterMaps) pin_bpf(object.map(map), root / folder / map);
    std::string name = name_among_pins(device.namespace_id, device.name);
    const std::string before = folder_called(name);
    // A container's eth0 beside ours, in one bpffs.
    if (!before.empty() && !before.starts_with(fmt::format("{}-", device.namespace_id)))
        name = without_dots(fmt::format("{}:{}", device.namespace_id, device.name));
    if (fs::is_symlink(root / name, none)) fs::remove(root / name, none);
    fs::create_symlink(folder, root / name, none);  // refused: then the folder is the only name
    return folder;
}

void Pins::remove(const std::string& folder, uint32_t counters_id) const {
    if (folder.empty() || !possible()) return;
    const fs::path root = root_;
    if (counters_of(root / folder) == counters_id) remove_folder(root / folder);
    remove_dangling(root);
    std::error_code ignored;
    fs::remove(root, ignored);  // where it was the last one
}

std::vector<std::string> Pins::sweep() const {
    std::error_code none;
    if (!possible() || !fs::exists(root_, none)) return {};
    const std::vector<uint32_t> alive = maps_of_filters();
    std::vector<fs::path> ended;
    for (const auto& entry : fs::directory_iterator(root_, none)) {
        if (!fs::is_directory(entry.symlink_status(none))) continue;
        const uint32_t counters = counters_of(entry.path());
        if (std::find(alive.begin(), alive.end(), counters) == alive.end())
            ended.push_back(entry.path());
    }
    for (const fs::path& folder : ended) remove_folder(folder);
    const std::vector<std::string> names = remove_dangling(root_);
    fs::remove(root_, none);
    return names;
}

std::string Pins::path_of(const NetDevice& device, const std::string& folder,
                          uint32_t counters_id) const {
    if (folder.empty() || !possible()) return {};
    const fs::path root = root_;
    if (counters_of(root / folder) != counters_id) return {};
    for (const std::string& name :
         {name_among_pins(device.namespace_id, device.name),
          without_dots(fmt::format("{}:{}", device.namespace_id, device.name))})
        if (folder_called(name) == folder) return root / name;
    return root / folder;
}

std::string Pins::folder_called(const std::string& name) const {
    std::error_code none;
    const fs::path link = fs::path(root_) / name;
    return fs::is_symlink(link, none) ? fs::read_symlink(link, none).string() : std::string();
}

}  // namespace rxlab
