// SPDX-License-Identifier: GPL-2.0
// A program of somebody's: a window is one run of it in a guest, its output goes to files.
#include "attribution/markers.h"
#include "attribution/system_calls.h"
#include "attribution/user_symbols.h"
#include "base/error.h"
#include "base/trimmed.h"
#include "sys/process.h"
#include "traffic/kinds.h"
#include "traffic/marked_run.h"
#include "traffic/traced_run.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <filesystem>

namespace rxlab {

const char kProgramSchema[] = R"({
  "type": "object",
  "required": ["program", "runs"],
  "properties": {
    "program": {"type": "string", "pattern": "^/.", "maxLength": 4096,
        "description": "a program's path on this machine; the libraries it is linked to come too"},
    "name": {"type": "string", "pattern": "^[^/]+$", "maxLength": 200,
        "description": "what it is called in the guest; else as here"},
    "arguments": {"type": "array", "maxItems": 1000, "items": {"type": "string"}},
    "files": {"type": "array", "maxItems": 1000,
        "items": {"type": "string", "pattern": "^/.", "maxLength": 4096},
        "description": "paths of files on this machine that it finds in its working directory"},
    "runs": {"type": "integer", "minimum": 1, "maximum": 1,
        "description": "in the measured window"},
    "warmup_runs": {"type": "integer", "minimum": 0, "maximum": 100, "default": 0}
  }
})";

namespace {

const std::string kProgramFolder = "/program/";
constexpr size_t kMostSaid = 200, kMostKept = 4000;  // bytes of what it writes

std::string file_name(const std::string& path) {
    return std::filesystem::path(path).filename();
}

std::string program_name(const Json& parameters) {
    return parameters.value("name", file_name(parameters.at("program")));
}

std::string end_of(const std::string& text, size_t most) {
    return text.size() <= most ? text : "..." + text.substr(text.size() - most);
}

class Program : public Traffic {
public:
    Program(Sys& sys, const Json& parameters) : sys_(sys) {
        const std::string name = program_name(parameters);
        run_ = {kProgramFolder + name,
                {"./" + name},
                kProgramFolder,
                "/tmp/program.out",
                "/tmp/program.err"};
        for (const Json& word : parameters.value("arguments", Json::array()))
            run_.argv.push_back(word);
        name_entries(system_call_entries(sys_.read_file("/proc/kallsyms")));
        sinks.push_back({"program.ended", [this] { return ended_; }});
    }

    void prepare(uint64_t runs) override { runs_ = runs; }

    TrafficReport send() override {
        TrafficReport sent;
        const uint64_t start = sys_.now_ns();
        for (uint64_t i = 0; i < runs_; i++) run_once();
        sent.busy_ns = sys_.now_ns() - start;
        sent.packets = sent.busy_packets = runs_;
        sent.raw = {{"out", end_of(sys_.read_file(run_.out_path), kMostKept)},
                    {"err", end_of(sys_.read_file(run_.err_path), kMostKept)}};
        return sent;
    }

    std::string symbols() override {
        return user_symbols(mappings_of(run_),
                            [this](const std::string& path) { return sys_.read_file(path); });
    }

private:
    void run_once() {
        const int status = run_marked(run_);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) fail(status);
        ended_++;
    }

    [[noreturn]] void fail(int status) {
        const std::string said = trimmed_end(sys_.read_file(run_.err_path));
        throw Error(Status::usage,
                    fmt::format("{} in the guest: {}{}", run_.argv[0], describe_exit(status),
                                said.empty() ? "" : ": " + end_of(said, kMostSaid)),
                    "what is counted has to succeed: files that it reads are named by --file, and "
                    "it finds them in its working directory");
    }

    Sys& sys_;
    MarkedRun run_;
    uint64_t runs_ = 0, ended_ = 0;
};

}  // namespace

std::unique_ptr<Traffic> make_program(Sys& sys, Journal&, const Topology&, const Json& parameters,
                                      uint64_t) {
    return std::make_unique<Program>(sys, parameters);
}

void require_program(Sys& sys, const Json& parameters) {
    const std::string file = kProgramFolder + program_name(parameters);
    if (!sys.exists(file))
        throw Error(Status::usage,
                    fmt::format("traffic program: no {} here: a program runs in a guest", file),
                    "--target vm");
}

std::vector<GuestFile> files_of_program(const Json& parameters) {
    std::vector<GuestFile> files{
        {parameters.at("program"), kProgramFolder + program_name(parameters), true}};
    for (const std::string file : parameters.value("files", Json::array()))
        files.push_back({file, kProgramFolder + file_name(file), false});
    return files;
}

}  // namespace rxlab
