// SPDX-License-Identifier: GPL-2.0
// The command table. Every error ends here as "fact, place, next step" and an exit status.
#include "base/error.h"
#include "base/interrupt.h"
#include "base/nearest.h"
#include "base/printable.h"
#include "cmd/commands.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace {

struct Command {
    const char* name;
    const char* summary;
    void (*define)(CLI::App& app, int& status);
    const char* group;  ///< heading in --help; empty hides it
};

constexpr const char* kUse = "Commands";
constexpr const char* kMachine = "This machine";
constexpr const char* kHidden = "";

const Command kCommands[] = {
    {"list", "what there is: experiments, knobs, traffic, collectors, setups, metrics",
     rxlab::define_list, kUse},
    {"show", "one experiment as it was understood", rxlab::define_show, kUse},
    {"plan", "every trial an experiment would make; with --target host, every change",
     rxlab::define_plan, kUse},
    {"run", "run an experiment and write its before/after report", rxlab::define_run, kUse},
    {"compare", "compare a result's arms, or two results", rxlab::define_compare, kUse},
    {"report", "write the report of a finished run anew", rxlab::define_report, kUse},
    {"certify", "run twice from scratch and compare every observation", rxlab::define_certify,
     kUse},
    {"attribute", "where each arm's instructions are executed, function by function; flame graphs",
     rxlab::define_attribute, kUse},
    {"bundle", "pack a result with all that is needed to repeat it elsewhere", rxlab::define_bundle,
     kUse},
    {"nightly", "every experiment on every kernel, with an index page", rxlab::define_nightly,
     kUse},
    {"frames", "a capture's frames, for traffic open_loop to repeat", rxlab::define_frames, kUse},
    {"shell", "a shell, or one command, in the guest", rxlab::define_shell, kMachine},
    {"xdp", "a port filter on an interface, its statistics and its rules", rxlab::define_xdp,
     kMachine},
    {"doctor", "what this machine can and cannot do, with remedies", rxlab::define_doctor,
     kMachine},
    {"restore", "undo what an interrupted run left changed on this machine", rxlab::define_restore,
     kMachine},
    {"agent", "the guest's side of the VM target", rxlab::define_agent, kHidden},
};

int unknown_command(const std::string& word) {
    std::vector<std::string> names;
    for (const Command& command : kCommands)
        if (*command.group) names.push_back(command.name);
    fmt::print(stderr, "rxlab: unknown command '{}'\n", word);
    const std::string guess = rxlab::nearest(word, names);
    fmt::print(stderr, "  next: {}'rxlab --help' lists the commands\n",
               guess.empty() ? "" : fmt::format("did you mean '{}'? ", guess));
    return static_cast<int>(rxlab::Status::usage);
}

bool is_command(const std::string& word) {
    for (const Command& command : kCommands)
        if (word == command.name) return true;
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    int status = 0;
    CLI::App app{"rxlab: a reproducible benchmark and tuning lab for the Linux receive path"};
    app.name("rxlab");
    app.require_subcommand(1);
    app.footer(
        "Exit status: 0 nothing worse, 1 worse, 2 usage, 3 inconclusive, 4 invalid, 5 target lost, "
        "130 interrupted");
    for (const Command& command : kCommands) {
        CLI::App* sub = app.add_subcommand(command.name, command.summary);
        sub->group(command.group);
        command.define(*sub, status);
    }
    if (argc > 1 && argv[1][0] != '-' && !is_command(argv[1])) return unknown_command(argv[1]);
    rxlab::install_interrupt_handlers();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? 0 : static_cast<int>(rxlab::Status::usage);
    } catch (const rxlab::Error& error) {
        fmt::print(stderr, "rxlab: {}\n", rxlab::printable(error.what()));
        if (!error.next().empty())
            fmt::print(stderr, "  next: {}\n", rxlab::printable(error.next()));
        return static_cast<int>(error.status());
    } catch (const std::exception& error) {
        fmt::print(stderr, "rxlab: {} (a fault in rxlab itself)\n", rxlab::printable(error.what()));
        return static_cast<int>(rxlab::Status::lost);
    }
    return status;
}
