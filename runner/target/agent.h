// SPDX-License-Identifier: GPL-2.0
// The guest's side of the VM target: /init starts it, it stops the VM when ready, and after each
// restore does one job.
#pragma once

namespace rxlab {

/// Never returns when all goes well: the machine is reset after the job. Nothing in it depends on
/// the host's clock. Jobs (fw_cfg opt/rxlab/plan, JSON):
///   {"job": "trial", "trial": {...}, "options": {"ns_per_instruction": 2}}
///   {"job": "exec", "argv": [...], "stdin": "..."}
///   {"job": "shell"}
int agent_main();

}  // namespace rxlab
