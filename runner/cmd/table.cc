// SPDX-License-Identifier: GPL-2.0
#include "cmd/command.h"

#include <iterator>

namespace rxlab {

// One file each, in the order of --help.
using Define = void(CommandOptions options);
Define define_list, define_show, define_plan, define_run, define_merge, define_compare,
    define_concordance, define_spread, define_report, define_tune, define_profile, define_advise,
    define_certify, define_attribute, define_diff, define_series, define_bisect, define_syscalls,
    define_kernels, define_bundle, define_nightly, define_history, define_shell, define_doctor,
    define_frames, define_xdp, define_knob, define_apply, define_restore, define_agent;

namespace {
constexpr const char* kUse = "Commands";
constexpr const char* kMachine = "This machine";
constexpr const char* kHidden = "";
}  // namespace

const Command kCommands[] = {
    {"list", "what there is: experiments, knobs, traffic, collectors, setups, metrics", define_list,
     kUse},
    {"show", "one experiment as it was understood", define_show, kUse},
    {"plan", "every trial an experiment would make; with --target host, every change", define_plan,
     kUse},
    {"run", "run an experiment and write its before/after report", define_run, kUse},
    {"merge", "the shards of a run, from several machines, to one result and its report",
     define_merge, kUse},
    {"compare", "compare a result's arms, or two results", define_compare, kUse},
    {"concordance", "what counted instructions say of time: both lanes' results, pair by pair",
     define_concordance, kUse},
    {"spread", "where a result's spread comes from: boots, or phases of one boot", define_spread,
     kUse},
    {"report", "write the report of a finished run anew", define_report, kUse},
    {"tune", "search a space of settings for the best, and prove that it is better", define_tune,
     kUse},
    {"profile", "what the receive path spends where, and what of it is abnormal", define_profile,
     kUse},
    {"advise", "what to try about what a profile shows, with experiments that would prove it",
     define_advise, kUse},
    {"certify", "run twice from scratch and compare every observation", define_certify, kUse},
    {"attribute", "where each arm's instructions are executed, function by function; flame graphs",
     define_attribute, kUse},
    {"diff", "what one kernel changed against another, path by path and function by function",
     define_diff, kUse},
    {"series", "what became of each path from version to version of a kernel", define_series, kUse},
    {"bisect", "which version it was that changed a path, and what it changed there", define_bisect,
     kUse},
    {"syscalls", "what a program has the kernel do: instructions of each system call, counted",
     define_syscalls, kUse},
    {"kernels", "the kernels there are: in the archive, and unpacked here", define_kernels, kUse},
    {"bundle", "pack a result with all that is needed to repeat it elsewhere", define_bundle, kUse},
    {"nightly", "every experiment on every kernel, with an index page", define_nightly, kUse},
    {"history", "results of many nights: what changed, when, and what it was made of",
     define_history, kUse},
    {"frames", "a capture's frames, for traffic open_loop to repeat", define_frames, kUse},
    {"shell", "a shell, or one command, in the guest", define_shell, kMachine},
    {"xdp", "a port filter on an interface, its statistics and its rules", define_xdp, kMachine},
    {"knob", "one setting of this machine: read, or changed until 'rxlab restore'", define_knob,
     kMachine},
    {"apply", "settings of this machine, all or none: for a time, until '--undo', or as files",
     define_apply, kMachine},
    {"doctor", "what this machine can and cannot do, with remedies", define_doctor, kMachine},
    {"restore", "undo what an interrupted run left changed on this machine", define_restore,
     kMachine},
    {"agent", "the guest's side of the VM target", define_agent, kHidden},
};
const size_t kCommandCount = std::size(kCommands);

}  // namespace rxlab
