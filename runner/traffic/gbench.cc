// SPDX-License-Identifier: GPL-2.0
// A Google Benchmark program in user space: a window is one start of it with one benchmark, its
// JSON read from its output.
#include "base/error.h"
#include "base/lines.h"
#include "base/nearest.h"
#include "traffic/kinds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace rxlab {

const char kGbenchSchema[] = R"({
  "type": "object",
  "required": ["program", "benchmark"],
  "properties": {
    "program": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": 64,
        "description": "a file of $RXLAB_BENCH, or of the folder bench beside rxlab itself"},
    "benchmark": {"type": "string", "pattern": "^[!-~]+$", "maxLength": 200,
        "description": "its name up to the next four: BENCHMARK/MODE/size:N/batch:N/threads:N"},
    "mode": {"type": "string", "pattern": "^[a-z0-9_]+$", "maxLength": 64},
    "size": {"type": "integer", "minimum": 1},
    "batch": {"type": "integer", "minimum": 1},
    "threads": {"type": "integer", "minimum": 1},
    "min_time": {"type": "number", "exclusiveMinimum": 0, "maximum": 600, "default": 0.02,
        "description": "about how many seconds of CPU time (of all threads) a repetition takes"},
    "repetitions": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 3,
        "description": "in one start of the program, whose value is their median"},
    "timeout": {"type": "integer", "minimum": 1, "maximum": 86400, "default": 60,
        "description": "seconds until a start is given up"}
  }
})";

namespace {

constexpr const char* kList = "--benchmark_list_tests=true";
constexpr size_t kMostShown = 100;
constexpr int kMostStarts = 4;  // of a window; each takes a fraction of a second, and what
                                // disturbed one is gone by the next, mostly

std::string program_file(const std::string& name) {
    const char* folder = std::getenv("RXLAB_BENCH");
    if (folder && *folder) return fmt::format("{}/{}", folder, name);
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "bench" / name;
}

std::string benchmark_name(const Json& parameters) {
    std::string name = parameters.at("benchmark");
    if (parameters.contains("mode")) name += "/" + parameters["mode"].get<std::string>();
    for (const char* key : {"size", "batch", "threads"})
        if (parameters.contains(key))
            name += fmt::format("/{}:{}", key, parameters[key].get<uint64_t>());
    return name;
}

/// That this very name fits, and no other.
std::string filter_for(const std::string& name) {
    std::string filter = "^";
    for (const char c : name)
        filter +=
            std::string(std::string(R"(\^$.|?*+()[]{})").find(c) == std::string::npos ? "" : "\\") +
            c;
    return filter + "$";
}

std::vector<std::string> command_for(const Json& parameters) {
    return {program_file(parameters.at("program")),
            "--benchmark_filter=" + filter_for(benchmark_name(parameters)),
            "--benchmark_format=json",
            fmt::format("--benchmark_min_time={}", parameters.value("min_time", 0.02)),
            fmt::format("--benchmark_repetitions={}", parameters.value("repetitions", 3)),
            "--benchmark_enable_random_interleaving=false",
            "--benchmark_report_aggregates_only=false",
            "--benchmark_display_aggregates_only=false"};
}

double seconds_for(const Json& parameters) {
    return parameters.value("timeout", 60);
}

std::string beginning_of(std::string text) {
    text.erase(text.find_last_not_of(" \n") + 1);
    return one_line(text).substr(0, kMostShown);
}

/// One repetition of the benchmark.
struct Repetition {
    uint64_t sent = 0, right = 0;  ///< records produced, and found right by whoever consumed them
    double elapsed_ns = 0;
    double on_cpu = 1;  ///< share of that time in which its threads had a CPU
    double ns_per_record() const { return elapsed_ns / static_cast<double>(sent); }
};

/// What the program said. @throws Error(Status::invalid) unless it is whole, of the benchmark that
/// was asked for, and without error.
class Output {
public:
    Output(std::string who, const std::string& text)
        : who_(std::move(who)), document_(Json::parse(text, nullptr, false)) {
        if (document_.is_discarded())
            refuse(
                fmt::format("its output is no JSON document, it begins '{}'", beginning_of(text)));
        if (!document_.is_object() || !document_.contains("context") ||
            !document_.contains("benchmarks"))
            refuse("its output is not Google Benchmark's: no context, or no benchmarks");
    }

    /// What the library says of machine and build; where it ran and whose machine it is are left
    /// out.
    Json context() const {
        Json context = document_["context"];
        for (const char* key : {"host_name", "executable"}) context.erase(key);
        return context;
    }

    std::vector<Repetition> repetitions(const std::string& name, size_t count) const {
        std::vector<Repetition> all;
        for (const Json& run : document_["benchmarks"])
            if (text(run, "run_type") == "iteration") all.push_back(repetition(run, name));
        if (all.size() != count)
            refuse(fmt::format("{} repetitions, expected {}", all.size(), count));
        return all;
    }

private:
    Repetition repetition(const Json& run, const std::string& name) const {
        if (text(run, "run_name") != name)
            refuse(fmt::format("it ran '{}', expected '{}'", text(run, "run_name"), name));
        if (run.value("error_occurred", false))
            refuse(fmt::format("the benchmark failed: {}", text(run, "error_message")));
        // Both times are per iteration, iterations those of all threads together; their product is
        // what passed.
        const double iterations = number(run, "iterations"), real = number(run, "real_time"),
                     threads = number(run, "threads");
        Repetition repetition;
        repetition.sent = static_cast<uint64_t>(number(run, "records_sent"));
        repetition.right = static_cast<uint64_t>(counter(run, "records_right"));
        repetition.elapsed_ns = real * iterations * ns_of(text(run, "time_unit"));
        repetition.on_cpu = std::min(1.0, number(run, "cpu_time") / real / threads);
        return repetition;
    }

