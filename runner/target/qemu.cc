// SPDX-License-Identifier: GPL-2.0
#include "target/qemu.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <sstream>

#include "base/error.h"
#include "target/interrupt.h"

namespace rxlab {

namespace {

// tsc=reliable, no_timer_check, lpj: nothing is calibrated against another clock, which takes long and may differ.
// oops=panic, softlockup_panic, panic=-1 with -no-reboot: a broken guest ends QEMU at once.
// clearcpuid: under icount every iteration of a string instruction counts as an instruction, 4096 for clearing a page by
// ERMS; loops of ordinary stores and moves count as what they are.
// iomem=relaxed: `rxguest stop` disarms the local APIC's timer through /dev/mem.
// loglevel=5: warnings and worse reach the console, the rest would only cost serial output.
constexpr const char* kCmdline =
    "console=ttyS0 loglevel=5 panic=-1 oops=panic softlockup_panic=1 tsc=reliable no_timer_check "
    "cryptomgr.notests raid=noautodetect audit=0 lpj=4000000 clearcpuid=erms,rep_good mitigations=off iomem=relaxed";

std::string escaped(const std::string& path) {  // QEMU's option parser: a comma is written twice
    std::string out;
    for (const char c : path) out += c == ',' ? std::string(",,") : std::string(1, c);
    return out;
}

std::string fw_cfg(const std::string& name, const std::string& file) {
    return fmt::format("name=opt/rxlab/{},file={}", name, escaped(file));
}

std::string console(const std::string& path) {
    return path == "-" ? "stdio,id=console,signal=off" : "file,id=console,path=" + escaped(path);
}

}  // namespace

std::string guest_cmdline(const std::string& appended) { return appended.empty() ? kCmdline : fmt::format("{} {}", kCmdline, appended); }

std::vector<std::string> qemu_argv(const Machine& machine, const Wires& wires) {
    std::vector<std::string> argv{"qemu-system-x86_64", "-M", "pc", "-accel", machine.accel};
    if (machine.icount) argv.insert(argv.end(), {"-icount", "shift=1,sleep=off"});
    const std::vector<std::string> rest{
        "-cpu", machine.cpu, "-smp", std::to_string(machine.smp), "-m", std::to_string(machine.memory_mib),
        // A fixed clock and seed: the guest sees the same at every boot, KASLR included (RDRAND).
        "-rtc", "base=2024-01-01T00:00:00,clock=vm", "-seed", std::to_string(machine.seed),
        "-display", "none", "-nodefaults", "-no-user-config", "-no-reboot",
        "-kernel", machine.vmlinuz, "-initrd", machine.image, "-append", machine.cmdline,
        "-drive", fmt::format("file={},if=none,id=state", escaped(wires.state)),
        "-device", "pvpanic,ioport=1285",
        // ioeventfd hands requests to another host thread: the guest would see when that runs.
        "-device", "virtio-serial-pci,ioeventfd=off",
        "-chardev", "file,id=results,path=" + escaped(wires.results),
        "-device", "virtserialport,chardev=results,name=rxlab",
        "-chardev", console(wires.console), "-serial", "chardev:console",
        "-fw_cfg", fw_cfg("payload", wires.payload), "-fw_cfg", fw_cfg("plan", wires.plan), "-fw_cfg", fw_cfg("files", wires.files)};
    argv.insert(argv.end(), rest.begin(), rest.end());
    return argv;
}

MonitoredQemu::MonitoredQemu(std::vector<std::string> argv, const std::string& stderr_path) {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        throw Error(Status::lost, fmt::format("socketpair: {}", std::strerror(errno)));
    socket_ = pair[0];
    const std::vector<std::string> monitor{"-action", "panic=pause", "-chardev", fmt::format("socket,id=monitor,fd={}", pair[1]), "-mon", "chardev=monitor,mode=control"};
    argv.insert(argv.end(), monitor.begin(), monitor.end());
    try {
        process_ = std::make_unique<Process>(Launch{argv, "", stderr_path, {pair[1]}, false});
    } catch (const Error&) {
        ::close(pair[0]);
        ::close(pair[1]);
        throw;
    }
    ::close(pair[1]);
}

MonitoredQemu::~MonitoredQemu() { ::close(socket_); }

Json MonitoredQemu::receive(double seconds) {
    size_t end;
    while ((end = buffer_.find('\n')) == std::string::npos) {
        pollfd ready{socket_, POLLIN, 0};
        if (::poll(&ready, 1, static_cast<int>(seconds * 1000)) <= 0) return nullptr;
        char bytes[4096];
        const ssize_t got = ::read(socket_, bytes, sizeof bytes);
        if (got <= 0) return nullptr;
        buffer_.append(bytes, static_cast<size_t>(got));
    }
    const Json message = Json::parse(buffer_.substr(0, end), nullptr, false);
    buffer_.erase(0, end + 1);
    if (message.is_object() && message.value("event", "") == "GUEST_PANICKED") stopped_ = true;
    return message;
}

Json MonitoredQemu::execute(const std::string& command, const Json& arguments) {
    const std::string line = Json{{"execute", command}, {"arguments", arguments}}.dump() + "\n";
    if (::send(socket_, line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size())) return nullptr;
    for (;;) {
        const Json answer = receive(60);
        if (answer.is_null() || answer.contains("return") || answer.contains("error")) return answer;
    }
}

MonitoredQemu::Event MonitoredQemu::wait_for_stop(double seconds) {
    execute("qmp_capabilities", Json::object());
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (!stopped_) {
        throw_if_interrupted();
        if (std::chrono::steady_clock::now() > end) return Event::timeout;
        receive(0.2);
        if (!stopped_ && process_->wait(0)) return Event::ended;
    }
    return Event::stopped;
}

void MonitoredQemu::monitor(const std::string& line) {
    const Json answer = execute("human-monitor-command", {{"command-line", line}});
    const std::string words = answer.is_object() && answer.contains("return") ? answer["return"].get<std::string>() : "QEMU is gone";
    if (!words.empty()) throw Error(Status::lost, fmt::format("QEMU cannot {}: {}", line, words), "free space on the cache's disk, or set XDG_CACHE_HOME to another one");
}

void MonitoredQemu::quit() {
    execute("quit", Json::object());
    if (!process_->wait(10)) process_->kill();
}

std::string worth_telling(const std::string& qemu_stderr) {
    std::istringstream lines(qemu_stderr);
    std::string out;
    for (std::string line; std::getline(lines, line);)
        if (line.find("TCG doesn't support requested feature") == std::string::npos) out += line + "\n";
    return out;
}

}  // namespace rxlab
