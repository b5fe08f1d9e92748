// SPDX-License-Identifier: GPL-2.0
#include "xdp/rules.h"

#include "base/error.h"
#include "base/nearest.h"
#include "bpf/filter_tables.h"
#include "experiment/schema.h"
#include "experiment/source.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <sstream>
#include <tuple>

namespace rxlab {
namespace {

const char kSchema[] = R"({
  "type": "object", "additionalProperties": false, "required": ["rules"],
  "properties": {
    "$schema": {"type": "string"},
    "default": {"enum": ["allow", "drop"]},
    "later_fragments": {"enum": ["allow", "drop"]},
    "malformed": {"enum": ["allow", "drop"]},
    "other": {"enum": ["allow", "drop"]},
    "rules": {"type": "array", "maxItems": 32767, "items": {
      "type": "object", "additionalProperties": false, "required": ["action"],
      "properties": {
        "action": {"enum": ["allow", "drop"]},
        "protocol": {"enum": ["tcp", "udp"]},
        "family": {"enum": ["ipv4", "ipv6"]},
        "dport": {"title": "a port, or a range like \"6000-6063\"", "type": ["integer", "string"],
            "minimum": 0, "maximum": 65535},
        "sport": {"title": "a port, or a range like \"6000-6063\"", "type": ["integer", "string"],
            "minimum": 0, "maximum": 65535},
        "from": {"type": "string"}
      }
    }}
  }
})";

const char* const kNext = "rxlab xdp --help shows how rules are written";

[[noreturn]] void refuse(const std::string& message) {
    throw Error(Status::usage, message, kNext);
}

bool number(const std::string& word, unsigned most, unsigned& value) {
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    return error == std::errc{} && end == word.data() + word.size() && value <= most;
}

void set_ports(PortRule& rule, const std::string& text) {
    const size_t dash = text.find('-');
    unsigned first = 0, last = 0;
    if (!number(text.substr(0, dash), 65535, first) ||
        !number(dash == std::string::npos ? text : text.substr(dash + 1), 65535, last))
        refuse(
            fmt::format("expected a port (0 to 65535) or a range like 6000-6063, got '{}'", text));
    if (first > last)
        refuse(fmt::format("expected a range that begins with its smaller port, got '{}'", text));
    rule.first = static_cast<uint16_t>(first);
    rule.last = static_cast<uint16_t>(last);
}

void set_from(PortRule& rule, const std::string& text) {
    rule.from = prefix_from(text);
    if (rule.family && *rule.family != rule.from->family)
        refuse(fmt::format("expected an address of the rule's family, got '{}'", text));
    rule.family = rule.from->family;
}

/// The smaller goes first.
auto specificity(const PortRule& rule) {
    return std::tuple(rule.from ? -rule.from->bits : 1, rule.last - rule.first, !rule.udp,
                      !rule.family, !rule.destination);
}

/// What two rules must have in common to apply to the same packet, where they are equally specific.
auto domain(const PortRule& rule) {
    return std::tuple(rule.udp, rule.family, rule.from);
}

struct Conflict {
    size_t index;  ///< in the order given: the later of the two
    std::string message;
};

