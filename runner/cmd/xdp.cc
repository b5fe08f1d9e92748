// SPDX-License-Identifier: GPL-2.0
// A port filter and its statistics on an interface of this machine.
#include "base/error.h"
#include "base/interrupt.h"
#include "cmd/commands.h"
#include "xdp/stats.h"

#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <memory>

namespace rxlab {
namespace {

constexpr size_t kPortsShown = 10;
constexpr size_t kLargestFile = 16 << 20;  // 512 bytes for each rule there may be

std::string read_text(const std::string& file) {
    std::ifstream stream(file);
    std::string text(kLargestFile + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!stream.is_open() || stream.bad())
        throw Error(Status::usage, fmt::format("{}: cannot be read", file),
                    "the name of a rules file; rxlab xdp --help shows one");
    text.resize(static_cast<size_t>(stream.gcount()));
    if (text.size() > kLargestFile)
        throw Error(
            Status::usage,
            fmt::format("{}: larger than the {} MiB that a rules file may have", file,
                        kLargestFile >> 20),
            fmt::format(
                "a filter takes {} rules; ranges of ports (\"6000-6063\") make fewer of them",
                size_t{FILTER_MOST_RULES}));
    return text;
}

struct Options {
    FilterPlace place;
    std::string rules, mode = "native", engine = "bitmap";
    bool replace = false, json = false;
    double watch = 0;
    std::vector<std::string> words;
};

/// A line of the table: what, and how fast it grew since `before`.
void print_line(const std::string& name, const Count& now, const Count* before, double seconds) {
    fmt::print("  {:<44} {:>14} {:>16}", name, now.packets, now.bytes);
    if (before && seconds > 0)
        fmt::print(" {:>12.0f} {:>14.0f}",
                   static_cast<double>(now.packets - before->packets) / seconds,
                   static_cast<double>(now.bytes - before->bytes) / seconds);
    fmt::print("\n");
}

const Count* count_in(const std::map<std::string, Count>* counts, const std::string& name) {
    static const Count none;
    if (!counts) return nullptr;
    const auto found = counts->find(name);
    return found == counts->end() ? &none : &found->second;
}

void print_counts(const char* title, const std::map<std::string, Count>& counts,
                  const std::map<std::string, Count>* before, double seconds,
                  size_t most = SIZE_MAX) {
    std::vector<std::pair<std::string, Count>> rows;
    for (const auto& [name, count] : counts)
        if (count.packets) rows.emplace_back(name, count);
    if (rows.empty()) return;
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return a.second.packets > b.second.packets;
    });
    fmt::print("{}{}\n", title,
               rows.size() > most ? fmt::format(" (the first {} of {})", most, rows.size()) : "");
    for (size_t i = 0; i < std::min(rows.size(), most); i++)
        print_line(rows[i].first, rows[i].second, count_in(before, rows[i].first), seconds);
}

/// Where other programs find the counters.
std::string counters_line(const FilterStats& stats) {
    if (!stats.pins.empty()) return "counters under " + stats.pins;
    std::string text = "counters by id (bpftool map dump id N):";
    for (const char* name : kCounterMaps)
        text += fmt::format(" {} {}", name, stats.map_ids.at(name));
    return text;
}

