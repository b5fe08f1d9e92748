// SPDX-License-Identifier: GPL-2.0
// QEMU as the guest's machine: its command line, and its monitor while a snapshot is taken.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "target/process.h"

namespace rxlab {

/// The machine itself: whatever changes what a guest can see. Snapshots are named by it.
struct Machine {
    std::string accel = "tcg";  ///< "tcg" or "kvm"
    bool icount = true;         ///< 1 instruction = 2 ns of guest time (shift=1), idle time skipped
    std::string cpu;
    int memory_mib = 384;
    int smp = 1;
    uint64_t seed = 1;
    std::string vmlinuz, image, cmdline;
};

/// Guest nanoseconds per executed instruction of a Machine with icount.
constexpr double kNsPerInstruction = 2;

/// Files the machine is connected to; what they hold does not change the machine.
struct Wires {
    std::string state;    ///< qcow2 the snapshot is in
    std::string payload;  ///< fw_cfg opt/rxlab/payload: the archive /init unpacks
    std::string plan;     ///< fw_cfg opt/rxlab/plan: the job, JSON
    std::string files;    ///< fw_cfg opt/rxlab/files: archive unpacked before the job
    std::string results;  ///< virtio-serial port "rxlab": frames
    std::string console;  ///< serial console; "-": this terminal
};

/// The kernel command line of a guest, with what an experiment appends.
std::string guest_cmdline(const std::string& appended = {});

/// Arguments of QEMU, its name first. Pure.
std::vector<std::string> qemu_argv(const Machine& machine, const Wires& wires);

/// A running QEMU with its QMP monitor, for taking snapshots.
class MonitoredQemu {
public:
    /// @throws Error(Status::lost) when QEMU does not come up.
    MonitoredQemu(std::vector<std::string> argv, const std::string& stderr_path);
    ~MonitoredQemu();

    enum class Event { stopped, ended, timeout };
    /// Waits for the guest to stop itself through pvpanic. @throws Error(Status::interrupted).
    Event wait_for_stop(double seconds);
    /// A human-monitor command. @throws Error(Status::lost) with QEMU's words when it prints any.
    void monitor(const std::string& line);
    void quit();
    Process& process() { return *process_; }

private:
    Json receive(double seconds);  ///< null on timeout or end
    Json execute(const std::string& command, const Json& arguments);
    int socket_ = -1;
    std::string buffer_;
    bool stopped_ = false;
    std::unique_ptr<Process> process_;
};

/// QEMU's stderr without what a TCG machine always says about features of the CPU model that it lacks.
std::string worth_telling(const std::string& qemu_stderr);

}  // namespace rxlab
