// SPDX-License-Identifier: GPL-2.0
// pktgen's own words (Documentation/networking/pktgen.rst), parsed.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace rxlab {

struct PktgenResult {
    uint64_t packets = 0;
    uint64_t errors = 0;      ///< frames the driver consumed without taking them
    uint64_t elapsed_us = 0;  ///< busy + idle
    uint64_t busy_us = 0;     ///< c: sending
    uint64_t idle_us =
        0;  ///< d: waiting, for its delay, for the CPU, or for the last frame to be freed
};

/// From a device's file after a run: "Result: OK: 15430(c15405+d25) usec, 100000 (60byte,0frags)"
/// and "errors: N".
/// @throws Error(Status::invalid) when there is none, e.g. because the run was cut short.
PktgenResult parse_pktgen_result(const std::string& text);

/// Has a device not told the result of a run that it was started for? It writes that over
/// "Starting" and what stood there before, character by character, after it has said that it
/// stopped: a reader may see the beginning of the one and the end of the other.
bool pktgen_is_at_work(const std::string& text);

/// What stands after "Result: " in its last such line, empty when there is none.
std::string pktgen_answer(const std::string& text);

/// The value after "key: " (or "key " for the count) in a device's file.
std::optional<std::string> pktgen_setting(const std::string& text, const std::string& key);

/// The devices that a thread's file names after "Running:" and "Stopped:", one space between them.
std::string pktgen_devices(const std::string& thread);

}  // namespace rxlab