/// Sorts; @returns the first conflict.
std::optional<Conflict> sort_by_rank(std::vector<PortRule>& rules) {
    if (rules.size() > FILTER_MOST_RULES)
        return Conflict{FILTER_MOST_RULES, fmt::format("expected at most {} rules, got {}",
                                                       FILTER_MOST_RULES, rules.size())};
    std::vector<size_t> order(rules.size());
    for (size_t i = 0; i < order.size(); i++) order[i] = i;
    // Next to each other are rules that could meet: of one width, in one domain, by their first
    // ports.
    const auto place = [&](size_t i) {
        return std::tuple_cat(specificity(rules[i]),
                              std::tuple(domain(rules[i]), rules[i].first, i));
    };
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return place(a) < place(b); });
    for (size_t k = 1; k < order.size(); k++) {
        const PortRule &one = rules[order[k - 1]], &other = rules[order[k]];
        if (specificity(one) != specificity(other) || domain(one) != domain(other) ||
            other.first > one.last)
            continue;
        const auto [earlier, later] = std::minmax(order[k - 1], order[k]);
        if (one.first == other.first && one.drop == other.drop)
            return Conflict{later,
                            fmt::format("expected each rule once, got '{}' again", to_text(other))};
        if (one.drop != other.drop)
            return Conflict{later, fmt::format("expected rules that agree or differ in how "
                                               "specific they are, got '{}' beside '{}'",
                                               to_text(rules[later]), to_text(rules[earlier]))};
    }
    std::stable_sort(rules.begin(), rules.end(), [](const PortRule& a, const PortRule& b) {
        return specificity(a) < specificity(b);
    });
    return {};
}

bool is_drop(const Json& json, const char* key) {
    return json.value(key, "allow") == "drop";
}

/// One element of "rules"; what is wrong with it is added to `problems` at its place.
PortRule rule_from_json(const Json& json, const Source& source, const std::string& at,
                        std::vector<Problem>& problems) {
    PortRule rule;
    rule.drop = is_drop(json, "action");
    if (json.contains("protocol")) rule.udp = json["protocol"] == "udp";
    if (json.contains("family"))
        rule.family = json["family"] == "ipv6" ? Family::ipv6 : Family::ipv4;
    rule.destination = json.contains("dport");
    if (json.contains("dport") == json.contains("sport")) {
        problems.push_back(
            {source.places.at(at).value, json.contains("dport")
                                             ? "expected dport or sport, got both: write two rules"
                                             : "expected dport or sport, got neither"});
        return rule;
    }
    const auto attempt = [&](const char* key, auto set) {
        if (!json.contains(key)) return;
        try {
            set(rule, json[key].is_string() ? json[key].get<std::string>() : json[key].dump());
        } catch (const Error& error) {
            problems.push_back({source.places.at(at + "/" + key).value, error.what()});
        }
    };
    attempt(rule.destination ? "dport" : "sport", set_ports);
    attempt("from", set_from);
    return rule;
}

}  // namespace

Prefix prefix_from(const std::string& text) {
    const size_t slash = text.find('/');
    const std::string address = text.substr(0, slash);
    Prefix prefix;
    prefix.family = address.find(':') == std::string::npos ? Family::ipv4 : Family::ipv6;
    const unsigned most = prefix.family == Family::ipv4 ? 32 : 128;
    unsigned bits = most;
    if (::inet_pton(prefix.family == Family::ipv4 ? AF_INET : AF_INET6, address.c_str(),
                    prefix.address.data()) != 1 ||
        (slash != std::string::npos && !number(text.substr(slash + 1), most, bits)))
        refuse(fmt::format("expected addresses like 10.0.0.0/8 or 2001:db8::/32, got '{}'", text));
    prefix.bits = static_cast<int>(bits);
    Prefix masked = prefix;
    for (size_t i = 0; i < masked.address.size(); i++) {
        const int left = prefix.bits - static_cast<int>(i) * 8;
        masked.address[i] &= left >= 8   ? 0xff
                             : left <= 0 ? 0
                                         : static_cast<uint8_t>(0xff << (8 - left));
    }
    if (masked != prefix)
        refuse(fmt::format("expected no bits beyond the prefix, got '{}'; did you mean '{}'?", text,
                           to_text(masked)));
    return prefix;
}

std::string to_text(const Prefix& prefix) {
    char text[INET6_ADDRSTRLEN] = "";
    ::inet_ntop(prefix.family == Family::ipv4 ? AF_INET : AF_INET6, prefix.address.data(), text,
                sizeof(text));
    return fmt::format("{}/{}", text, prefix.bits);
}

