// SPDX-License-Identifier: GPL-2.0
#include "xdp/rules.h"

#include "base/error.h"
#include "base/nearest.h"
#include "bpf/filter_tables.h"
#include "experiment/schema.h"
#include "experiment/source.h"
#include "xdp/services.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netinet/in.h>
#include <algorithm>
#include <charconv>
#include <set>
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
        "action": {"type": "string"},
        "protocol": {"title": "an IP protocol's name or number", "type": ["integer", "string"],
            "minimum": 0, "maximum": 255},
        "family": {"type": "string"},
        "vlan": {"title": "a VLAN id", "type": "integer", "minimum": 0, "maximum": 4094},
        "dport": {"title": "a port, a service, or a range like \"6000-6063\"",
            "type": ["integer", "string", "array"], "minimum": 0, "maximum": 65535, "minItems": 1,
            "items": {"type": ["integer", "string"], "minimum": 0, "maximum": 65535}},
        "sport": {"title": "a port, a service, or a range like \"6000-6063\"",
            "type": ["integer", "string", "array"], "minimum": 0, "maximum": 65535, "minItems": 1,
            "items": {"type": ["integer", "string"], "minimum": 0, "maximum": 65535}},
        "from": {"type": "string"},
        "to": {"type": "string"},
        "comment": {"type": "string"}
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

/// What each key may be given as, and what other tools call it.
struct OtherWord {
    const char *theirs, *ours;
};
constexpr OtherWord kOtherWords[] = {
    {"deny", "drop"},    {"block", "drop"},       {"reject", "drop"},    {"discard", "drop"},
    {"accept", "allow"}, {"permit", "allow"},     {"pass", "allow"},     {"src", "from"},
    {"source", "from"},  {"saddr", "from"},       {"dst", "to"},         {"destination", "to"},
    {"daddr", "to"},     {"port", "dport"},       {"proto", "protocol"}, {"ip", "ipv4"},
    {"ip4", "ipv4"},     {"ip6", "ipv6"},         {"inet", "ipv4"},      {"inet6", "ipv6"},
    {"icmp6", "icmpv6"}, {"ipv6-icmp", "icmpv6"}, {"vid", "vlan"},
};
constexpr const char* kValued[] = {"protocol", "vlan", "dport", "sport", "from", "to", "comment"};
constexpr size_t kLongestComment = 64;

