// SPDX-License-Identifier: GPL-2.0
// One job in one restored guest, from starting QEMU to what came out and how it ended.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "result/result.h"
#include "target/files.h"
#include "target/message.h"
#include "target/qemu.h"

namespace rxlab {

struct Limits {
    double timeout_s = 120;  ///< host clock, whole job
    double silence_s = 60;   ///< without a byte from the guest
    bool attribute = false;  ///< no limit: QEMU's plugin counts by function, which is slow
};

/// What a guest may say before it is stopped: bytes of its console, and of results that are kept
/// (those given to OnMessage go on).
inline constexpr size_t kMostConsole = 16u << 20, kMostResults = 128u << 20;

enum class Ending { done, fault, silence, timeout, flood, killed, ended_early, damaged };

struct GuestRun {
    Ending ending = Ending::done;
    std::string cause;              ///< one line for people; empty when done
    std::string console;            ///< its last kMostConsole bytes, as the guest wrote them
    std::vector<Message> messages;  ///< empty when they were given to `on_message`
    std::string attribution;        ///< what the plugin wrote
    double first_message_s = 0;     ///< from starting QEMU to the guest's first word (host clock)
    double wall_s = 0;
    double cpu_s = 0;  ///< QEMU's
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
/// when it was lost. Whatever the guest says, it is text that may be shown, and the status is one
/// of usage, invalid and lost.
/// @throws Error
void throw_unless_done(const GuestRun& run, const std::string& what);

/// What the guest observed in `trial`: throw_unless_done(), then its observation, checked to be one
/// and of this trial.
/// @throws Error, Error(Status::lost) when there is none that can be used.
Observation observation_of(const GuestRun& run, const Trial& trial, const std::string& what);

/// What a MessageType::exit_status says. @throws Error(Status::lost) unless it is 0 to 255.
int exit_status_of(const Message& message);

}  // namespace rxlab