bool contains(const Prefix& outer, const Prefix& inner) {
    if (outer.family != inner.family || outer.bits > inner.bits) return false;
    for (int i = 0; i < outer.bits; i++)
        if ((outer.address[i / 8] ^ inner.address[i / 8]) >> (7 - i % 8) & 1) return false;
    return true;
}

std::string to_text(const PortRule& rule) {
    std::string text = rule.drop ? "drop" : "allow";
    if (rule.udp) text += *rule.udp ? " udp" : " tcp";
    if (rule.family && !rule.from) text += *rule.family == Family::ipv6 ? " ipv6" : " ipv4";
    text += fmt::format(" {} {}", rule.destination ? "dport" : "sport", rule.first);
    if (rule.last != rule.first) text += fmt::format("-{}", rule.last);
    if (rule.from) text += " from " + to_text(*rule.from);
    return text;
}

PortRule rule_from(const std::string& text) {
    std::istringstream words(text);
    PortRule rule;
    bool action = false, ports = false;
    for (std::string word; words >> word;) {
        std::string value;
        const bool takes_value = word == "dport" || word == "sport" || word == "from";
        if (takes_value && !(words >> value))
            refuse(fmt::format("expected something after '{}' in '{}', got nothing", word, text));
        if (takes_value && word != "from" && ports)
            refuse(
                fmt::format("expected dport or sport once, got '{}' again in '{}': write two rules",
                            word, text));
        if (word == "drop" || word == "allow")
            rule.drop = word == "drop", action = true;
        else if (word == "tcp" || word == "udp")
            rule.udp = word == "udp";
        else if (word == "ipv4" || word == "ipv6")
            rule.family = word == "ipv6" ? Family::ipv6 : Family::ipv4;
        else if (word == "from")
            set_from(rule, value);
        else if (takes_value)
            set_ports(rule, value), rule.destination = word == "dport", ports = true;
        else {
            const std::string guess = nearest(
                word, {"drop", "allow", "tcp", "udp", "ipv4", "ipv6", "dport", "sport", "from"});
            refuse(fmt::format(
                "expected drop, allow, tcp, udp, ipv4, ipv6, dport, sport or from, got '{}'{}",
                word, guess.empty() ? "" : fmt::format("; did you mean '{}'?", guess)));
        }
    }
    if (!action || !ports)
        refuse(fmt::format("expected a rule like 'drop udp dport 53 from 10.0.0.0/8', got '{}'",
                           text));
    return rule;
}

void rank(std::vector<PortRule>& rules) {
    if (const auto conflict = sort_by_rank(rules)) refuse(conflict->message);
}

RuleSet parse_rules(const std::string& text, const std::string& file) {
    const Source source = read_source(text, FILTER_MOST_RULES);
    std::vector<Problem> problems = source.problems;
    RuleSet set;
    if (problems.empty()) {
        for (const auto& finding : validate(Json::parse(kSchema), source.document)) {
            auto at = finding.pointer;
            while (!source.places.contains(at.to_string())) at.pop_back();
            const Place& place = source.places.at(at.to_string());
            problems.push_back({finding.at_key ? place.key : place.value, finding.message});
        }
    }
    if (problems.empty()) {
        const Json& json = source.document;
        set = {is_drop(json, "default"),
               is_drop(json, "later_fragments"),
               is_drop(json, "malformed"),
               is_drop(json, "other"),
               {}};
        for (size_t i = 0; i < json["rules"].size(); i++)
            set.rules.push_back(
                rule_from_json(json["rules"][i], source, fmt::format("/rules/{}", i), problems));
    }
    if (problems.empty())
        if (const auto conflict = sort_by_rank(set.rules))
            problems.push_back({source.places.at(fmt::format("/rules/{}", conflict->index)).value,
                                conflict->message});
    if (!problems.empty()) throw problems_error(file, text, problems, kNext);
    return set;
}

}  // namespace rxlab
