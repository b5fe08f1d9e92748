// SPDX-License-Identifier: GPL-2.0
// Ctrl-C: the handler only sets a flag; long work polls it and throws Status::interrupted.
#pragma once

namespace rxlab {

/// SIGINT and SIGTERM set the flag. A second one ends the process at once; its QEMUs die with it.
void install_interrupt_handlers();

/// Has one come?
bool interrupted();

/// @throws Error(Status::interrupted) when the flag is set.
void throw_if_interrupted();

}  // namespace rxlab
