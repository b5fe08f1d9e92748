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

/// Applies to TCP and UDP packets whose source or destination port is in a range; what is not said
/// is any.
struct PortRule {
    bool drop = true;
    bool destination = true;       ///< the destination port's, else the source port's
    std::optional<bool> udp;       ///< else TCP
    std::optional<Family> family;  ///< that of `from` where there is one
    uint16_t first = 0, last = 0;  ///< ports, inclusive
    std::optional<Prefix> from;    ///< source addresses
    bool operator==(const PortRule&) const = default;
};
/// "drop udp ipv4 dport 53", "allow tcp sport 8000-8080 from 10.0.0.0/8".
std::string to_text(const PortRule& rule);
/// @throws Error(Status::usage) with the word that is wrong.
PortRule rule_from(const std::string& text);

/// Rules and what becomes of what none applies to.
struct RuleSet {
    bool drop_by_default = false;  ///< TCP and UDP that no rule applies to
    bool drop_fragments =
        false;  ///< later fragments: a first fragment's ports decide, these have none
    bool drop_malformed = false;  ///< truncated, malformed, too many extension headers
    bool drop_other = false;      ///< neither TCP nor UDP: ARP, ICMP, ...
    std::vector<PortRule>
        rules;  ///< the most specific first; of equally specific ones the first in the file
};

/// Sorts by specificity: a longer prefix of source addresses goes before a shorter and before none,
/// then a narrower range of ports, then a protocol before any, then a family before any, then the
/// destination port before the source port.
/// @throws Error(Status::usage): a rule twice, or two equally specific ones that overlap and say
/// different things; too many.
void rank(std::vector<PortRule>& rules);

/// A rules file, JSON with comments. @throws Error(Status::usage) with file:line:column.
RuleSet parse_rules(const std::string& text, const std::string& file);

}  // namespace rxlab
