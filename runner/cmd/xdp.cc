// SPDX-License-Identifier: GPL-2.0
// A port filter and its statistics on an interface of this machine.
#include "base/error.h"
#include "base/interrupt.h"
#include "base/names.h"
#include "cmd/catalogue.h"
#include "cmd/options.h"
#include "xdp/stats.h"

#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <functional>
#include <memory>
#include <sstream>

namespace rxlab {
namespace {

constexpr size_t kPortsShown = 10;

RuleSet rules_in(const std::string& file) {
    return parse_rules(
        read_text(file, kLargestInput,
                  fmt::format("a filter takes {} rules; ranges of ports (\"6000-6063\") make fewer "
                              "of them",
                              size_t{FILTER_MOST_RULES})),
        file);
}

struct Options {
    FilterPlace place;       ///< the one that a command is at
    std::string interfaces;  ///< as given: names with commas between
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

/// Those that were named, each with options of its own.
std::vector<Options> each_of(const Options& options) {
    std::vector<Options> all;
    std::istringstream names(options.interfaces);
    for (std::string name; std::getline(names, name, ',');) {
        require_interface_name(name);
        for (const Options& other : all)
            if (other.place.interface == name)
                throw Error(Status::usage, fmt::format("{} is named twice", name),
                            "name each interface once");
        all.push_back(options);
        all.back().place.interface = name;
    }
    if (all.empty()) require_interface_name("");
    return all;
}

/// One interface's document is alone, several are by name.
void print_json(const Options& options, Json (*document)(const Options&)) {
    const std::vector<Options> all = each_of(options);
    Json json = Json::object();
    for (const Options& one : all) json[one.place.interface] = document(one);
    fmt::print("{}\n", (all.size() == 1 ? *json.begin() : json).dump(2));
}

void show_stats(const Options& options) {
    Sys& sys = real_sys();
    const std::vector<Options> all = each_of(options);
    if (options.watch > 0 && all.size() > 1)
        throw Error(Status::usage, "--watch shows one interface, and several are named",
                    "rxlab xdp stats " + all[0].place.interface + " --watch");
    if (options.watch > 0) return watch(sys, all[0]);
    if (options.json)
        return print_json(options, [](const Options& one) {
            return to_json(filter_stats(real_sys(), one.place));
        });
    for (const Options& one : all) print_stats(one.place, filter_stats(sys, one.place), nullptr);
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

void list_rules_of(const Options& options) {
    const FilterStats stats = filter_stats(real_sys(), options.place);
    for (size_t i = 0; i < stats.rules.size(); i++)
        fmt::print("{:>6}  {:<60} {:>14} packets\n", i + 1, stats.rules[i].rule,
                   stats.rules[i].count.packets);
    fmt::print("        {:<60} {:>14} packets\n",
               stats.drop_by_default ? "else drop" : "else allow",
               stats.decided.at("default").packets);
}

void list_rules(const Options& options) {
    if (options.json)
        return print_json(options, [](const Options& one) {
            return to_json(filter_stats(real_sys(), one.place))["rules"];
        });
    const std::vector<Options> all = each_of(options);
    for (const Options& one : all) {
        if (all.size() > 1) fmt::print("{}\n", one.place.interface);
        list_rules_of(one);
    }
}

using Edit = std::function<RuleSet(const RuleSet&)>;

/// All filters are there before the first is changed; each is changed in one step.
void change_each(const Options& options, const std::function<Edit(const Options&)>& edit) {
    Sys& sys = real_sys();
    const std::vector<Options> all = each_of(options);
    for (const Options& one : all) loaded_rules(sys, one.place);
    std::string changed;
    for (const Options& one : all) try {
            throw_if_interrupted();
            change_rules(sys, one.place, edit(one));
            changed += (changed.empty() ? "" : ", ") + one.place.interface;
        } catch (const Error& error) {
            if (changed.empty()) throw;
            throw Error(error.status(),
                        fmt::format("{} (changed already: {})", error.what(), changed),
                        error.next());
        }
}

void add_rule(const Options& options) {
    const std::vector<PortRule> rules = rules_from(joined(options.words));
    change_each(options, [&](const Options&) {
        return [&](RuleSet set) {
            set.rules.insert(set.rules.end(), rules.begin(), rules.end());
            rank(set.rules);
            return set;
        };
    });
}

void set_rules(const Options& options) {
    const RuleSet set = rules_in(options.rules);
    change_each(options, [&](const Options&) { return [&](const RuleSet&) { return set; }; });
}

bool is_number(const std::string& text) {
    return !text.empty() && text.size() < 9 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

/// A rule without a comment is the one that has any.
bool is_meant(const PortRule& rule, const PortRule& wanted) {
    return key_of(rule) == key_of(wanted) &&
           (wanted.comment.empty() || wanted.comment == rule.comment);
}

void erase_rule(std::vector<PortRule>& rules, const std::function<bool(const PortRule&)>& wanted,
                const Options& options) {
    const auto found = std::find_if(rules.begin(), rules.end(), wanted);
    if (found == rules.end())
        throw Error(Status::usage,
                    fmt::format("{}: no rule '{}'", options.place.interface, joined(options.words)),
                    fmt::format("rxlab xdp rules list {}", options.place.interface));
    rules.erase(found);
}

/// By its number in the list, or by its words.
void delete_rule(const Options& options) {
    const std::string text = joined(options.words);
    const bool by_number = is_number(text);
    const size_t number = by_number ? std::stoul(text) : 0;
    const std::vector<PortRule> wanted = by_number ? std::vector<PortRule>() : rules_from(text);
    change_each(options, [&](const Options& one) {
        return [&, one](RuleSet set) {
            if (by_number)
                erase_rule(
                    set.rules,
                    [&](const PortRule& rule) {
                        return static_cast<size_t>(&rule - set.rules.data()) + 1 == number;
                    },
                    one);
            for (const PortRule& rule : wanted)
                erase_rule(
                    set.rules, [&](const PortRule& there) { return is_meant(there, rule); }, one);
            return set;
        };
    });
}

/// On all of them or on none.
void load(const Options& options) {
    Sys& sys = real_sys();
    const Engine& engine = engine_named(options.engine);
    const RuleSet set = rules_in(options.rules);
    std::vector<FilterPlace> loaded;
    try {
        for (const Options& one : each_of(options)) {
            throw_if_interrupted();
            load_filter(sys, one.place, engine, set,
                        options.mode == "native" ? XdpMode::native : XdpMode::generic,
                        options.replace);
            loaded.push_back(one.place);
        }
    } catch (const Error&) {
        for (const FilterPlace& place : loaded) unload_filter(sys, place);
        throw;
    }
    for (const FilterPlace& place : loaded)
        fmt::print("{}: {} rules, engine {}, {}; rxlab xdp stats {} shows what they do\n{}\n",
                   place.interface, set.rules.size(), options.engine, options.mode,
                   address_of(place.interface, place.netns),
                   counters_line(filter_stats(sys, place)));
}

void unload(const Options& options) {
    for (const Options& one : each_of(options))
        if (!unload_filter(real_sys(), one.place).from)
            fmt::print("{}: the filter ended with its interface; the names it left are removed\n",
                       one.place.interface);
}

/// In this namespace and in those that have a name.
void list_filters(bool json) {
    const auto all = filters(real_sys());
    Json rows = Json::array();
    for (const auto& [device, filter] : all)
        rows.push_back({{"interface", device.name},
                        {"netns", device.netns},
                        {"program", filter.id},
                        {"engine", filter.settings.engine},
                        {"mode", to_string(filter.mode)},
                        {"rules", filter.rules().size()}});
    if (json) return fmt::print("{}\n", rows.dump(2));
    if (all.empty()) fmt::print("no port filter of rxlab's is loaded\n");
    for (const auto& [device, filter] : all)
        fmt::print("{}: {} rules, engine {}, {}, program {}\n",
                   address_of(device.name, device.netns), filter.rules().size(),
                   filter.settings.engine, to_string(filter.mode), filter.id);
}

constexpr const char* kRulesFile =
    R"(Rules file, JSON with comments; of several rules that apply the most specific decides:
  {"default": "allow",  // TCP and UDP that no rule applies to
                        // also "later_fragments", "malformed" and "other"
   "rules": [
     {"action": "drop", "protocol": "udp", "dport": 53},
     {"action": "allow", "protocol": "udp", "dport": "domain", "from": "10.0.0.0/8",
      "comment": "the branch office"},
     {"action": "drop", "family": "ipv6", "sport": "6000-6063"},
     {"action": "drop", "protocol": "icmp", "to": "192.0.2.0/24"},
     {"action": "drop", "vlan": 7, "dport": [22, 80, "8000-8080"]}]}
One rule in words, each once: drop|allow, a protocol (tcp, udp, icmp, sctp, protocol 99), ipv4|ipv6,
vlan N, dport|sport PORT[-PORT][,...], from ADDRESS[/BITS], to ADDRESS[/BITS], comment TEXT (last)
  drop udp dport 53 from 10.0.0.0/8)";

}  // namespace

void define_xdp(CommandOptions xdp) {
    auto options = std::make_shared<Options>();
    xdp.needs_command();
    const auto add = [options](CommandOptions parent, const char* name, const char* summary,
                               void (*run)(const Options&)) {
        CommandOptions command = parent.command(name, summary);
        command
            .option("INTERFACE", options->interfaces,
                    "an interface's name, or several with commas between")
            .required();
        command.option("--netns", options->place.netns,
                       "the network namespace it is in (ip netns)");
        command.does([options, run] { run(*options); });
        return command;
    };
    CommandOptions command =
        add(xdp, "load", "put a port filter on an interface; it stays until unload", load);
    command.footer(kRulesFile);
    command.option("--rules", options->rules, "a rules file").required();
    command
        .option("--mode", options->mode, "in the driver, or in the stack for drivers without XDP")
        .one_of({"native", "generic"})
        .shows_default();
    command.option("--engine", options->engine, "how rules are found: bitmap, hash or lpm")
        .shows_default();
    command.flag("--replace", options->replace, "take away the XDP program that is there");
    command =
        add(xdp, "stats", "what was passed and blocked, by rule, port and protocol", show_stats);
    command
        .option("--watch", options->watch, "again every so many seconds, with rates, until Ctrl-C")
        .without_value("1")
        .between(0.1, 3600.0);
    command.flag("--json", options->json, "print JSON");
    add(xdp, "unload", "take the filter away, and all it left", unload);
    CommandOptions rules = xdp.command(
        "rules",
        "list, add, delete or set rules; packets see the old ones or the new, never a mix");
    rules.needs_command();
    rules.footer(kRulesFile);
    command = add(rules, "list", "the rules in the order of their priority", list_rules);
    command.flag("--json", options->json, "print JSON");
    command = add(rules, "add", "add a rule: rxlab xdp rules add eth0 drop udp dport 53", add_rule);
    command.option("RULE", options->words, "its words").required();
    command = add(rules, "set", "all rules and defaults become those of a file", set_rules);
    command.option("FILE", options->rules, "a rules file").required();
    command = add(rules, "del", "delete a rule by its number or its words", delete_rule);
    command.also("delete");
    command.option("RULE", options->words, "its number, or its words").required();
    command = xdp.command("list", "the filters that are loaded on this machine");
    command.flag("--json", options->json, "print JSON");
    command.does([options] { list_filters(options->json); });
}

}  // namespace rxlab
