// SPDX-License-Identifier: GPL-2.0
#include "target/agent.h"

#include "cmd/commands.h"

#include <CLI/CLI.hpp>

namespace rxlab {

void define_agent(CLI::App& app, int& status) {
    app.callback([&status] { status = agent_main(); });
}

}  // namespace rxlab
