// SPDX-License-Identifier: GPL-2.0
// Commands that still declare their options with CLI11 itself.
#pragma once

namespace CLI {
class App;
}

namespace rxlab {

void define_frames(CLI::App& app, int& status);
void define_xdp(CLI::App& app, int& status);

}  // namespace rxlab
