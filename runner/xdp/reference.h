// SPDX-License-Identifier: GPL-2.0
// What the port filter is to do with a frame, written from the RFCs and from rules.h alone: it
// shares no table, no ranking and no line with what it judges.
#pragma once
#include "xdp/rules.h"

#include <cstdint>
#include <optional>
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

constexpr bool is_tag(int type) {
    return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200 || type == 0x9300;
}

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
        while (is_tag(be16(at)) && tags < 4) {
            result.ethertype = be16(at);
            if (!has(at + 2, 4)) return "truncated";
            if (!tags++) vlan_ = be16(at + 2) % 4096;
            at += 4;
        }
        result.ethertype = be16(at);
        if (is_tag(result.ethertype)) return "too_deep";
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
        target_ = {bytes_.begin() + at + 16, bytes_.begin() + at + 20};
        result.protocol = bytes_[at + 9];
        if (fragment % 0x2000) return "later_fragment";
        const size_t limit = at + total;
        at += header;
        for (int headers = 0; result.protocol == 51; headers++) {
            if (headers == 2) return "too_deep";
            if (!has(at, 8) || at + 8 > limit) return "truncated";
            result.protocol = bytes_[at];
            at += (bytes_[at + 1] + 2) * 4;
        }
        return ports(at, limit, fragment & 0x2000);
    }

    std::string walk6(size_t at) {  // RFC 8200; AH: RFC 4302
        if (!has(at, 40)) return "truncated";
        if (bytes_[at] / 16 != 6) return "malformed";
        family_ = Family::ipv6;
        source_ = {bytes_.begin() + at + 8, bytes_.begin() + at + 24};
        target_ = {bytes_.begin() + at + 24, bytes_.begin() + at + 40};
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

    bool matches(const std::optional<Prefix>& prefix, const std::vector<uint8_t>& address) const {
        if (!prefix) return true;
        if (address.empty() || prefix->family != family_) return false;
        for (int bit = 0; bit < prefix->bits; bit++)
            if ((address[bit / 8] << bit % 8 & 0x80) !=
                (prefix->address[bit / 8] << bit % 8 & 0x80))
                return false;
        return true;
    }

    bool is_ip() const { return result.protocol >= 0; }

    bool has_ports() const {
        return result.kind == "with_ports" || result.kind == "first_fragment";
    }

    bool applies(const PortRule& rule) const {
        if (rule.vlan && *rule.vlan != vlan_) return false;
        if (!matches(rule.from, source_) || !matches(rule.to, target_)) return false;
        if (rule.family && (!is_ip() || *rule.family != family_)) return false;
        if (rule.protocol && *rule.protocol != result.protocol) return false;
        if (rule.any_port) return true;
        const int port = rule.destination ? result.destination : source_port_;
        return has_ports() && port >= rule.first && port <= rule.last;
    }

    static int bits_of(const std::optional<Prefix>& prefix) { return prefix ? prefix->bits : -1; }
    static int width_of(const PortRule& rule) {
        return rule.any_port ? 65536 : rule.last - rule.first;
    }

    /// Does `a` go before `b`? The words of rules.h, one after the other.
    static bool beats(const PortRule& a, const PortRule& b) {
        if (bits_of(a.from) != bits_of(b.from)) return bits_of(a.from) > bits_of(b.from);
        if (bits_of(a.to) != bits_of(b.to)) return bits_of(a.to) > bits_of(b.to);
        if (a.vlan.has_value() != b.vlan.has_value()) return a.vlan.has_value();
        if (width_of(a) != width_of(b)) return width_of(a) < width_of(b);
        if (a.protocol.has_value() != b.protocol.has_value()) return a.protocol.has_value();
        if (a.family.has_value() != b.family.has_value()) return a.family.has_value();
        return a.destination && !b.destination;
    }

    bool otherwise() const {
        if (has_ports()) return set_.drop_by_default;
        return result.kind == "later_fragment" ? set_.drop_fragments : set_.drop_other;
    }

    void decide() {
        if (result.kind == "truncated" || result.kind == "malformed" || result.kind == "too_deep") {
            result.dropped = set_.drop_malformed;
            return;
        }
        for (size_t i = 0; i < set_.rules.size(); i++)
            if (applies(set_.rules[i]) &&
                (result.rule < 0 || beats(set_.rules[i], set_.rules[result.rule])))
                result.rule = static_cast<int>(i);
        result.dropped = result.rule < 0 ? otherwise() : set_.rules[result.rule].drop;
    }

    const RuleSet& set_;
    const std::vector<uint8_t>& bytes_;
    Family family_ = Family::ipv4;
    std::vector<uint8_t> source_, target_;
    int source_port_ = -1, vlan_ = -1;
};

}  // namespace rxlab::test
