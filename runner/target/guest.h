// SPDX-License-Identifier: GPL-2.0
// One job in one restored guest, from starting QEMU to what came out and how it ended.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "target/files.h"
#include "target/message.h"
#include "target/qemu.h"

namespace rxlab {

struct Limits {
    double timeout_s = 120;  ///< host clock, whole job
    double silence_s = 60;   ///< without a byte from the guest
    bool attribute = false;  ///< no limit: QEMU's plugin counts by function, which is slow
};

enum class Ending { done, fault, silence, timeout, killed, ended_early, damaged };

struct GuestRun {
    Ending ending = Ending::done;
    std::string cause;  ///< one line for people; empty when done
    std::string console;
    std::vector<Message> messages;  ///< empty when they were given to `on_message`
    std::string attribution;        ///< what the plugin wrote
    double first_message_s = 0;     ///< from starting QEMU to the guest's first word (host clock)
    double wall_s = 0;
};

using OnMessage = std::function<void(const Message&)>;

/// Restores `state` (an L2 snapshot, which stays as it is) and gives the guest `job`; `archive` is
/// unpacked before it. A guest that died of the emulator's own fault (hit_patch_race) is replaced
/// by another one.
/// @throws Error(Status::interrupted); QEMU has then been killed.
GuestRun run_guest(const Machine& machine, const std::string& state, const Json& job,
                   const std::string& archive, const Limits& limits,
                   const OnMessage& on_message = {});

/// The same with the guest's console on this terminal, until its shell ends. @throws
/// Error(Status::lost)
void run_console(const Machine& machine, const std::string& state, const std::string& archive);

/// Fails with what the guest said in an error message, or with the cause and the console's tail
/// when it was lost.
/// @throws Error
void throw_unless_done(const GuestRun& run, const std::string& what);

}  // namespace rxlab