void print_stats(const FilterPlace& place, const FilterStats& now, const FilterStats* before) {
    const double seconds = before ? static_cast<double>(now.when_ns - before->when_ns) / 1e9 : 0;
    fmt::print("{}: port filter, engine {}, {}{}\n{}\n", place.interface, now.engine, now.mode,
               before ? "; Ctrl-C ends" : "", counters_line(now));
    fmt::print("  {:<44} {:>14} {:>16}{}\n", "", "packets", "bytes",
               before ? fmt::format(" {:>12} {:>14}", "packets/s", "bytes/s") : "");
    for (const char* verdict : {"pass", "drop"})
        print_line(verdict, now.verdicts.at(verdict),
                   before ? &before->verdicts.at(verdict) : nullptr, seconds);
    fmt::print("rules, the most specific first\n");
    for (const FilterRule& rule : now.rules) {
        const Count* old = nullptr;
        if (before)
            for (const FilterRule& other : before->rules)
                if (other.slot == rule.slot) old = &other.count;
        print_line(rule.rule, rule.count, old, seconds);
    }
    print_counts("where no rule applies", now.decided, before ? &before->decided : nullptr,
                 seconds);
    print_counts("ports blocked", now.dropped_ports, before ? &before->dropped_ports : nullptr,
                 seconds, kPortsShown);
    print_counts("ports passed", now.passed_ports, before ? &before->passed_ports : nullptr,
                 seconds, kPortsShown);
    print_counts("frames", now.parsed, before ? &before->parsed : nullptr, seconds);
    print_counts("EtherTypes", now.ethertypes, before ? &before->ethertypes : nullptr, seconds);
    print_counts("IP protocols", now.protocols, before ? &before->protocols : nullptr, seconds);
}

/// Until Ctrl-C. On a terminal each table takes the place of the one before.
void watch(Sys& sys, const Options& options) {
    FilterStats before = filter_stats(sys, options.place);
    const bool terminal = ::isatty(STDOUT_FILENO);
    while (!interrupted()) {
        const uint64_t next = before.when_ns + static_cast<uint64_t>(options.watch * 1e9);
        while (!interrupted() && sys.now_ns() < next)
            sys.sleep_until(std::min(next, sys.now_ns() + 100'000'000));
        if (interrupted()) break;
        FilterStats now = filter_stats(sys, options.place);
        if (options.json)
            fmt::print("{}\n", to_json(now).dump());
        else {
            if (terminal) fmt::print("\033[H\033[J");
            print_stats(options.place, now, &before);
        }
        std::fflush(stdout);
        before = std::move(now);
    }
}

void show_stats(const Options& options) {
    Sys& sys = real_sys();
    if (options.watch > 0) return watch(sys, options);
    const FilterStats stats = filter_stats(sys, options.place);
    if (options.json)
        fmt::print("{}\n", to_json(stats).dump(2));
    else
        print_stats(options.place, stats, nullptr);
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

void list_rules(const Options& options) {
    Sys& sys = real_sys();
    const FilterStats stats = filter_stats(sys, options.place);
    if (options.json) {
        fmt::print("{}\n", to_json(stats)["rules"].dump(2));
        return;
    }
    for (size_t i = 0; i < stats.rules.size(); i++)
        fmt::print("{:>6}  {:<60} {:>14} packets\n", i + 1, stats.rules[i].rule,
                   stats.rules[i].count.packets);
    fmt::print("        {:<60} {:>14} packets\n",
               stats.drop_by_default ? "else drop" : "else allow",
               stats.decided.at("default").packets);
}

void add_rule(const Options& options) {
    const PortRule rule = rule_from(joined(options.words));
    change_rules(real_sys(), options.place, [&](RuleSet set) {
        set.rules.push_back(rule);
        rank(set.rules);
        return set;
    });
}

bool is_number(const std::string& text) {
    return !text.empty() && text.size() < 9 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

/// The rule's index by its number in the list or by its words; none: past the end.
size_t index_of(const RuleSet& set, const std::string& text) {
    if (is_number(text)) return std::stoul(text) - 1;  // 0 becomes none
    return static_cast<size_t>(std::find(set.rules.begin(), set.rules.end(), rule_from(text)) -
                               set.rules.begin());
}

void delete_rule(const Options& options) {
    const std::string text = joined(options.words);
    change_rules(real_sys(), options.place, [&](RuleSet set) {
        const size_t i = index_of(set, text);
        if (i >= set.rules.size())
            throw Error(Status::usage,
                        fmt::format("{}: no rule '{}'", options.place.interface, text),
                        fmt::format("rxlab xdp rules list {}", options.place.interface));
        set.rules.erase(set.rules.begin() + static_cast<std::ptrdiff_t>(i));
        return set;
    });
}

void load(const Options& options) {
    Sys& sys = real_sys();
    const Engine& engine = engine_named(options.engine);
    const RuleSet set = parse_rules(read_text(options.rules), options.rules);
    load_filter(sys, options.place, engine, set,
                options.mode == "native" ? XdpMode::native : XdpMode::generic, options.replace);
    const std::string to = options.place.netns.empty() ? "" : " --netns " + options.place.netns;
    fmt::print("{}: {} rules, engine {}, {}; rxlab xdp stats {}{} shows what they do\n{}\n",
               options.place.interface, set.rules.size(), options.engine, options.mode,
               options.place.interface, to, counters_line(filter_stats(sys, options.place)));
}

void unload(const Options& options) {
    if (!unload_filter(real_sys(), options.place).from)
        fmt::print("{}: the filter ended with its interface; the names it left are removed\n",
                   options.place.interface);
}

constexpr const char* kRulesFile =
    R"(Rules file, JSON with comments; of several rules that apply the most specific decides:
  {"default": "allow",  // TCP and UDP that no rule applies to
                        // also "later_fragments", "malformed" and "other"
   "rules": [
     {"action": "drop", "protocol": "udp", "dport": 53},
     {"action": "allow", "protocol": "udp", "dport": 53, "from": "10.0.0.0/8"},
     {"action": "drop", "family": "ipv6", "sport": "6000-6063"}]}
One rule in words: drop udp dport 53 from 10.0.0.0/8)";

}  // namespace

