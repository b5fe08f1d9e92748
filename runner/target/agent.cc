// SPDX-License-Identifier: GPL-2.0
#include "target/agent.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "base/error.h"
#include "base/fd.h"
#include "base/printable.h"
#include "session/session.h"
#include "sys/bpf.h"
#include "sys/process.h"
#include "target/message.h"
#include "target/payload.h"

namespace rxlab {
namespace {

constexpr const char* kPorts = "/sys/class/virtio-ports";

// What the kernel or a tool said may hold bytes that are no UTF-8: they cost themselves, not the
// trial.
std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

class Port {
public:
    explicit Port(Sys& sys) {
        for (const std::string& device : sys.list(kPorts))
            if (sys.read_file(fmt::format("{}/{}/name", kPorts, device)) == "rxlab\n")
                fd_ = Fd(::open(("/dev/" + device).c_str(), O_WRONLY | O_CLOEXEC));
        if (!fd_) throw Error(Status::lost, "the guest has no virtio-serial port 'rxlab'");
    }
    void send(MessageType type, const std::string& payload = {}) {
        const std::string bytes = encode({type, payload});
        for (size_t sent = 0; sent < bytes.size();) {
            const ssize_t wrote = ::write(fd_.get(), bytes.data() + sent, bytes.size() - sent);
            if (wrote <= 0)
                throw Error(Status::lost, fmt::format("the results port does not take bytes: {}",
                                                      std::strerror(errno)));
            sent += static_cast<size_t>(wrote);
        }
    }

private:
    Fd fd_;
};

void reset_machine() {
    const Fd trigger(::open("/proc/sysrq-trigger", O_WRONLY));
    (void)!::write(trigger.get(), "b", 1);
    for (;;) ::pause();
}

void run_trial_job(Sys& sys, Port& port, const Json& job) {
    SessionOptions options;
    options.ns_per_instruction = job.at("options").value("ns_per_instruction", 0.0);
    options.attribute = job.at("options").value("attribute", false);
    Journal journal(sys, "");  // the machine is thrown away: nothing to restore after a crash
    port.send(MessageType::observation,
              text_of(to_json(run_trial(sys, journal, trial_from_json(job.at("trial")), options))));
}

struct Child {
    std::unique_ptr<Process> process;
    Fd out, err;
};

Child start(const std::vector<std::string>& argv, const std::string& input) {
    const Fd in(::memfd_create("stdin", MFD_CLOEXEC));
    for (size_t done = 0; done < input.size();) {
        const ssize_t wrote = ::write(in.get(), input.data() + done, input.size() - done);
        if (wrote <= 0)
            throw Error(Status::lost, fmt::format("standard input: {} of {} bytes: {}", done,
                                                  input.size(), std::strerror(errno)));
        done += static_cast<size_t>(wrote);
    }
    ::lseek(in.get(), 0, SEEK_SET);
    int out[2], err[2];
    if (::pipe2(out, O_CLOEXEC) || ::pipe2(err, O_CLOEXEC)) throw Error(Status::lost, "pipe");
    const Fd theirs[] = {Fd(out[1]), Fd(err[1])};
    Child child{nullptr, Fd(out[0]), Fd(err[0])};
    child.process = std::make_unique<Process>(
        Launch{.argv = argv, .in = in.get(), .out = theirs[0].get(), .err = theirs[1].get()});
    return child;
}

// Passes both outputs on until they are closed.
void stream(Port& port, const Child& child) {
    const std::array<MessageType, 2> types{MessageType::out, MessageType::err};
    std::array<pollfd, 2> ends{pollfd{child.out.get(), POLLIN, 0},
                               pollfd{child.err.get(), POLLIN, 0}};
    for (int open = 2; open > 0;) {
        ::poll(ends.data(), ends.size(), -1);
        for (size_t i = 0; i < ends.size(); ++i) {
            if (!ends[i].revents) continue;
            char bytes[65536];
            const ssize_t got = ::read(ends[i].fd, bytes, sizeof bytes);
            if (got > 0) {
                port.send(types[i], {bytes, static_cast<size_t>(got)});
            } else {
                ends[i].fd = -1;
                open--;
            }
        }
    }
}

/// As a shell has it: 127 for a program that cannot be started.
int run_streaming(Port& port, const Json& job) {
    Child child;
    try {
        child = start(job.at("argv").get<std::vector<std::string>>(), job.value("stdin", ""));
    } catch (const Error& error) {
        if (error.status() != Status::usage) throw;
        port.send(MessageType::err, fmt::format("{}\n", error.what()));
        return 127;
    }
    stream(port, child);
    const int status = child.process->wait();
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void run_exec_job(Sys&, Port& port, const Json& job) {
    port.send(MessageType::exit_status, std::to_string(run_streaming(port, job)));
}

void run_shell_job(Sys&, Port&, const Json&) {
    Process({.argv = {"/bin/busybox", "setsid", "cttyhack", "sh"}, .foreground = true}).wait();
}

struct Job {
    const char* name;
    void (*run)(Sys& sys, Port& port, const Json& job);
    bool files;          ///< the host sends some along, even if it does not say so
    const char* folder;  ///< that these are unpacked in
};

const Job kJobs[] = {
    {"trial", run_trial_job, false, "/"},
    {"exec", run_exec_job, true, "."},
    {"shell", run_shell_job, true, "."},
};

const Job& job_named(const std::string& name) {
    for (const Job& known : kJobs)
        if (name == known.name) return known;
    throw Error(Status::usage, fmt::format("the guest knows no job '{}'", name));
}

void unpack(Sys& sys, const char* folder) {
    const std::string files = run_or_throw(sys, {"rxguest", "read", "opt/rxlab/files"});
    const std::filesystem::path here = std::filesystem::current_path();
    std::filesystem::current_path(folder);
    run_or_throw(sys, {"cpio", "-idmu"}, files);
    std::filesystem::current_path(here);
}

// Reads its job synchronously from the host's fw_cfg, does it, says so.
void do_job(Sys& sys, Port& port) {
    const std::string plan = run_or_throw(sys, {"rxguest", "read", "opt/rxlab/plan"});
    port.send(MessageType::started);
    const Json words = Json::parse(plan);
    const Job& job = job_named(words.at("job"));
    if (words.value("files", job.files)) unpack(sys, job.folder);
    job.run(sys, port, words);
}

void send_error(Port& port, Status status, const std::string& fact, const std::string& next) {
    port.send(MessageType::error, text_of(Json{{"status", static_cast<int>(status)},
                                               {"fact", printable(fact)},
                                               {"next", printable(next)}}));
}

}  // namespace

int agent_main() {
    Sys& sys = real_sys();
    Port port(sys);
    prepare(sys);
    prefer_bpf_objects_in(kPayloadBpf);
    run_or_throw(sys, {"rxguest", "stop"});
    try {
        do_job(sys, port);
    } catch (const Error& error) {
        send_error(port, error.status(), error.what(), error.next());
    } catch (const std::exception& error) {
        send_error(port, Status::lost, fmt::format("{} (a fault in rxlab itself)", error.what()),
                   "");
    }
    port.send(MessageType::done);
    reset_machine();
    return 0;
}

}  // namespace rxlab
