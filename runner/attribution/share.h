// SPDX-License-Identifier: GPL-2.0
// Which work an instruction was executed for. Pure.
#pragma once
#include "attribution/fold.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rxlab {

enum class Share {
    path,       ///< the receive path, and sending through the driver
    generator,  ///< pktgen's own
    engine,     ///< the DMA engine's in software, which hardware would not execute
    idle,       ///< nothing to do
    user        ///< programs
};
const char* to_string(Share share);

/// Of a stack "outermost;...;innermost". Idle is what the idle task executes, but no interrupt that
/// came upon it; the generator's is what it executes before it hands a frame to a driver or lets
/// bottom halves run; the engine's
/// is what its module executes or calls in the kernel, but not what another module does for it.
Share share_of(std::string_view stack);

/// Instructions of each share that has any.
std::map<Share, uint64_t> shares_of(const Stacks& stacks);

/// "outermost", ..., "innermost".
std::vector<std::string_view> frames_of(std::string_view stack);

}  // namespace rxlab
