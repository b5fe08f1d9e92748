// SPDX-License-Identifier: GPL-2.0
#include "target/shell.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "cmd/commands.h"

namespace rxlab {

void define_shell(CLI::App& app, int& status) {
    auto options = std::make_shared<ShellOptions>();
    app.add_option("--kernel", options->kernel, "6.12, 6.1 or the path of a bzImage");
    app.add_option("--modules", options->modules, "modules folder of a kernel given by path");
    app.add_option("--cpu", options->cpu, "QEMU's CPU model");
    app.add_option("--memory", options->memory_mib, "MiB of memory")
        ->check(CLI::Range(128, 65'536));
    app.add_option("--smp", options->smp, "CPUs")->check(CLI::Range(1, 64));
    app.add_flag("--in-turns", options->in_turns,
                 "the CPUs take turns on one host thread: nothing runs at the same time, so QEMU's "
                 "own races over code that is patched cannot happen");
    app.add_option("--machine", options->board, "QEMU's board")
        ->check(CLI::IsMember({"pc", "q35"}));
    app.add_option("--device", options->devices,
                   "a device from 'rxlab list devices' (may be repeated)")
        ->allow_extra_args(false)
        ->take_all();
    app.add_option(
           "--with", options->extras,
           "a program that not every guest has: an 'extra' of vm/manifest (may be repeated)")
        ->allow_extra_args(false)
        ->take_all();
    app.add_option("--cmdline", options->cmdline, "appended to the kernel's command line");
    app.add_flag("--icount", options->icount,
                 "the counted lane's machine: one CPU, every run the same");
    app.add_option("--file", options->files,
                   "copy this file into the guest's working directory (may be repeated)")
        ->check(CLI::ExistingFile)
        ->allow_extra_args(false)
        ->take_all();
    app.add_option("--timeout", options->timeout_s, "seconds the command may take")
        ->check(CLI::Range(1.0, 86'400.0));
    app.add_option("COMMAND", options->argv,
                   "command and arguments, after --; none: an interactive shell");
    app.callback([=, &status] {
        if (options->icount) options->smp = 1;
        status = shell_main(*options);
    });
}

}  // namespace rxlab
