// SPDX-License-Identifier: GPL-2.0
#include "target/shell.h"

#include <unistd.h>
#include <memory>

#include "cmd/options.h"

namespace rxlab {

void define_shell(CommandOptions command) {
    auto options = std::make_shared<ShellOptions>();
    command.option("--kernel", options->kernel, kernel_words());
    command.option("--modules", options->modules, "modules folder of a kernel given by path");
    command.option("--cpu", options->cpu, "QEMU's CPU model");
    command.option("--memory", options->memory_mib, "MiB of memory").between(128, 65'536);
    command.option("--smp", options->smp, "CPUs").between(1, 64);
    command.flag("--in-turns", options->in_turns,
                 "the CPUs take turns on one host thread: nothing runs at the same time, so QEMU's "
                 "own races over code that is patched cannot happen");
    command.option("--machine", options->board, "QEMU's board").one_of({"pc", "q35"});
    command
        .option("--device", options->devices,
                "a device from 'rxlab list devices' (may be repeated)")
        .one_at_a_time();
    command
        .option("--with", options->extras,
                "a program that not every guest has: an 'extra' of vm/manifest (may be repeated)")
        .one_at_a_time();
    command.option("--cmdline", options->cmdline, "appended to the kernel's command line")
        .may_be_empty();
    command.flag("--icount", options->icount,
                 "the counted lane's machine: one CPU, every run the same");
    command
        .option("--file", options->files,
                "copy this file into the guest's working directory (may be repeated)")
        .existing_file()
        .one_at_a_time();
    command.option("--timeout", options->timeout_s, "seconds the command may take")
        .between(1.0, 86'400.0);
    command.option("COMMAND", options->argv,
                   "command and arguments, after --; none: an interactive shell, or what is piped "
                   "in, a script of sh");
    command.does([=] {
        if (options->icount) options->smp = 1;
        // What is piped in is a script: a console would echo it, and has no exit status.
        if (options->argv.empty() && !::isatty(STDIN_FILENO)) options->argv = {"sh"};
        return shell_main(*options);
    });
}

}  // namespace rxlab