    double ns_of(const std::string& unit) const {
        for (const auto& [name, ns] : {std::pair("ns", 1.0), {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}})
            if (unit == name) return ns;
        refuse(fmt::format("unknown time_unit '{}'", unit));
    }

    std::string text(const Json& run, const char* key) const {
        if (!run.is_object() || !run.contains(key) || !run[key].is_string())
            refuse(fmt::format("a run without the text '{}'", key));
        return run[key];
    }

    double counter(const Json& run, const char* key) const {
        if (!run.contains(key) || !run[key].is_number() || run[key] < 0)
            refuse(fmt::format("a run without the number '{}'", key));
        return run[key];
    }

    double number(const Json& run, const char* key) const {
        const double value = counter(run, key);
        if (value <= 0) refuse(fmt::format("'{}' is {}", key, value));
        return value;
    }

    [[noreturn]] void refuse(const std::string& fact) const {
        throw Error(Status::invalid, fmt::format("{}: {}", who_, fact),
                    "runner/bench/README.md says what a benchmark has to tell");
    }

    std::string who_;
    Json document_;
};

class Gbench : public Traffic {
public:
    Gbench(Sys& sys, Json parameters) : sys_(sys), parameters_(std::move(parameters)) {
        sinks.push_back({"bench.right", [this] { return right_; }});
    }

    /// How many records there are follows from the time they take.
    void prepare(uint64_t) override {}

    /// A start that shared its CPUs measured the scheduler: another takes its place, which is
    /// counted. The last one stands, for the check to judge.
    TrafficReport send() override {
        Json disturbed = Json::array();
        for (;;) {
            right_ = 0;
            TrafficReport sent = start();
            if (sent.overlap >= kLeastOverlap || disturbed.size() + 1 == kMostStarts) {
                sent.metrics["bench.disturbed_starts"] = static_cast<double>(disturbed.size());
                sent.raw["disturbed"] = disturbed;
                return sent;
            }
            disturbed.push_back(
                {{"on_cpu", sent.overlap}, {"ns_per_record", sent.raw["ns_per_record"]}});
        }
    }

private:
    TrafficReport start() {
        const std::vector<std::string> command = command_for(parameters_);
        const std::string name = benchmark_name(parameters_);
        const Output output(fmt::format("{} {}", command[0], name),
                            output_of(command, sys_.run_for(seconds_for(parameters_), command)));
        TrafficReport sent =
            sent_in(output.repetitions(name, parameters_.value("repetitions", size_t{3})));
        sent.raw["command"] = command;
        sent.raw["context"] = output.context();
        return sent;
    }

    TrafficReport sent_in(std::vector<Repetition> all) {
        TrafficReport sent;
        for (const Repetition& one : all) {
            sent.packets += one.sent;
            sent.raw["ns_per_record"].push_back(one.ns_per_record());
            right_ += one.right;
        }
        std::sort(all.begin(), all.end(), [](const Repetition& a, const Repetition& b) {
            return a.ns_per_record() < b.ns_per_record();
        });
        const Repetition& median =
            all[(all.size() - 1) / 2];  // a repetition that was, not a mean of two
        sent.busy_packets = median.sent;
        sent.busy_ns = static_cast<uint64_t>(median.elapsed_ns);
        sent.overlap = median.on_cpu;
        sent.metrics["bench.spread_ns_per_record"] =
            all.back().ns_per_record() - all.front().ns_per_record();
        sent.metrics["bench.on_cpu_fraction"] = median.on_cpu;
        return sent;
    }

    Sys& sys_;
    Json parameters_;
    uint64_t right_ = 0;
};

}  // namespace

std::unique_ptr<Traffic> make_gbench(Sys& sys, Journal&, const Topology&, const Json& parameters,
                                     uint64_t) {
    return std::make_unique<Gbench>(sys, parameters);
}

void require_gbench(Sys& sys, const Json& parameters) {
    const std::string file = program_file(parameters.at("program")),
                      name = benchmark_name(parameters);
    if (!sys.exists(file))
        throw Error(
            Status::usage, fmt::format("traffic gbench: no program {}", file),
            "make bench-build builds ring_bench; RXLAB_BENCH names the folder of another program");
    CommandResult ran = sys.run_for(seconds_for(parameters), {file, kList});
    const std::string said = beginning_of(ran.err);
    std::istringstream list(output_of({file, kList}, std::move(ran)));
    std::vector<std::string> names;
    for (std::string line; std::getline(list, line); names.push_back(line))
        if (line == name) return;
    throw Error(
        Status::usage,
        fmt::format("{} has no benchmark '{}'{}", file, name,
                    said.empty() ? "" : "; it says: " + said),
        fmt::format(
            "{}{} {} lists them; make bench-build installs the peers and builds ring_bench anew",
            did_you_mean(name, names, "", " "), file, kList));
}

std::string describe_gbench(const Json& parameters) {
    return fmt::format("run {}", fmt::join(command_for(parameters), " "));
}

}  // namespace rxlab
