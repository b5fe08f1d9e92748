// SPDX-License-Identifier: GPL-2.0
#include "fuzz/targets.h"

#include "attribution/fold.h"
#include "base/error.h"
#include "base/json.h"
#include "change/changelog.h"
#include "change/executed_json.h"
#include "collect/bpftrace_output.h"
#include "collect/perf_script.h"
#include "collect/procfs.h"
#include "experiment/experiment_json.h"
#include "experiment/test_words.h"
#include "history/diff_causes.h"
#include "journal/page.h"
#include "profile/advice.h"
#include "result/result.h"
#include "session/kernel_log.h"
#include "settings/persistent_files.h"
#include "setup/counters.h"
#include "target/console.h"
#include "target/message.h"
#include "traffic/capture.h"
#include "traffic/hex.h"
#include "traffic/pktgen_text.h"
#include "tune/space.h"
#include "xdp/rules.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace rxlab::fuzz {
namespace {

/// A property of the reader, of which the input is the counterexample.
void holds(bool property, const char* words) {
    if (!property) throw std::logic_error(words);
}

/// Of inputs that are several texts in one: a NUL ends the first.
std::pair<std::string, std::string> parts(const std::string& input) {
    const size_t end = input.find('\0');
    if (end == std::string::npos) return {input, ""};
    return {input.substr(0, end), input.substr(end + 1)};
}

/// What is no JSON is refused before any reader of ours.
Json json_of(const std::string& input) {
    const Json json = Json::parse(input, nullptr, false);
    if (json.is_discarded()) throw Error(Status::usage, "no JSON");
    return json;
}

void experiment(const std::string& input) {
    const Json document = written(parse_experiment(input, "fuzz.json", test::words()));
    Experiment again;
    read(Field(document), again);
    holds(written(again) == document, "an experiment comes back from its JSON as it was");
}

void space(const std::string& input) {
    const Space space = parse_space(input, "fuzz.json");
    for (const Point& point : points_of(space)) words_of(space, point);
}

/// No line of a file that root's shell, udev or systemd reads is more than its author wrote.
void settings(const std::string& input) {
    const Settings read = parse_settings(input, "fuzz.json");
    holds(to_json(parse_settings(to_json(read).dump(), "again.json")) == to_json(read),
          "settings come back from their JSON as they were");
    const PersistentFiles files = persistent_files(read, {});
    for (const PersistentFile& file : files.files)
        if (file.path.starts_with("etc/sysctl.d/") || file.path.starts_with("etc/udev/"))
            holds(size_t(std::count(file.text.begin(), file.text.end(), '\n')) <=
                      1 + read.knobs.size(),
                  "a knob is one line");
}

void rules(const std::string& input) {
    parse_rules(input, "fuzz.json");
}

void rule_words(const std::string& input) {
    const PortRule rule = rule_from(input);
    holds(rule_from(to_text(rule)) == rule, "a rule's words are read as the same rule");
}

/// With and without leaving out what cannot be sent.
void capture(const std::string& input) {
    for (const std::string& frame : parse_capture(input, "fuzz.pcap", {1000, true}).frames) {
        holds(frame.size() <= kMostTagged, "no frame is longer than Ethernet's");
        holds(from_hex(to_hex(frame)) == frame, "a frame comes back from its digits");
    }
    parse_capture(input, "fuzz.pcap");
}

/// What is damaged is kept: the page comes back from what would be written.
void journal(const std::string& input) {
    const Page page = decode_page(input, "boot");
    const Page again = decode_page(encode_page(page, "boot"), "boot");
    holds(again.entries.size() == page.entries.size(),
          "no entry is lost where the page is written");
}

void observation(const std::string& input) {
    const Observation read = observation_from_json(json_of(input));
    holds(to_json(observation_from_json(to_json(read))) == to_json(read),
          "an observation comes back from its JSON as it was");
}

void result(const std::string& input) {
    const Result read = result_from_json(json_of(input));
    holds(to_json(result_from_json(to_json(read))) == to_json(read),
          "a result comes back from its JSON as it was");
}

/// What the history keeps: of a result, or of a diff.
void history(const std::string& input) {
    const Json document = json_of(input);
    if (is_diff(document)) {
        causes_in(document, "fuzz");
        return;
    }
    const Record record = record_of(document, {}, {});
    for (const SeriesPoint& point : record.points)
        holds(point.value.has_value() == point.fault.empty(), "a value, or why there is none");
}

/// In pieces, as a guest writes: the first byte of the input says how long they are.
void message(const std::string& input) {
    if (input.empty()) return;
    const size_t piece = 1 + static_cast<unsigned char>(input[0]);
    MessageDecoder decoder;
    size_t whole = 0;
    for (size_t at = 1; at < input.size(); at += piece) {
        decoder.feed(std::string_view(input).substr(at, piece));
        while (const auto next = decoder.next()) whole += encode(*next).size();
    }
    holds(whole + decoder.skipped() + decoder.pending() == input.size() - 1,
          "each byte is in a message, skipped or pending");
}

void console(const std::string& input) {
    fault_in(input);
    splats_in(input);
    tail(input);
}

void kernel_log(const std::string& input) {
    find_splats(kernel_messages(input, 0));
    last_sequence(input);
}

void bpftrace(const std::string& input) {
    Values values;
    report_bpftrace("b", parse_bpftrace(input), {{"@by_reason", {{"3", "no_socket"}}}}, values);
}

/// A script's comment, and a tracepoint's format.
void bpftrace_names(const std::string& input) {
    const auto [script, format] = parts(input);
    for (const KeyNames& names : key_names(script)) parse_symbols(format, names.field);
}

void perf_script(const std::string& input) {
    std::istringstream lines(input);
    read_perf_script(lines);
}

/// As `rxlab advise` reads it: what has not its shape is refused by the library's own exceptions.
void profile(const std::string& input) {
    try {
        advice_of(Json::parse(input));
    } catch (const Json::exception&) {
    }
}

void perf_stat(const std::string& input) {
    parse_perf_stat(input);
}
void perf_report(const std::string& input) {
    parse_perf_report_stats(input);
}
void proc_softirqs(const std::string& input) {
    parse_softirqs(input);
}
void proc_interrupts(const std::string& input) {
    parse_interrupts(input);
}
void proc_softnet(const std::string& input) {
    parse_softnet(input);
}
void proc_stat(const std::string& input) {
    parse_cpu_times(input);
}
void proc_task(const std::string& input) {
    const auto [schedstat, stat] = parts(input);
    parse_schedstat(schedstat);
    parse_last_cpu(stat);
}
void proc_net_dev(const std::string& input) {
    parse_net_dev(input, "eth0");
}

/// What the plugin counted, and the guest's kallsyms.
void attribution(const std::string& input) {
    const auto [counted, symbols] = parts(input);
    total(fold(counted, symbols.empty() ? "ffffffff81000000 T start\n" : symbols).stacks);
}

/// Stacks that an interrupted diff left come back as they were.
void executed(const std::string& input) {
    const Json json = to_json(executed_from_json(json_of(input)));
    holds(to_json(executed_from_json(json)) == json, "stacks come back as they were");
}

/// A package's, and a function's name.
void changelog(const std::string& input) {
    const auto [text, function] = parts(input);
    entries_about(entries_since(text, "6.12.113-1"), {function});
}

void netlink(const std::string& input) {
    parse_nft_counters(input);
    parse_ingress_drops(input, 2);
}

void pktgen(const std::string& input) {
    pktgen_answer(input);
    pktgen_setting(input, "count");
    parse_pktgen_result(input);
}

}  // namespace

