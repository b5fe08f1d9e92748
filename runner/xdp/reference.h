// SPDX-License-Identifier: GPL-2.0
// What the port filter is to do with a frame, written from the RFCs and from rules.h alone: it
// shares no table, no ranking and no line with what it judges.
#pragma once
#include "xdp/rules.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rxlab::test {

struct Judged {
    std::string kind;  ///< as in `rxlab xdp stats`: with_ports, later_fragment, ...
    bool dropped = false;
    int rule = -1;                     ///< index into the rules given; -1: none decided
    int ethertype = 0, protocol = -1;  ///< -1: no IP header was read
    int destination = -1;              ///< port; -1: not read
    bool udp = false;
};

class Reference {
public:
    Reference(const RuleSet& set, const std::vector<uint8_t>& frame) : set_(set), bytes_(frame) {
        result.kind = walk();
        decide();
    }
    Judged result;

private:
    bool has(size_t at, size_t count) const { return at + count <= bytes_.size(); }
    int be16(size_t at) const { return bytes_[at] * 256 + bytes_[at + 1]; }

    std::string walk() {
        if (!has(0, 14)) return "truncated";
        size_t at = 12;
        int tags = 0;
        while ((be16(at) == 0x8100 || be16(at) == 0x88a8) && tags++ < 2) {
            result.ethertype = be16(at);
            if (!has(at + 2, 4)) return "truncated";
            at += 4;
        }
        result.ethertype = be16(at);
        at += 2;
        if (result.ethertype == 0x0800) return walk4(at);
        if (result.ethertype == 0x86dd) return walk6(at);
        return "not_ip";
    }

    std::string walk4(size_t at) {  // RFC 791
        if (!has(at, 20)) return "truncated";
        const int version = bytes_[at] / 16, header = bytes_[at] % 16 * 4, total = be16(at + 2),
                  fragment = be16(at + 6);
        if (version != 4 || header < 20 || total < header) return "malformed";
        family_ = Family::ipv4;
        source_ = {bytes_.begin() + at + 12, bytes_.begin() + at + 16};
        result.protocol = bytes_[at + 9];
        if (fragment % 0x2000) return "later_fragment";
        return ports(at + header, at + total, fragment & 0x2000);
    }

    std::string walk6(size_t at) {  // RFC 8200; AH: RFC 4302
        if (!has(at, 40)) return "truncated";
        if (bytes_[at] / 16 != 6) return "malformed";
        family_ = Family::ipv6;
        source_ = {bytes_.begin() + at + 8, bytes_.begin() + at + 24};
        result.protocol = bytes_[at + 6];
        const size_t limit = at + 40 + be16(at + 4);
        at += 40;
        bool first_fragment = false;
        for (int headers = 0; is_extension(result.protocol); headers++) {
            if (headers == 8) return "too_deep";
            if (!has(at, 8) || at + 8 > limit) return "truncated";
            const int next = bytes_[at];
            if (result.protocol == 44) {
                const int field = be16(at + 2);
                if (field / 8) {
                    result.protocol = next;
                    return "later_fragment";
                }
                first_fragment |= field % 2;
                at += 8;
            } else {
                at += result.protocol == 51 ? (bytes_[at + 1] + 2) * 4 : (bytes_[at + 1] + 1) * 8;
            }
            result.protocol = next;
        }
        return ports(at, limit, first_fragment);
    }

    static bool is_extension(int protocol) {
        for (const int known : {0, 43, 44, 51, 60, 135, 139, 140})
            if (protocol == known) return true;
        return false;
    }

    std::string ports(size_t at, size_t limit, bool first_fragment) {
        if (result.protocol != 6 && result.protocol != 17) return "other_protocol";
        if (!has(at, 4) || at + 4 > limit) return "truncated";
        result.udp = result.protocol == 17;
        source_port_ = be16(at);
        result.destination = be16(at + 2);
        return first_fragment ? "first_fragment" : "with_ports";
    }

    bool from_matches(const PortRule& rule) const {
        if (!rule.from) return true;
        if (rule.from->family != family_) return false;
        for (int bit = 0; bit < rule.from->bits; bit++)
            if ((source_[bit / 8] << bit % 8 & 0x80) !=
                (rule.from->address[bit / 8] << bit % 8 & 0x80))
                return false;
        return true;
    }

    bool applies(const PortRule& rule) const {
        const int port = rule.destination ? result.destination : source_port_;
        return (!rule.udp || *rule.udp == result.udp) &&
               (!rule.family || *rule.family == family_) && port >= rule.first &&
               port <= rule.last && from_matches(rule);
    }

    /// Does `a` go before `b`? The words of rules.h, one after the other.
    static bool beats(const PortRule& a, const PortRule& b) {
        const int a_bits = a.from ? a.from->bits : -1, b_bits = b.from ? b.from->bits : -1;
        if (a_bits != b_bits) return a_bits > b_bits;
        if (a.last - a.first != b.last - b.first) return a.last - a.first < b.last - b.first;
        if (a.udp.has_value() != b.udp.has_value()) return a.udp.has_value();
        if (a.family.has_value() != b.family.has_value()) return a.family.has_value();
        return a.destination && !b.destination;
    }

    void decide() {
        if (result.kind == "with_ports" || result.kind == "first_fragment") {
            for (size_t i = 0; i < set_.rules.size(); i++)
                if (applies(set_.rules[i]) &&
                    (result.rule < 0 || beats(set_.rules[i], set_.rules[result.rule])))
                    result.rule = static_cast<int>(i);
            result.dropped = result.rule < 0 ? set_.drop_by_default : set_.rules[result.rule].drop;
        } else if (result.kind == "later_fragment") {
            result.dropped = set_.drop_fragments;
        } else if (result.kind == "not_ip" || result.kind == "other_protocol") {
            result.dropped = set_.drop_other;
        } else {
            result.dropped = set_.drop_malformed;
        }
    }

    const RuleSet& set_;
    const std::vector<uint8_t>& bytes_;
    Family family_ = Family::ipv4;
    std::vector<uint8_t> source_;
    int source_port_ = -1;
};

}  // namespace rxlab::test
