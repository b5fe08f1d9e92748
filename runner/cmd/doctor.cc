// SPDX-License-Identifier: GPL-2.0
// What this machine can and cannot do: one row per finding, each with its remedy.
#include "base/error.h"
#include "cmd/catalogue.h"
#include "cmd/options.h"
#include "journal/journal.h"
#include "session/prepare.h"
#include "sys/modules.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <linux/perf_event.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <memory>

namespace rxlab {
namespace {

enum class Grade { good, limited, bad };

struct Finding {
    Grade grade;
    std::string fact;
    std::string remedy;  ///< empty when nothing is to be done
};

struct Examination {
    const char* name;
    const char* needed_for;
    Finding (*look)(Sys& sys);
};

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

Finding look_qemu(Sys& sys) {
    try {
        const CommandResult qemu = sys.run({"qemu-system-x86_64", "--version"});
        if (qemu.status == 0) return {Grade::good, first_line(qemu.out), ""};
    } catch (const Error&) {
    }
    return {Grade::bad, "no qemu-system-x86_64 in PATH", "make deps"};
}

Finding look_kvm(Sys&) {
    const int fd = ::open("/dev/kvm", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return {Grade::limited, "no usable /dev/kvm",
                "use the counted lane in a VM, or the timed lane with TARGET=host"};
    ::close(fd);
    return {Grade::limited,
            "/dev/kvm opens; whether it runs a stock kernel shows only when one boots",
            "rxlab run EXPERIMENT --lane timed tries it"};
}

Finding look_root(Sys&) {
    if (::geteuid() == 0) return {Grade::good, "root", ""};
    return {Grade::limited, "not root", "the VM target needs no root; TARGET=host does: sudo"};
}

Finding look_btf(Sys& sys) {
    if (sys.exists("/sys/kernel/btf/vmlinux"))
        return {Grade::good, "/sys/kernel/btf/vmlinux is there", ""};
    return {Grade::limited, "the kernel has no BTF",
            "a kernel with CONFIG_DEBUG_INFO_BTF, or the VM target"};
}

Finding look_modules(Sys& sys) {
    const std::string release = kernel_release(sys);
    if (const ModulesRefused refused = modules_refused(sys); !refused.why.empty())
        return {Grade::limited, refused.why, refused.next};
    if (!sys.exists("/lib/modules/" + release + "/build"))
        return {Grade::limited, "no headers of " + release + ": rxlab's modules cannot be built",
                "apt-get install linux-headers-" + release};
    return {Grade::good, "rxlab's modules can be built and loaded", ""};
}

Finding look_pktgen(Sys& sys) {
    if (sys.exists("/proc/net/pktgen")) return {Grade::good, "pktgen is loaded", ""};
    const CommandResult probe = sys.run({"modprobe", "--dry-run", "pktgen"});
    if (probe.status == 0) return {Grade::good, "pktgen can be loaded", ""};
    return {Grade::limited, "no pktgen for the running kernel",
            "on the host, traffic kind live_frames; in the VM pktgen is always there"};
}

Finding look_perf(Sys&) {
    perf_event_attr attr{};
    attr.size = sizeof attr;
    attr.type = PERF_TYPE_HARDWARE;
    attr.config = PERF_COUNT_HW_INSTRUCTIONS;
    attr.exclude_kernel = 1;
    const long fd = ::syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
    if (fd < 0)
        return {Grade::limited, "no hardware performance counters",
                "the counted lane counts instructions without them"};
    ::close(static_cast<int>(fd));
    return {Grade::good, "hardware performance counters work", ""};
}

Finding look_tools(Sys& sys) {
    std::vector<std::string> missing;
    for (const char* tool : {"perf", "bpftrace", "xdp-loader"})
        if (sys.run({tool, "--version"}).status == 127) missing.push_back(tool);
    if (missing.empty()) return {Grade::good, "perf, bpftrace and xdp-tools are there", ""};
    return {Grade::limited, fmt::format("not installed: {}", fmt::join(missing, ", ")),
            "make deps"};
}

Finding look_cpus(Sys&) {
    const long cpus = ::sysconf(_SC_NPROCESSORS_ONLN);
    if (cpus >= 2) return {Grade::good, fmt::format("{} CPUs online", cpus), ""};
    return {Grade::limited, "one CPU online", "contention between CPUs cannot be seen here"};
}

Finding look_governor(Sys& sys) {
    const char* path = "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor";
    if (!sys.exists(path))
        return {Grade::limited, "no cpufreq: the clock's speed is not ours to see (a VM?)",
                "timed results hold for this machine and hour only"};
    const std::string governor = first_line(sys.read_file(path));
    if (governor == "performance") return {Grade::good, "governor performance", ""};
    return {Grade::limited, "governor " + governor,
            "for the timed lane: cpupower frequency-set -g performance"};
}

Finding look_smt(Sys& sys) {
    const char* path = "/sys/devices/system/cpu/smt/active";
    if (!sys.exists(path) || first_line(sys.read_file(path)) != "1")
        return {Grade::good, "SMT is off", ""};
    return {Grade::limited, "SMT is on: siblings share a core",
            "for the timed lane: echo off > /sys/devices/system/cpu/smt/control"};
}

Finding look_report(Sys& sys) {
    const CommandResult python =
        sys.run({"/usr/bin/python3", "-c", "import matplotlib; print(matplotlib.__version__)"});
    if (python.status == 0) return {Grade::good, "matplotlib " + first_line(python.out), ""};
    return {Grade::bad, "/usr/bin/python3 has no matplotlib", "make deps"};
}

Finding look_disk(Sys&) {
    struct statvfs fs {};
    const char* home = std::getenv("HOME");
    if (::statvfs(home ? home : "/", &fs) != 0)
        return {Grade::limited, "the cache folder's disk cannot be examined", "set XDG_CACHE_HOME"};
    const double gib =
        static_cast<double>(fs.f_bavail) * static_cast<double>(fs.f_frsize) / (1ull << 30);
    if (gib >= 8)
        return {Grade::good, fmt::format("{:.0f} GiB free for kernels and snapshots", gib), ""};
    return {Grade::bad, fmt::format("{:.1f} GiB free; kernels and snapshots take up to 8", gib),
            "free space, or point XDG_CACHE_HOME at another disk"};
}

Finding look_journal(Sys& sys) {
    if (::geteuid() != 0)
        return {Grade::limited, "the journal is root's to read", "sudo build/rxlab doctor"};
    const Journal journal(sys, state_directory());
    const size_t pending = journal.pending().size() + journal.damage().size();
    const size_t kept = Journal(sys, kept_directory()).pending().size();
    if (!pending && kept)
        return {Grade::limited, fmt::format("{} settings of 'rxlab apply' are kept", kept),
                "rxlab apply --undo, where that is not meant"};
    if (!pending) return {Grade::good, "nothing left to restore", ""};
    return {Grade::bad, fmt::format("an interrupted run left {} changes", pending), "make restore"};
}

const Examination kExaminations[] = {
    {"qemu", "VM target", look_qemu},
    {"kvm", "timed lane in a VM", look_kvm},
    {"disk", "VM target", look_disk},
    {"report", "reports", look_report},
    {"root", "host target", look_root},
    {"journal", "host target", look_journal},
    {"btf", "host target", look_btf},
    {"modules", "rings and rxnic on the host", look_modules},
    {"pktgen", "host target", look_pktgen},
    {"tools", "perf, bpftrace, xdp", look_tools},
    {"cpus", "timed lane", look_cpus},
    {"governor", "timed lane", look_governor},
    {"smt", "timed lane", look_smt},
    {"perf", "perf collectors", look_perf},
};

const char* word(Grade grade) {
    switch (grade) {
        case Grade::good:
            return "ok";
        case Grade::limited:
            return "limited";
        case Grade::bad:
            return "missing";
    }
    return "?";
}

Finding examine(const Examination& examination) {
    try {
        return examination.look(real_sys());
    } catch (const Error& error) {  // a tool that is not there is a finding, not a failure
        return {Grade::limited, error.what(), "make deps"};
    }
}

int doctor(bool json) {
    Json list = Json::array();
    bool bad = false;
    for (const Examination& examination : kExaminations) {
        const Finding finding = examine(examination);
        bad |= finding.grade == Grade::bad;
        list.push_back({{"name", examination.name},
                        {"needed_for", examination.needed_for},
                        {"grade", word(finding.grade)},
                        {"fact", finding.fact},
                        {"remedy", finding.remedy}});
        if (json) continue;
        fmt::print("{:<8} {:<9} {:<20} {}\n", word(finding.grade), examination.name,
                   examination.needed_for, finding.fact);
        if (!finding.remedy.empty()) fmt::print("{:<39} -> {}\n", "", finding.remedy);
    }
    if (json) fmt::print("{}\n", Json{{"findings", list}, {"version", version()}}.dump(2));
    return static_cast<int>(bad ? Status::invalid : Status::ok);
}

}  // namespace

void define_doctor(CommandOptions command) {
    auto json = std::make_shared<bool>(false);
    command.flag("--json", *json, "print JSON");
    command.does([=] { return doctor(*json); });
}

}  // namespace rxlab
