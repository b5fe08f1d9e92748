// SPDX-License-Identifier: GPL-2.0
// Ctrl-C, or the end of a time box: long work polls for it and throws Status::interrupted.
#pragma once

namespace rxlab {

/// SIGINT, SIGTERM, SIGQUIT and SIGHUP set the flag. A second one ends the process at once (a
/// second hang-up does nothing); its QEMUs die with it.
void install_interrupt_handlers();

/// As if one had come.
void interrupt();

/// Has one come, or is the time box over?
bool interrupted();

/// @throws Error(Status::interrupted) when one has come, or the time box is over.
void throw_if_interrupted();

/// While it lives, work that takes longer than so many seconds is interrupted. One at a time.
class TimeBox {
public:
    explicit TimeBox(double seconds);
    ~TimeBox();
    TimeBox(const TimeBox&) = delete;
    TimeBox& operator=(const TimeBox&) = delete;
    bool over() const;
};

}  // namespace rxlab
