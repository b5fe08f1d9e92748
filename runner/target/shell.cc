// SPDX-License-Identifier: GPL-2.0
#include "target/shell.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/error.h"
#include "base/output.h"
#include "target/archive.h"
#include "target/boot_assets.h"
#include "target/devices.h"
#include "target/guest.h"

namespace rxlab {
namespace {

Machine machine_for(const ShellOptions& options, const BootAssets& assets) {
    Machine machine = machine_of(assets, options.memory_mib);
    machine.icount = options.icount;
    if (options.in_turns) machine.accel += ",thread=single";
    machine.cpu = options.cpu;
    machine.smp = options.icount ? 1 : options.smp;
    machine.board = options.board;
    machine.devices = options.devices;
    machine.cmdline = guest_cmdline(options.cmdline);
    return machine;
}

/// A guest with a device that nothing drives would be of no use.
void require_drivers(const BootAssets& assets) {
    for (const std::string& module : assets.lacking_modules)
        throw Error(Status::usage,
                    fmt::format("kernel {} has no module {}", assets.kernel.release, module),
                    "another --kernel, or another --device");
}

std::string archive_of(const std::vector<std::string>& paths) {
    std::vector<ArchiveFile> files;
    for (const std::string& path : paths) {
        struct stat st {};
        if (::stat(path.c_str(), &st) != 0 || !S_ISREG(st.st_mode))
            throw Error(Status::usage, fmt::format("no file '{}' to take into the guest", path));
        files.push_back(
            {std::filesystem::path(path).filename(), st.st_mode & 0777u, read_whole(path)});
    }
    return newc_archive(std::move(files));
}

std::string standard_input() {  // what is piped in; a terminal's is not waited for
    std::string input;
    struct stat st {};
    if (::fstat(STDIN_FILENO, &st) != 0 || !(S_ISFIFO(st.st_mode) || S_ISREG(st.st_mode)))
        return input;
    char bytes[65536];
    for (ssize_t got; (got = ::read(STDIN_FILENO, bytes, sizeof bytes)) > 0;)
        input.append(bytes, static_cast<size_t>(got));
    return input;
}

/// As it comes, so that a person sees it. @throws std::system_error as fmt::print does
void pass_on(const std::string& bytes) {
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    flush_output();
}

int exec_in_guest(const ShellOptions& options, const Machine& machine, const std::string& state) {
    int status = -1;
    GuestRun errors;
    const auto on_message = [&](const Message& message) {
        if (message.type == MessageType::out)
            pass_on(message.payload);
        else if (message.type == MessageType::err)
            tell_text(message.payload);
        else if (message.type == MessageType::exit_status)
            status = exit_status_of(message);
        else
            errors.messages.push_back(message);
    };
    const Json job{{"job", "exec"}, {"argv", options.argv}, {"stdin", standard_input()}};
    GuestRun run = run_guest(machine, state, job, archive_of(options.files),
                             {options.timeout_s, options.timeout_s}, on_message);
    run.messages = std::move(errors.messages);
    throw_unless_done(run, options.argv[0]);
    return status;
}

}  // namespace

int shell_main(const ShellOptions& options) {
    std::set<std::string> extras = device_extras(options.devices);
    extras.insert(options.extras.begin(), options.extras.end());
    const BootAssets assets =
        gather_boot_assets(options.kernel, options.modules, {extras.begin(), extras.end()});
    require_drivers(assets);
    if (!assets.missing.empty()) tell("rxlab: {}\n", assets.missing);
    const Machine machine = machine_for(options, assets);
    SnapshotStore store(cache_folder() / "snapshots", cache_cap());
    const std::string state =
        Snapshots(store, assets.ingredients, assets.payload.archive).ensure(machine);
    if (!options.argv.empty()) return exec_in_guest(options, machine, state);
    run_console(machine, state, archive_of(options.files));
    return 0;
}

}  // namespace rxlab
