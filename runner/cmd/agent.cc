// SPDX-License-Identifier: GPL-2.0
#include "target/agent.h"

#include "cmd/options.h"

namespace rxlab {

void define_agent(CommandOptions command) {
    command.does([] { return agent_main(); });
}

}  // namespace rxlab
