// SPDX-License-Identifier: GPL-2.0
#include "target/qemu.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <sstream>

#include "base/error.h"
#include "base/interrupt.h"
#include "target/devices.h"
#include "target/files.h"

namespace rxlab {

namespace {

// tsc=reliable, no_timer_check, lpj: nothing is calibrated against another clock, which takes long
// and may differ. oops=panic, softlockup_panic, panic=-1 with -no-reboot: a broken guest ends QEMU
// at once. clearcpuid: under icount every iteration of a string instruction counts as an
// instruction, 4096 for clearing a page by ERMS; loops of ordinary stores and moves count as what
// they are. norandmaps: a program that runs again lies where it lay, so what QEMU translated of it
// is used again; a third of a trial's translation was the same few programs at other addresses.
// loglevel=5: warnings and worse reach the console, the rest would only cost serial output.
constexpr const char* kCmdline =
    "console=ttyS0 loglevel=5 panic=-1 oops=panic softlockup_panic=1 tsc=reliable no_timer_check "
    "cryptomgr.notests raid=noautodetect audit=0 lpj=4000000 clearcpuid=erms,rep_good "
    "mitigations=off norandmaps";

constexpr double kAnswer = 60, kMigration = 300;  // seconds; both take milliseconds
constexpr size_t kMostAnswer = 1u << 20;          // bytes; QEMU's own have some hundred

std::chrono::steady_clock::time_point from_now(double seconds) {
    return std::chrono::steady_clock::now() +
           std::chrono::duration_cast<std::chrono::steady_clock::duration>(
               std::chrono::duration<double>(seconds));
}

/// A text of an object, or nothing.
std::string member(const Json& json, const char* name) {
    const auto found = json.is_object() ? json.find(name) : json.end();
    return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string escaped(const std::string& path) {  // QEMU's option parser: a comma is written twice
    std::string out;
    for (const char c : path) out += c == ',' ? std::string(",,") : std::string(1, c);
    return out;
}

std::string fw_cfg(const std::string& name, const std::string& file) {
    return fmt::format("name=opt/rxlab/{},file={}", name, escaped(file));
}

std::string shell_quoted(const std::string& path) {  // for a shell
    std::string out = "'";
    for (const char c : path) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string console(const std::string& path) {
    return path == "-" ? "stdio,id=console,signal=off" : "file,id=console,path=" + escaped(path);
}

}  // namespace

Machine without_paths(Machine machine) {
    machine.vmlinuz = "vmlinuz";
    machine.image = "image";
    machine.clock = "guest_clock.so";
    return machine;
}

std::string guest_cmdline(const std::string& appended) {
    return appended.empty() ? kCmdline : fmt::format("{} {}", kCmdline, appended);
}

std::vector<std::string> qemu_argv(const Machine& machine, const Attachments& attachments,
                                   Start start) {
    const std::string memory =
        fmt::format("memory-backend-file,id=ram,size={}M,mem-path={},share={}", machine.memory_mib,
                    escaped(attachments.state), start == Start::restore ? "off" : "on");
    std::vector<std::string> argv{"qemu-system-x86_64",
                                  "-M",
                                  machine.board + ",memory-backend=ram",
                                  "-object",
                                  memory,
                                  "-accel",
                                  machine.accel};
    if (machine.icount)
        argv.insert(argv.end(),
                    {"-icount", "shift=1,sleep=off", "-plugin", escaped(machine.clock)});
    const std::vector<std::string> devices = device_argv(machine.board, machine.devices);
    const std::vector<std::string> rest{
        "-cpu", machine.cpu, "-smp", std::to_string(machine.smp), "-m",
        std::to_string(machine.memory_mib),
        // A fixed clock and seed: the guest sees the same at every boot, KASLR included (RDRAND).
        "-rtc", "base=2024-01-01T00:00:00,clock=vm", "-seed", std::to_string(machine.seed),
        "-display", "none", "-nodefaults", "-no-user-config", "-no-reboot", "-kernel",
        machine.vmlinuz, "-initrd", machine.image, "-append", machine.cmdline, "-device",
        "pvpanic,ioport=1285",
        // ioeventfd hands requests to another host thread: the guest would see when that runs.
        "-device", "virtio-serial-pci,ioeventfd=off", "-chardev",
        "file,id=results,path=" + escaped(attachments.results), "-device",
        "virtserialport,chardev=results,name=rxlab", "-chardev", console(attachments.console),
        "-serial", "chardev:console", "-fw_cfg", fw_cfg("payload", attachments.payload), "-fw_cfg",
        fw_cfg("plan", attachments.plan), "-fw_cfg", fw_cfg("files", attachments.files)};
    if (!attachments.attribution.empty())
        argv.insert(argv.end(), {"-plugin", escaped(qemu_plugin("attribution")) +
                                                ",out=" + escaped(attachments.attribution)});
    argv.insert(argv.end(), devices.begin(), devices.end());
    argv.insert(argv.end(), rest.begin(), rest.end());
    return argv;
}

MonitoredQemu::MonitoredQemu(const Machine& machine, const Attachments& attachments, Start start,
                             const std::string& stderr_path, bool foreground, double seconds)
    : state_(attachments.state),
      stderr_path_(stderr_path),
      memory_(off_t{machine.memory_mib} << 20) {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        throw Error(Status::lost, fmt::format("socketpair: {}", std::strerror(errno)));
    socket_ = Fd(pair[0]);
    Fd theirs(pair[1]);
    std::vector<std::string> argv = qemu_argv(machine, attachments, start);
    argv.insert(argv.end(), {"-chardev", fmt::format("socket,id=monitor,fd={}", theirs.get()),
                             "-mon", "chardev=monitor,mode=control"});
    if (start != Start::restore) argv.insert(argv.end(), {"-action", "panic=pause"});
    if (start != Start::boot) argv.insert(argv.end(), {"-incoming", "defer"});
    process_ = std::make_unique<Process>(Launch{argv, "", stderr_path, {theirs.get()}, foreground});
    theirs.reset();  // with QEMU its end is gone: a killed one is seen at once
    up_until_ = from_now(seconds);
    execute("qmp_capabilities");
    if (start != Start::boot) resume();
    up_until_ = Time::max();
}

MonitoredQemu::~MonitoredQemu() = default;

bool MonitoredQemu::fill(Time until) {
    pollfd ready{socket_.get(), POLLIN, 0};
    while (std::chrono::steady_clock::now() < until) {
        throw_if_interrupted();
        if (::poll(&ready, 1, 100) <= 0) continue;
        char bytes[4096];
        const ssize_t got = ::read(socket_.get(), bytes, sizeof bytes);
        if (got <= 0) return false;
        buffer_.append(bytes, static_cast<size_t>(got));
        return buffer_.size() <= kMostAnswer;
    }
    return false;
}

Json MonitoredQemu::receive(Time until) {
    while (buffer_.find('\n') == std::string::npos)
        if (!fill(until)) return nullptr;
    const size_t end = buffer_.find('\n');
    const Json message = Json::parse(buffer_.substr(0, end), nullptr, false);
    buffer_.erase(0, end + 1);
    if (member(message, "event") == "GUEST_PANICKED") stopped_ = true;
    return message;
}

Json MonitoredQemu::execute(const std::string& command, const Json& arguments) {
    const std::string line = Json{{"execute", command}, {"arguments", arguments}}.dump() + "\n";
    if (::send(socket_.get(), line.data(), line.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(line.size()))
        return nullptr;
    for (const Time until = std::min(from_now(kAnswer), up_until_);;) {
        const Json answer = receive(until);
        if (answer.is_null() || answer.contains("return") || answer.contains("error"))
            return answer;
        if (std::chrono::steady_clock::now() > until) return nullptr;  // events without end
    }
}

MonitoredQemu::Event MonitoredQemu::wait_for_stop(double seconds) {
    const Time end = from_now(seconds);
    while (!stopped_) {
        throw_if_interrupted();
        if (std::chrono::steady_clock::now() > end) return Event::timeout;
        receive(from_now(0.2));
        if (!stopped_ && process_->wait(0)) return Event::ended;
    }
    return Event::stopped;
}

void MonitoredQemu::fail(const std::string& what, const std::string& words) {
    const bool ended = process_->wait(1);
    const std::string said = worth_telling(read_if_there(stderr_path_).value_or(""));
    throw Error(
        Status::lost,
        ended ? fmt::format("QEMU was {} while it should {}{}{}", describe_exit(process_->status()),
                            what, said.empty() ? "" : ": ", said)
              : fmt::format("QEMU cannot {}: {} {}", what, words, said),
        "free space on the cache's disk, or set XDG_CACHE_HOME to another one; rxlab doctor");
}

void MonitoredQemu::require(const std::string& command, const Json& arguments) {
    const Json answer = execute(command, arguments);
    if (!answer.is_object() || !answer.contains("return"))
        fail(command, answer.is_object() ? member(answer.value("error", Json()), "desc")
                                         : "no answer in time");
}

void MonitoredQemu::wait_for_migration() {
    for (const Time until = std::min(from_now(kMigration), up_until_);;) {
        const Json answer = execute("query-migrate");
        const std::string status = answer.is_object() && answer.contains("return")
                                       ? member(answer["return"], "status")
                                       : "gone";
        if (status == "completed") return;
        if (status == "failed" || status == "gone") fail("save or restore the machine", status);
        if (std::chrono::steady_clock::now() > until)
            fail("save or restore the machine", "not done in time");
        throw_if_interrupted();
        process_->wait(0.002);
    }
}

// Memory is in the file that it is mapped from, so only what the devices hold goes through the
// migration's stream. The monitor is the host's: the guest stands still until `cont`.
const Json kMemoryStays{{"capabilities", {{{"capability", "x-ignore-shared"}, {"state", true}}}}};

// A machine that comes from elsewhere announces its NICs to the switch, by the host's clock. Nobody
// is to be told here, and a counted guest must not see when.
const Json kAnnouncesNothing{{"announce-rounds", 0}};

void MonitoredQemu::resume() {
    require("migrate-set-capabilities", kMemoryStays);
    require("migrate-set-parameters", kAnnouncesNothing);
    require("migrate-incoming",
            {{"uri", fmt::format("exec:tail -c +{} {}", memory_ + 1, shell_quoted(state_))}});
    wait_for_migration();
    require("cont");
}

void MonitoredQemu::save() {
    if (::truncate(state_.c_str(), memory_) != 0)
        throw Error(Status::lost, fmt::format("snapshot: {}", std::strerror(errno)),
                    "free space on the cache's disk, or set XDG_CACHE_HOME to another one");
    require("migrate-set-capabilities", kMemoryStays);
    require("migrate", {{"uri", fmt::format("exec:cat >>{}", shell_quoted(state_))}});
    wait_for_migration();
}

bool hit_patch_race(const Machine& machine, const std::string& console) {
    return machine.accel == "tcg" && machine.smp > 1 &&
           console.find(" int3: 0000 [#1]") != std::string::npos;
}

void MonitoredQemu::quit() {
    execute("quit");
    if (!process_->wait(10)) process_->kill();
}

std::string worth_telling(const std::string& qemu_stderr) {
    std::istringstream lines(qemu_stderr);
    std::string out;
    const auto usual = [](const std::string& line) {
        return line.find("TCG doesn't support requested feature") != std::string::npos ||
               line.ends_with("is not connected to host network");  // a hub, on purpose
    };
    for (std::string line; std::getline(lines, line);)
        if (!usual(line)) out += line + "\n";
    return out;
}

}  // namespace rxlab
