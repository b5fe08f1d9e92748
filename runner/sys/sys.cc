// SPDX-License-Identifier: GPL-2.0
#include "sys/sys.h"

#include "base/error.h"
#include "base/trimmed.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <csignal>

namespace rxlab {

std::string output_of(const std::vector<std::string>& argv, CommandResult ran) {
    if (ran.status == 0) return std::move(ran.out);
    const std::string command = fmt::format("{}", fmt::join(argv, " "));
    if (ran.status == 128 + SIGINT || ran.status == 128 + SIGTERM)
        throw Error(Status::interrupted, command + ": interrupted");
    const std::string words = trimmed_end(ran.err.empty() ? ran.out : ran.err);
    throw Error(Status::invalid, fmt::format("{}: exit status {}{}{}", command, ran.status,
                                             words.empty() ? "" : ": ", words));
}

std::string run_or_throw(Sys& sys, const std::vector<std::string>& argv, const std::string& input,
                         const std::string& netns) {
    return output_of(argv, sys.run(argv, input, netns));
}

}  // namespace rxlab