void define_xdp(CLI::App& app, int&) {
    auto options = std::make_shared<Options>();
    app.require_subcommand(1);
    app.footer(kRulesFile);
    const auto add = [options](CLI::App& parent, const char* name, const char* summary,
                               void (*run)(const Options&)) {
        CLI::App* command = parent.add_subcommand(name, summary);
        command->add_option("INTERFACE", options->place.interface, "an interface's name")
            ->required();
        command->add_option("--netns", options->place.netns,
                            "the network namespace it is in (ip netns)");
        command->callback([options, run] { run(*options); });
        return command;
    };
    CLI::App* command =
        add(app, "load", "put a port filter on an interface; it stays until unload", load);
    command->add_option("--rules", options->rules, "a rules file")->required();
    command
        ->add_option("--mode", options->mode,
                     "in the driver, or in the stack for drivers without XDP")
        ->check(CLI::IsMember({"native", "generic"}))
        ->capture_default_str();
    command->add_option("--engine", options->engine, "how rules are found: bitmap, hash or lpm")
        ->capture_default_str();
    command->add_flag("--replace", options->replace, "take away the XDP program that is there");
    command =
        add(app, "stats", "what was passed and blocked, by rule, port and protocol", show_stats);
    command
        ->add_option("--watch", options->watch,
                     "again every so many seconds, with rates, until Ctrl-C")
        ->expected(0, 1)
        ->default_str("1")
        ->check(CLI::Range(0.1, 3600.0));
    command->add_flag("--json", options->json, "print JSON");
    add(app, "unload", "take the filter away, and all it left", unload);
    CLI::App* rules = app.add_subcommand(
        "rules", "list, add or delete rules; packets see the old ones or the new, never a mix");
    rules->require_subcommand(1);
    command = add(*rules, "list", "the rules in the order of their priority", list_rules);
    command->add_flag("--json", options->json, "print JSON");
    command =
        add(*rules, "add", "add a rule: rxlab xdp rules add eth0 drop udp dport 53", add_rule);
    command->add_option("RULE", options->words, "its words")->required();
    command = add(*rules, "del", "delete a rule by its number or its words", delete_rule);
    command->add_option("RULE", options->words, "its number, or its words")->required();
}

}  // namespace rxlab
