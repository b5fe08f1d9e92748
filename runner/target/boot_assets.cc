// SPDX-License-Identifier: GPL-2.0
#include "target/boot_assets.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <sstream>

#include "base/error.h"
#include "base/lines.h"
#include "base/sha256.h"
#include "sys/process.h"
#include "target/archive.h"
#include "target/console.h"
#include "target/files.h"

namespace rxlab {
namespace fs = std::filesystem;
namespace {

constexpr double kKvmBoot = 30;  // seconds; a stock kernel is up in 2 to 4 under KVM

// Firmware QEMU loads for `-M pc -kernel`; Debian's places.
const char* const kFirmware[] = {"/usr/share/seabios/bios-256k.bin",
                                 "/usr/share/qemu/linuxboot_dma.bin",
                                 "/usr/share/qemu/kvmvapic.bin"};

std::map<std::string, std::string> pairs_of(const std::string& lines) {
    std::map<std::string, std::string> pairs;
    std::istringstream in(lines);
    for (std::string line; std::getline(in, line);)
        if (const size_t equals = line.find('='); equals != std::string::npos)
            pairs[line.substr(0, equals)] = line.substr(equals + 1);
    return pairs;
}

std::set<std::string> words_of(const std::string& text) {
    const std::vector<std::string> words = words_in(text);
    return {words.begin(), words.end()};
}

fs::path in_path(const std::string& program) {
    std::istringstream folders(::getenv("PATH") ? ::getenv("PATH") : "/usr/bin");
    for (std::string folder; std::getline(folders, folder, ':');)
        if (std::error_code error; fs::exists(fs::path(folder) / program, error))
            return fs::path(folder) / program;
    throw Error(Status::usage, fmt::format("no program '{}' in PATH", program), "make deps");
}

std::string qemu_sha256() {
    std::string hashes =
        sha256_file(in_path("qemu-system-x86_64")) + sha256_file(qemu_plugin("guest_clock"));
    for (const char* firmware : kFirmware)
        if (fs::exists(firmware)) hashes += sha256_file(firmware);
    return sha256(hashes);
}

std::string config_sha256(const Kernel& kernel) {
    const fs::path config = fs::path(kernel.vmlinuz).parent_path() / ("config-" + kernel.release);
    return fs::exists(config) ? sha256_file(config) : "unknown";
}

std::string remembered_kvm(const BootAssets& assets, const Machine& machine) {
    const std::string boot_id = read_whole("/proc/sys/kernel/random/boot_id");
    return cache_folder() /
           ("kvm-" + sha256(boot_id + boot_key(machine, assets.ingredients)).substr(0, 32));
}

std::string try_kvm(const Machine& machine) {  // empty: works
    const WorkFolder work;
    write_whole(work.path("empty"), newc_archive({}));
    MonitoredQemu qemu(machine,
                       {work.path("state"), work.path("empty"), work.path("empty"),
                        work.path("empty"), work.path("results"), work.path("console")},
                       Start::boot, work.path("stderr"));
    switch (qemu.wait_for_stop(kKvmBoot)) {
        case MonitoredQemu::Event::stopped:
            return {};
        case MonitoredQemu::Event::timeout:
            return fmt::format("{} did not come up within {:.0f} s under KVM",
                               fs::path(machine.vmlinuz).filename().string(), kKvmBoot);
        case MonitoredQemu::Event::ended:
            break;
    }
    return fmt::format("QEMU with KVM ended, {}: {}{}", describe_exit(qemu.process().status()),
                       worth_telling(read_if_there(work.path("stderr")).value_or("")),
                       fault_in(read_if_there(work.path("console")).value_or("")));
}

}  // namespace

Kernel kernel_from(const std::string& lines) {
    auto pairs = pairs_of(lines);
    return {pairs["vmlinuz"], pairs["release"], pairs["modules"], pairs["package"]};
}

std::string package_version(const Kernel& kernel) {
    const size_t at = kernel.package.rfind('_');
    return at == std::string::npos ? "" : kernel.package.substr(at + 1);
}

Kernel find_kernel(const std::string& word, const std::string& modules) {
    cache_folder();  // checked before programs and kernels in it are used
    return kernel_from(capture({data_folder() / "vm" / "kernel", word, modules}));
}

BootAssets gather_boot_assets(const std::string& kernel, const std::string& modules,
                              const std::vector<std::string>& extras, const OwnCode& own) {
    const fs::path vm = data_folder() / "vm";
    BootAssets assets;
    assets.kernel = find_kernel(kernel, modules);
    std::vector<std::string> mkimage{vm / "mkimage", assets.kernel.release, assets.kernel.modules};
    mkimage.insert(mkimage.end(), extras.begin(), extras.end());
    auto image = pairs_of(capture(mkimage));
    assets.image = image["image"];
    assets.image_files = Json::parse(read_whole(image["ingredients"]));
    assets.more_memory_mib = std::stoi(image["memory"]);
    assets.lacking_modules = words_of(image["lacking"]);
    assets.qemu_version = capture({"qemu-system-x86_64", "--version"});
    assets.qemu_version.erase(assets.qemu_version.find('\n'));
    assets.payload =
        make_payload(assets.kernel.release, assets.kernel.modules, own, assets.missing);
    assets.ingredients = {qemu_sha256(), sha256_file(assets.kernel.vmlinuz), image["sha256"],
                          assets.payload.sha256};
    return assets;
}

Machine machine_of(const BootAssets& assets, int memory_mib) {
    Machine machine;
    machine.vmlinuz = assets.kernel.vmlinuz;
    machine.image = assets.image;
    machine.clock = qemu_plugin("guest_clock");
    machine.memory_mib = memory_mib + assets.more_memory_mib;
    return machine;
}

Json ingredient_rows(const BootAssets& assets) {
    Json rows = Json::array();
    const auto add = [&](const std::string& name, const Json& from, const Json& sha256) {
        rows.push_back({{"name", name}, {"from", from}, {"sha256", sha256}});
    };
    add("kernel", assets.kernel.package, assets.ingredients.kernel);
    add("QEMU, its firmware and its clock's plugin", assets.qemu_version, assets.ingredients.qemu);
    for (const Json& row : assets.image_files)
        add("image " + row.at("file").get<std::string>(), row.at("package"), row.at("sha256"));
    for (const auto& [file, sha256] : assets.payload.files.items())
        add("payload " + file, "rxlab", sha256);
    return rows;
}

Json to_json(const BootAssets& assets, const Machine& machine) {
    return {
        {"kernel",
         {{"package", assets.kernel.package},
          {"release", assets.kernel.release},
          {"sha256", assets.ingredients.kernel},
          {"config_sha256", config_sha256(assets.kernel)}}},
        {"cmdline", machine.cmdline},
        {"cpu_model", machine.cpu},
        {"qemu",
         {{"version", assets.qemu_version},
          {"sha256", assets.ingredients.qemu},
          {"argv", qemu_argv(without_paths(machine),
                             {"state", "payload", "plan", "files", "results", "console"})}}},
        {"image_sha256", assets.ingredients.image},
        {"payload_sha256", assets.payload.sha256},
        {"payload", assets.payload.files},
        {"missing", assets.missing},
    };
}

bool kvm_works(const BootAssets& assets, Machine machine, std::string& why) {
    machine.accel = "kvm";
    machine.icount = false;
    const std::string remembered = remembered_kvm(assets, machine);
    if (!fs::exists(remembered)) {
        std::string result;
        try {
            result = try_kvm(machine);
        } catch (const Error& error) {
            if (error.status() == Status::interrupted) throw;
            result = error.what();
        }
        write_whole(remembered, result);
    }
    why = read_whole(remembered);
    return why.empty();
}

}  // namespace rxlab