bool is_one_of(const std::string& word, std::initializer_list<const char*> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// "; did you mean 'drop'?", or nothing.
std::string meant(const std::string& word, const std::vector<std::string>& known) {
    for (const OtherWord& other : kOtherWords)
        if (word == other.theirs &&
            std::find(known.begin(), known.end(), other.ours) != known.end())
            return fmt::format("; did you mean '{}'?", other.ours);
    return did_you_mean(word, known, "; ");
}

/// One rule as its words come in, each once. Both words and JSON end here.
class RuleWords {
public:
    void put(const std::string& key, const std::string& value) {
        if (!given_.insert(key == "sport" ? "dport" : key).second)
            refuse(is_one_of(key, {"dport", "sport"})
                       ? fmt::format(
                             "expected dport or sport once, got '{}' again: write two rules", key)
                       : fmt::format("expected {} once, got '{}' again", named(key), value));
        for (const Setter& setter : kSetters)
            if (key == setter.key) return (this->*setter.set)(value);
    }
    /// A rule for each of its ports.
    std::vector<PortRule> rules() const {
        if (!given_.contains("action"))
            refuse("expected a rule like 'drop udp dport 53 from 10.0.0.0/8', with drop or allow");
        if (given_.size() == 1)
            refuse(
                "expected what the rule applies to: a protocol, a port, an address or a VLAN; "
                "\"default\" and its like in a rules file decide about everything else");
        check_protocol();
        std::vector<PortRule> rules(ranges_.size(), rule_);
        for (size_t i = 0; i < rules.size(); i++)
            rules[i].first = ranges_[i].first, rules[i].last = ranges_[i].second;
        if (!rules.empty()) return rules;
        rules.push_back(rule_);
        rules[0].any_port = true;
        return rules;
    }

private:
    struct Setter {
        const char* key;
        void (RuleWords::*set)(const std::string&);
    };
    static const Setter kSetters[9];

    static std::string named(const std::string& key) {
        return key == "action" ? "drop or allow" : key == "family" ? "ipv4 or ipv6" : key;
    }
    void set_action(const std::string& word) {
        if (word != "drop" && word != "allow")
            refuse(fmt::format("expected drop or allow, got '{}'{}", word,
                               meant(word, {"drop", "allow"})));
        rule_.drop = word == "drop";
    }
    void set_family(const std::string& word) {
        if (word != "ipv4" && word != "ipv6")
            refuse(fmt::format("expected ipv4 or ipv6, got '{}'{}", word,
                               meant(word, {"ipv4", "ipv6"})));
        rule_.family = word == "ipv6" ? Family::ipv6 : Family::ipv4;
    }
    void set_protocol(const std::string& word) {
        unsigned value = 0;
        rule_.protocol = protocol_named(word);
        if (!rule_.protocol && !number(word, 255, value))
            refuse(fmt::format("expected an IP protocol's name or number (0 to 255), got '{}'{}",
                               word, meant(word, protocol_names())));
        if (!rule_.protocol) rule_.protocol = static_cast<uint8_t>(value);
    }
    void set_vlan(const std::string& word) {
        unsigned value = 0;
        if (!number(word, 4094, value))
            refuse(fmt::format("expected a VLAN id (0 to 4094), got '{}'", word));
        rule_.vlan = static_cast<uint16_t>(value);
    }
    void set_from(const std::string& text) { rule_.from = address(text); }
    void set_to(const std::string& text) { rule_.to = address(text); }
    Prefix address(const std::string& text) {
        const Prefix prefix = prefix_from(text);
        if (rule_.family && *rule_.family != prefix.family)
            refuse(fmt::format("expected an address of the rule's family, got '{}'", text));
        rule_.family = prefix.family;
        return prefix;
    }
    void set_dport(const std::string& text) { set_ports(text); }
    void set_sport(const std::string& text) {
        rule_.destination = false;
        set_ports(text);
    }
    void set_ports(const std::string& text) {
        for (size_t at = 0, comma; at <= text.size(); at = comma + 1) {
            comma = std::min(text.find(',', at), text.size());
            ranges_.push_back(range(text.substr(at, comma - at)));
        }
    }
    std::pair<uint16_t, uint16_t> range(const std::string& text) const {
        const bool digits = !text.empty() && text[0] >= '0' && text[0] <= '9';
        // A service's name may have a dash in it.
        const size_t middle =
            text.find(digits ? text.find(':') == std::string::npos ? '-' : ':' : ':');
        const uint16_t first = port(text.substr(0, middle), text),
                       last = middle == std::string::npos ? first
                                                          : port(text.substr(middle + 1), text);
        if (first > last)
            refuse(
                fmt::format("expected a range that begins with its smaller port, got '{}'", text));
        return {first, last};
    }
    uint16_t port(const std::string& word, const std::string& text) const {
        unsigned value = 0;
        if (number(word, 65535, value)) return static_cast<uint16_t>(value);
        if (word.empty() || !std::isalpha(static_cast<unsigned char>(word[0])))
            refuse(fmt::format("expected a port (0 to 65535) or a range like 6000-6063, got '{}'",
                               text));
        return service(word);
    }
    /// In which protocols it is known may differ from what the rule is about; the number counts.
    uint16_t service(const std::string& word) const {
        std::set<uint16_t> ports, of_protocol;
        for (const Service& known : services_named(word)) {
            ports.insert(known.port);
            if (rule_.protocol && known.protocol == protocol_name(*rule_.protocol))
                of_protocol.insert(known.port);
        }
        if (!of_protocol.empty()) ports = of_protocol;
        if (ports.empty())
            refuse(
                fmt::format("expected a port (0 to 65535) or a range like 6000-6063, got '{}', "
                            "which is no service of /etc/services",
                            word));
        if (ports.size() > 1)
            refuse(
                fmt::format("expected one port, and '{}' is {}", word, fmt::join(ports, " or ")));
        return *ports.begin();
    }
    void set_comment(const std::string& text) {
        std::istringstream words(text);
        for (std::string word; words >> word;)
            rule_.comment += (rule_.comment.empty() ? "" : " ") + word;
        const auto is_control = [](unsigned char c) { return c < ' ' || c == 0x7f; };
        if (rule_.comment.empty() || rule_.comment.size() > kLongestComment ||
            std::any_of(rule_.comment.begin(), rule_.comment.end(), is_control))
            refuse(fmt::format("expected a comment of 1 to {} bytes without control characters",
                               kLongestComment));
    }
    void check_protocol() const {
        if (!rule_.protocol) return;
        const uint8_t protocol = *rule_.protocol;
        if (!ranges_.empty() && protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
            refuse(fmt::format("expected ports with tcp or udp only, got them with {}",
                               protocol_name(protocol)));
        if (protocol == IPPROTO_AH)
            refuse(
                "expected the protocol behind the authentication header, got 'ah': it is "
                "followed to what it authenticates");
        if ((protocol == IPPROTO_ICMP && rule_.family == Family::ipv6) ||
            (protocol == IPPROTO_ICMPV6 && rule_.family == Family::ipv4))
            refuse(
                fmt::format("expected icmp with IPv4 and icmpv6 with IPv6, got '{}' with the "
                            "other",
                            protocol_name(protocol)));
    }

    PortRule rule_;
    std::vector<std::pair<uint16_t, uint16_t>> ranges_;
    std::set<std::string> given_;
};

// In this order what a value means may depend on those before it.
const RuleWords::Setter RuleWords::kSetters[9] = {
    {"action", &RuleWords::set_action},   {"protocol", &RuleWords::set_protocol},
    {"family", &RuleWords::set_family},   {"vlan", &RuleWords::set_vlan},
    {"from", &RuleWords::set_from},       {"to", &RuleWords::set_to},
    {"dport", &RuleWords::set_dport},     {"sport", &RuleWords::set_sport},
    {"comment", &RuleWords::set_comment},
};
constexpr const char* kOrder[] = {"action", "protocol", "family", "vlan",   "from",
                                  "to",     "dport",    "sport",  "comment"};

/// The smaller goes first.
auto specificity(const PortRule& rule) {
    return std::tuple(rule.from ? -rule.from->bits : 1, rule.to ? -rule.to->bits : 1, !rule.vlan,
                      rule.any_port ? FILTER_PORTS : rule.last - rule.first, !rule.protocol,
                      !rule.family, !rule.destination);
}

/// What two rules must have in common to apply to the same packet, where they are equally specific.
auto domain(const PortRule& rule) {
    return std::tuple(rule.protocol, rule.family, rule.from, rule.to, rule.vlan);
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

std::string text_of(const Json& json) {
    if (json.is_string()) return json.get<std::string>();
    if (!json.is_array()) return json.dump();
    std::string list;
    for (const Json& one : json) list += (list.empty() ? "" : ",") + text_of(one);
    return list;
}

/// One element of "rules"; what is wrong with it is added to `problems` at its place.
std::vector<PortRule> rules_from_json(const Json& json, const Source& source, const std::string& at,
                                      std::vector<Problem>& problems) {
    RuleWords rule;
    std::string where = at;
    try {
        for (const char* key : kOrder) {
            if (!json.contains(key)) continue;
            where = at + "/" + key;
            rule.put(key, text_of(json[key]));
        }
        where = at;
        return rule.rules();
    } catch (const Error& error) {
        problems.push_back({source.places.at(where).value, error.what()});
        return {};
    }
}

/// A word that needs no other: its key.
std::string key_of_word(const std::string& word) {
    if (is_one_of(word, {"drop", "allow"})) return "action";
    if (is_one_of(word, {"ipv4", "ipv6"})) return "family";
    return protocol_named(word) ? "protocol" : "";
}

[[noreturn]] void refuse_word(const std::string& word) {
    std::vector<std::string> known = protocol_names();
    for (const char* one : {"drop", "allow", "ipv4", "ipv6"}) known.emplace_back(one);
    known.insert(known.end(), std::begin(kValued), std::end(kValued));
    refuse(
        fmt::format("expected drop, allow, ipv4, ipv6, a protocol, vlan, dport, sport, from, to "
                    "or comment, got '{}'{}",
                    word, meant(word, known)));
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

std::string key_of(const PortRule& rule) {
    std::string text = rule.drop ? "drop" : "allow";
    if (rule.protocol) {
        const std::string name = protocol_name(*rule.protocol);
        text += (protocol_named(name) ? " " : " protocol ") + name;
    }
    if (rule.family && !rule.from && !rule.to)
        text += *rule.family == Family::ipv6 ? " ipv6" : " ipv4";
    if (rule.vlan) text += fmt::format(" vlan {}", *rule.vlan);
    if (!rule.any_port) {
        text += fmt::format(" {} {}", rule.destination ? "dport" : "sport", rule.first);
        if (rule.last != rule.first) text += fmt::format("-{}", rule.last);
    }
    if (rule.from) text += " from " + to_text(*rule.from);
    if (rule.to) text += " to " + to_text(*rule.to);
    return text;
}

std::string to_text(const PortRule& rule) {
    return key_of(rule) + (rule.comment.empty() ? "" : " comment " + rule.comment);
}

std::vector<PortRule> rules_from(const std::string& text) {
    std::istringstream words(text);
    std::vector<std::pair<std::string, std::string>> given;
    for (std::string word; words >> word;) {
        std::string value = word;
        std::string key = key_of_word(word);
        if (key.empty()) {
            key = word;
            if (std::find(std::begin(kValued), std::end(kValued), word) == std::end(kValued))
                refuse_word(word);
            if (key == "comment" ? !std::getline(words >> std::ws, value) : !(words >> value))
                refuse(
                    fmt::format("expected something after '{}' in '{}', got nothing", word, text));
        }
        given.emplace_back(key, value);
    }
    RuleWords rule;
    for (const char* key : kOrder)
        for (const auto& [name, value] : given)
            if (name == key) rule.put(name, value);
    return rule.rules();
}

PortRule rule_from(const std::string& text) {
    std::vector<PortRule> rules = rules_from(text);
    if (rules.size() != 1)
        refuse(fmt::format("expected one rule, got {}: '{}'", rules.size(), text));
    return std::move(rules[0]);
}

void rank(std::vector<PortRule>& rules) {
    if (const auto conflict = sort_by_rank(rules)) refuse(conflict->message);
}

RuleSet parse_rules(const std::string& text, const std::string& file) {
    const Source source = read_source(text, FILTER_MOST_RULES);
    std::vector<Problem> problems = source.problems;
    RuleSet set;
    std::vector<size_t> element;  // that each rule comes from
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
            for (PortRule& rule :
                 rules_from_json(json["rules"][i], source, fmt::format("/rules/{}", i), problems))
                set.rules.push_back(std::move(rule)), element.push_back(i);
    }
    if (problems.empty())
        if (const auto conflict = sort_by_rank(set.rules))
            problems.push_back(
                {source.places.at(fmt::format("/rules/{}", element.at(conflict->index))).value,
                 conflict->message});
    if (!problems.empty()) throw problems_error(file, text, problems, kNext);
    return set;
}

}  // namespace rxlab
