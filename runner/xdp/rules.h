// SPDX-License-Identifier: GPL-2.0
// The port filter's rules as people write them: a file of JSON, or a line of words. Pure.
#pragma once
#include "base/json.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rxlab {

enum class Family : uint8_t { ipv4, ipv6 };

/// Addresses that begin with the same bits.
struct Prefix {
    Family family = Family::ipv4;
    std::array<uint8_t, 16>
        address{};  ///< network order; IPv4 in the first four; bits beyond `bits` are 0
    int bits = 0;
    auto operator<=>(const Prefix&) const = default;
};
/// "10.0.0.0/8", "2001:db8::/32", or an address alone. @throws Error(Status::usage)
Prefix prefix_from(const std::string& text);
std::string to_text(const Prefix& prefix);
bool contains(const Prefix& outer, const Prefix& inner);

/// Applies to packets that are as it says; what is not said is any. A rule with ports is about TCP
/// and UDP, one without about all protocols, fragments too, and, where it names no protocol, family
/// or address, about frames that are not IP as well.
struct PortRule {
    bool drop = true;
    bool any_port = false;    ///< says nothing of ports: then the next three are as they are here
    bool destination = true;  ///< the destination port's, else the source port's
    uint16_t first = 0, last = 0;     ///< ports, inclusive
    std::optional<uint8_t> protocol;  ///< IP's number: what is behind extension headers and AH
    std::optional<Family> family;     ///< that of `from` or `to` where there is one
    std::optional<Prefix> from, to;   ///< source and destination addresses
    std::optional<uint16_t> vlan;     ///< of the outermost tag
    std::string comment;              ///< decides nothing
    bool operator==(const PortRule&) const = default;
};
/// "drop udp ipv4 dport 53", "allow tcp sport 8000-8080 from 10.0.0.0/8 comment the branch".
std::string to_text(const PortRule& rule);
/// What it says without the comment: two rules that apply to the same packets and do the same.
std::string key_of(const PortRule& rule);
/// One line of words is a rule per port or range of its list. @throws Error(Status::usage) with the
/// word that is wrong.
std::vector<PortRule> rules_from(const std::string& text);
/// A line that is one rule. @throws as above.
PortRule rule_from(const std::string& text);

/// Rules and what becomes of what none applies to.
struct RuleSet {
    bool drop_by_default = false;  ///< TCP and UDP that no rule applies to
    bool drop_fragments =
        false;  ///< later fragments: a first fragment's ports decide, these have none
    bool drop_malformed = false;  ///< truncated, malformed, too many tags or extension headers
    bool drop_other = false;      ///< neither TCP nor UDP: ARP, ICMP, ...
    std::vector<PortRule>
        rules;  ///< the most specific first; of equally specific ones the first in the file
};

/// Sorts by specificity: a longer prefix of source addresses goes before a shorter and before none,
/// then the same for destination addresses, then a VLAN before any, then a narrower range of ports
/// before a wider and before none, then a protocol before any, then a family before any, then the
/// destination port before the source port.
/// @throws Error(Status::usage): a rule twice, or two equally specific ones that overlap and say
/// different things; too many.
void rank(std::vector<PortRule>& rules);

/// A rules file, JSON with comments. @throws Error(Status::usage) with file:line:column.
RuleSet parse_rules(const std::string& text, const std::string& file);

}  // namespace rxlab
