// SPDX-License-Identifier: GPL-2.0
#include "collect/perf.h"

#include "base/error.h"

#include <fmt/format.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

namespace rxlab {

/// perf lives as long as its command, and that one waits for a byte.
Perf::Perf(Sys& sys, std::vector<std::string> arguments) {
    ControlledProcess::inherit(control_.read);
    arguments.insert(arguments.begin(), "perf");
    arguments.insert(arguments.end(),
                     {"-o", file(), "--delay", "-1", "--control",
                      fmt::format("fd:{},{}", control_.read.get(), perf_.answers_fd()), "--",
                      "head", "-c", "1", perf_.end()});
    perf_.launch(sys, std::move(arguments));
    say("ping\n");
}

/// Waits for perf's "ack".
void Perf::say(const std::string& command) {
    if (::write(control_.write.get(), command.data(), command.size()) !=
        static_cast<ssize_t>(command.size()))
        throw Error(Status::invalid, fmt::format("telling perf: {}", std::strerror(errno)));
    perf_.hear(command.substr(0, command.size() - 1));
}

}  // namespace rxlab
