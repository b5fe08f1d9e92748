// SPDX-License-Identifier: GPL-2.0
// One file per command. Each define_x adds its options to `app` and a callback that runs it and
// sets `status`.
#pragma once

namespace CLI {
class App;
}

namespace rxlab {

void define_list(CLI::App& app, int& status);
void define_show(CLI::App& app, int& status);
void define_plan(CLI::App& app, int& status);
void define_run(CLI::App& app, int& status);
void define_compare(CLI::App& app, int& status);
void define_report(CLI::App& app, int& status);
void define_certify(CLI::App& app, int& status);
void define_attribute(CLI::App& app, int& status);
void define_bundle(CLI::App& app, int& status);
void define_nightly(CLI::App& app, int& status);
void define_frames(CLI::App& app, int& status);
void define_shell(CLI::App& app, int& status);
void define_doctor(CLI::App& app, int& status);
void define_xdp(CLI::App& app, int& status);
void define_restore(CLI::App& app, int& status);
void define_agent(CLI::App& app, int& status);

}  // namespace rxlab
