// SPDX-License-Identifier: GPL-2.0
// Properties that several kinds' schemas have, as parts of their text.
#pragma once

#define RXLAB_XDP_MODE                                                 \
    R"("mode": {"enum": ["native", "generic"], "default": "native", )" \
    R"("description": "in the driver, or in the stack after the skb is made"})"

#define RXLAB_BPF_CONFIG                                                                         \
    R"("config": {"type": "object", "additionalProperties": {"type": ["integer", "boolean"]}, )" \
    R"("description": "the program's const volatile variables by name"})"
