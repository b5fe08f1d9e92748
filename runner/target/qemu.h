// SPDX-License-Identifier: GPL-2.0
// QEMU as the guest's machine: its command line, and its monitor, which saves and restores it.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/json.h"
#include "sys/process.h"

namespace rxlab {

/// The machine itself: whatever changes what a guest can see. Snapshots are named by it.
struct Machine {
    std::string accel = "tcg";  ///< "tcg" or "kvm"
    bool icount = true;         ///< 1 instruction = 2 ns of guest time (shift=1), idle time skipped
    std::string cpu;
    int memory_mib = 384;
    int smp = 1;
    uint64_t seed = 1;
    std::string board = "pc";          ///< QEMU's -M
    std::vector<std::string> devices;  ///< as device_argv() has them
    std::string vmlinuz, image, cmdline;
    std::string clock;  ///< QEMU's plugin for it, where there is icount
};

/// The same, its files called what they are, wherever they lie.
Machine without_paths(Machine machine);

/// Guest nanoseconds per executed instruction of a Machine with icount.
constexpr double kNsPerInstruction = 2;

/// Files the machine is connected to; what they hold does not change the machine.
struct Attachments {
    std::string state;        ///< snapshot: the machine's memory, then what its devices hold
    std::string payload;      ///< fw_cfg opt/rxlab/payload: the archive /init unpacks
    std::string plan;         ///< fw_cfg opt/rxlab/plan: the job, JSON
    std::string files;        ///< fw_cfg opt/rxlab/files: archive unpacked before the job
    std::string results;      ///< virtio-serial port "rxlab": messages
    std::string console;      ///< serial console; "-": this terminal
    std::string attribution;  ///< what QEMU's plugin writes (attribution/plugin.cc); empty: it is
                              ///< not loaded
};

/// The kernel command line of a guest, with what an experiment appends.
std::string guest_cmdline(const std::string& appended = {});

enum class Start {
    boot,     ///< from nothing; what the guest writes to its memory is in Attachments::state
    go_on,    ///< from Attachments::state, which what the guest writes changes
    restore,  ///< from Attachments::state, which stays as it is and may be used by others at the
              ///< same time
};

/// Arguments of QEMU, its name first. Pure. @throws Error(Status::usage) when a device does not fit
/// the board.
std::vector<std::string> qemu_argv(const Machine& machine, const Attachments& attachments,
                                   Start start = Start::restore);

/// A running QEMU with its QMP monitor. Memory is mapped from the snapshot's file instead of being
/// read from it: a guest is there in a tenth of a second, and pays only for the pages it touches.
class MonitoredQemu {
public:
    /// Boots, or restores and lets the guest run. `foreground`: QEMU may read the terminal.
    /// @throws Error(Status::lost) when QEMU does not come up within `seconds` (host clock), dies
    /// or says no, Error(Status::interrupted).
    MonitoredQemu(const Machine& machine, const Attachments& attachments, Start start,
                  const std::string& stderr_path, bool foreground = false, double seconds = 300);
    ~MonitoredQemu();

    enum class Event { stopped, ended, timeout };
    /// Waits for the guest to stop itself through pvpanic. @throws Error(Status::interrupted).
    Event wait_for_stop(double seconds);
    /// Completes Attachments::state with what the devices hold, once the guest has stopped.
    /// @throws Error(Status::lost) with QEMU's words.
    void save();
    void quit();
    Process& process() { return *process_; }

private:
    using Time = std::chrono::steady_clock::time_point;
    bool fill(Time until);     ///< one more read; false on timeout or end
    Json receive(Time until);  ///< null on timeout or end
    Json execute(const std::string& command, const Json& arguments = Json::object());
    void require(const std::string& command, const Json& arguments = Json::object());
    [[noreturn]] void fail(const std::string& what, const std::string& words);
    void resume();
    void wait_for_migration();
    Fd socket_;
    std::string state_, stderr_path_;
    off_t memory_;  ///< bytes of it, at the state file's start
    std::string buffer_;
    bool stopped_ = false;
    Time up_until_ = Time::max();  ///< whatever QEMU says, it is waited for no longer than this
    std::unique_ptr<Process> process_;
};

/// QEMU's stderr without what it always says: of features of the CPU model that TCG lacks, and that
/// the NICs' hub leads nowhere.
std::string worth_telling(const std::string& qemu_stderr);

/// Did the guest die of QEMU's own race? Where translation takes no lock on a page (seen with 7.2),
/// a vCPU may execute the int3 that another one had in the code only while it patched itself, as
/// Linux does all the time; stock kernels then die of an int3 that they know nothing of.
bool hit_patch_race(const Machine& machine, const std::string& console);
inline constexpr int kPatchRaceTries = 3;

}  // namespace rxlab