const Target kTargets[] = {
    {"experiment", "an experiment's file", experiment},
    {"space", "a space of settings to search", space},
    {"settings", "settings to apply, and their files", settings},
    {"rules", "a rules file of the port filter", rules},
    {"rule_words", "one rule in words", rule_words},
    {"capture", "a capture of frames", capture},
    {"journal", "the journal of changes to be undone", journal},
    {"observation", "a trial's observation", observation},
    {"result", "result.json", result},
    {"history", "what is added to the history", history},
    {"message", "what a guest sends", message},
    {"console", "what a guest prints", console},
    {"kernel_log", "records of /dev/kmsg", kernel_log},
    {"bpftrace", "bpftrace's output", bpftrace},
    {"bpftrace_names", "a script's comment and a tracepoint's format", bpftrace_names},
    {"perf_script", "what perf script prints", perf_script},
    {"profile", "a profile that advice is of", profile},
    {"perf_stat", "perf stat's table", perf_stat},
    {"perf_report", "perf report's sums", perf_report},
    {"proc_softirqs", "/proc/softirqs", proc_softirqs},
    {"proc_interrupts", "/proc/interrupts", proc_interrupts},
    {"proc_softnet", "/proc/net/softnet_stat", proc_softnet},
    {"proc_stat", "/proc/stat", proc_stat},
    {"proc_task", "schedstat and stat of a task", proc_task},
    {"proc_net_dev", "/proc/net/dev", proc_net_dev},
    {"attribution", "what the plugin counted, and kallsyms", attribution},
    {"executed", "stacks that an interrupted diff left", executed},
    {"changelog", "a package's changelog, and a function", changelog},
    {"netlink", "the kernel's answers about nft and tc", netlink},
    {"pktgen", "pktgen's files in /proc", pktgen},
};
const size_t kTargetCount = std::size(kTargets);

const Target& target_named(const std::string& name) {
    std::string names;
    for (const Target& target : kTargets) {
        if (name == target.name) return target;
        names += std::string(" ") + target.name;
    }
    throw std::invalid_argument("no target '" + name + "'; there are:" + names);
}

void try_input(const Target& target, const std::string& input) {
    try {
        target.read(input);
    } catch (const Error&) {
    }
}

}  // namespace rxlab::fuzz
