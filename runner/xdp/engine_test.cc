// SPDX-License-Identifier: GPL-2.0
// Needs root: every engine's program runs on every frame of the corpus (BPF_PROG_TEST_RUN), and is
// judged by the corpus and by the reference.
#include "xdp/engine.h"

#include "base/error.h"
#include "bpf/verdicts.h"
#include "xdp/frames.h"
#include "xdp/reference.h"

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <cstdlib>
#include <random>

namespace rxlab {
namespace {

using test::Bytes;
using test::Frame;

const char* const kKinds[] = {"not_ip",         "other_protocol", "with_ports", "first_fragment",
                              "later_fragment", "truncated",      "malformed",  "too_deep"};

struct Case {
    std::string name;
    Bytes frame;
    std::string kind;
    bool dropped;  ///< by kRules
};

const char kRules[] =
    R"({"default": "allow", "later_fragments": "drop", "malformed": "drop", "rules": [
    {"action": "drop", "protocol": "udp", "dport": 53}, {"action": "allow", "protocol": "udp",
        "dport": 53, "from": "192.0.2.128/25"},
    {"action": "drop", "dport": "6000-6063"}, {"action": "allow", "protocol": "tcp", "dport": 6001},
        {"action": "drop", "sport": 7},
    {"action": "drop", "family": "ipv6", "dport": 80}, {"action": "allow", "family": "ipv6",
        "dport": 80, "from": "2001:db8::/32"},
    {"action": "drop", "dport": 80, "from": "2001:db8:0:1::/64"}]})";

/// Frames with what is to become of them, in people's words.
std::vector<Case> corpus() {
    const Bytes near{192, 0, 2, 200}, lan{0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9},
        far{0x20, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9};
    std::vector<Case> cases = {
        {"udp 53", Frame().ipv4(17).udp(9, 53).end().padded().bytes, "with_ports", true},
        {"udp 53 from the half that may", Frame().ipv4(17, near).udp(9, 53).end().padded().bytes,
         "with_ports", false},
        {"tcp 53", Frame().ipv4(6).tcp(9, 53).end().padded().bytes, "with_ports", false},
        {"the range", Frame().ipv4(17).udp(9, 6063).end().bytes, "with_ports", true},
        {"an exception in the range", Frame().ipv4(6).tcp(9, 6001).end().bytes, "with_ports",
         false},
        {"the exception is tcp's", Frame().ipv4(17).udp(9, 6001).end().bytes, "with_ports", true},
        {"beyond the range", Frame().ipv4(17).udp(9, 6064).end().bytes, "with_ports", false},
        {"source port", Frame().ipv4(17).udp(7, 9).end().bytes, "with_ports", true},
        {"a narrower source beats a wider destination", Frame().ipv4(6).tcp(7, 6001).end().bytes,
         "with_ports", false},
        {"IPv4 options", Frame().ipv4(17, near, 15).udp(7, 9).end().bytes, "with_ports", true},
        {"one tag", Frame(0x8100).tag(0x0800).ipv4(17).udp(9, 53).end().bytes, "with_ports", true},
        {"QinQ", Frame(0x88a8).tag(0x8100).tag(0x0800).ipv4(17).udp(9, 53).end().bytes,
         "with_ports", true},
        {"three tags",
         Frame(0x88a8).tag(0x8100).tag(0x8100).tag(0x0800).ipv4(17).udp(9, 53).end().bytes,
         "with_ports", true},
        {"0x9100",
         Frame(0x9100).tag(0x9200).tag(0x9300).tag(0x0800).ipv4(17).udp(9, 53).end().bytes,
         "with_ports", true},
        {"five tags",
         Frame(0x88a8)
             .tag(0x8100)
             .tag(0x8100)
             .tag(0x8100)
             .tag(0x8100)
             .tag(0x0800)
             .ipv4(17)
             .udp(9, 53)
             .end()
             .bytes,
         "too_deep", true},
        {"IPv4 AH", Frame().ipv4(51).authentication(17).udp(9, 53).end().bytes, "with_ports", true},
        {"IPv4 AH twice",
         Frame().ipv4(51).authentication(51).authentication(6).tcp(9, 6001).end().bytes,
         "with_ports", false},
        {"IPv4 AH three times",
         Frame()
             .ipv4(51)
             .authentication(51)
             .authentication(51)
             .authentication(17)
             .udp(9, 53)
             .end()
             .bytes,
         "too_deep", true},
        {"IPv4 AH beyond the datagram", Frame().ipv4(51).end().padded().bytes, "truncated", true},
        {"SCTP", Frame().ipv4(132).payload(40).end().bytes, "other_protocol", false},
        {"VLAN 9", Frame(0x8100).tag(0x0800, 9).ipv4(17).udp(9, 4000).end().bytes, "with_ports",
         false},
        {"priority tag", Frame(0x8100).tag(0x0806, 0xe000).payload(28).bytes, "not_ip", false},
        {"to another", Frame().ipv4(17, near, 5, 0, {198, 51, 100, 7}).udp(9, 4000).end().bytes,
         "with_ports", false},
        {"ARP", Frame(0x0806).payload(28).padded().bytes, "not_ip", false},
        {"ICMP", Frame().ipv4(1).payload(40).end().bytes, "other_protocol", false},
        {"first fragment", Frame().ipv4(17, near, 5, 0x2000).udp(7, 9).end().bytes,
         "first_fragment", true},
        {"later fragment whose payload looks like ports",
         Frame().ipv4(17, near, 5, 0x2001).udp(9, 9).end().bytes, "later_fragment", true},
        {"last fragment", Frame().ipv4(17, near, 5, 3).udp(9, 9).end().bytes, "later_fragment",
         true},
        {"don't fragment is no fragment", Frame().ipv4(17, near, 5, 0x4000).udp(9, 9).end().bytes,
         "with_ports", false},
        {"IPv4 header of four words", Frame().ipv4(17).udp(9, 9).end().set(14, 0x44).bytes,
         "malformed", true},
        {"version 5", Frame().ipv4(17).udp(9, 9).end().set(14, 0x55).bytes, "malformed", true},
        {"length shorter than the header", Frame().ipv4(17).udp(9, 9).end().set16(16, 19).bytes,
         "malformed", true},
        {"ports in the padding only", Frame().ipv4(17).end().padded().bytes, "truncated", true},
        {"IPv6", Frame(0x86dd).ipv6(6, far).tcp(9, 80).end().bytes, "with_ports", true},
        {"IPv6 from those who may", Frame(0x86dd).ipv6(6).tcp(9, 80).end().bytes, "with_ports",
         false},
        {"IPv6 from the longer prefix", Frame(0x86dd).ipv6(6, lan).tcp(9, 80).end().bytes,
         "with_ports", true},
        {"IPv6 that only looks like version 6",
         Frame(0x86dd).ipv6(6).tcp(9, 80).end().set(14, 0x45).bytes, "malformed", true},
        {"extension chain",
         Frame(0x86dd)
             .ipv6(0, far)
             .extension(43, 1)
             .extension(60, 2)
             .extension(44)
             .fragment(51, 0)
             .authentication(6)
             .tcp(9, 80)
             .end()
             .bytes,
         "with_ports", true},
        {"IPv6 first fragment", Frame(0x86dd).ipv6(44, far).fragment(6, 1).tcp(9, 80).end().bytes,
         "first_fragment", true},
        {"IPv6 later fragment", Frame(0x86dd).ipv6(44).fragment(6, 8).tcp(9, 443).end().bytes,
         "later_fragment", true},
        {"no next header", Frame(0x86dd).ipv6(59).payload(8).end().bytes, "other_protocol", false},
        {"an extension header beyond the payload's length",
         Frame(0x86dd).ipv6(0).extension(17).udp(9, 9).end().set16(18, 4).bytes, "truncated", true},
        {"an extension header that says it is longer than the frame",
         Frame(0x86dd).ipv6(0).extension(17).udp(9, 9).end().set(55, 255).bytes, "truncated", true},
    };
    Frame deep(0x86dd), deeper(0x86dd);
    deep.ipv6(60, far);
    for (int i = 0; i < 7; i++) deep.extension(60);
    cases.push_back(
        {"eight extension headers", deep.extension(6).tcp(9, 80).end().bytes, "with_ports", true});
    deeper.ipv6(60, far);
    for (int i = 0; i < 8; i++) deeper.extension(60);
    cases.push_back(
        {"nine extension headers", deeper.extension(6).tcp(9, 80).end().bytes, "too_deep", true});
    return cases;
}

Count count_of(int map, uint32_t key) {
    std::vector<verdict> values(64);
    Count sum{};
    if (!::bpf_map_lookup_elem(map, &key, values.data()))
        for (const verdict& value : values) sum.packets += value.packets, sum.bytes += value.bytes;
    return sum;
}

/// One loaded engine, and what its counters were before the last frame.
class Machine {
public:
    Machine(const Engine& engine, const RuleSet& set)
        : slots_(slots_for(set.rules, {}, {})),
          object_(build_filter(engine, set, slots_)),
          name_(engine.name) {}

    /// Runs the frame and compares the verdict and every counter it should move.
    void check(const Bytes& frame, const test::Judged& judged) {
        const uint32_t kind = static_cast<uint32_t>(
            std::find(std::begin(kKinds), std::end(kKinds), judged.kind) - kKinds);
        const uint32_t slot =
            judged.rule >= 0
                ? slots_.of_rule[judged.rule]
                : static_cast<uint32_t>(kind == FILTER_WITH_PORTS || kind == FILTER_FIRST_FRAGMENT
                                            ? FILTER_BY_DEFAULT
                                        : kind == FILTER_LATER_FRAGMENT ? FILTER_BY_FRAGMENTS
                                        : kind >= FILTER_TRUNCATED      ? FILTER_BY_MALFORMED
                                                                        : FILTER_BY_OTHER);
        std::vector<std::pair<const char*, uint32_t>> moved = {
            {"xdp_verdicts", judged.dropped ? XDP_DROP : XDP_PASS},
            {"parsed", kind},
            {"rules", slot}};
        if (judged.protocol >= 0) moved.emplace_back("ip_protocols", judged.protocol);
        if (judged.destination >= 0)
            moved.emplace_back("ports", judged.destination |
                                            (judged.dropped ? FILTER_PORT_DROPPED : 0) |
                                            (judged.udp ? FILTER_PORT_UDP : 0));
        std::vector<Count> before;
        for (const auto& [map, key] : moved) before.push_back(count_of(object_.map(map), key));
        ASSERT_EQ(test_run_xdp(object_.program(), frame),
                  static_cast<uint32_t>(judged.dropped ? XDP_DROP : XDP_PASS))
            << name_ << ", " << judged.kind << ", rule " << judged.rule;
        for (size_t i = 0; i < moved.size(); i++) {
            const Count after = count_of(object_.map(moved[i].first), moved[i].second);
            ASSERT_EQ(after.packets - before[i].packets, 1u)
                << name_ << ": " << moved[i].first << " of " << moved[i].second << ", "
                << judged.kind;
            ASSERT_EQ(after.bytes - before[i].bytes, frame.size())
                << name_ << ": " << moved[i].first;
        }
    }

private:
    Slots slots_;
    BpfObject object_;
    std::string name_;
};

class EngineKernel : public testing::Test {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
    }
    static std::vector<Machine> machines(const RuleSet& set) {
        std::vector<Machine> all;
        for (size_t i = 0; i < kEngineCount; i++) all.emplace_back(kEngines[i], set);
        return all;
    }
};

TEST(Reference, agrees_with_the_corpus) {
    const RuleSet set = parse_rules(kRules, "rules");
    for (const Case& one : corpus()) {
        const test::Judged judged = test::Reference(set, one.frame).result;
        EXPECT_EQ(judged.kind, one.kind) << one.name;
        EXPECT_EQ(judged.dropped, one.dropped) << one.name;
    }
}

TEST_F(EngineKernel, every_frame_of_the_corpus_gets_its_verdict_and_its_counts) {
    const RuleSet set = parse_rules(kRules, "rules");
    for (Machine& machine : machines(set))
        for (const Case& one : corpus()) {
            SCOPED_TRACE(one.name);
            machine.check(one.frame, test::Reference(set, one.frame).result);
            if (HasFatalFailure()) return;
        }
}

TEST_F(EngineKernel, every_frame_cut_at_every_byte_is_judged_as_the_reference_does) {
    const RuleSet set = parse_rules(kRules, "rules");
    for (Machine& machine : machines(set))
        for (const Case& one : corpus())
            for (size_t length = 14; length < one.frame.size();
                 length++) {  // no shorter frame gets into a test run
                SCOPED_TRACE(fmt::format("{}, {} bytes", one.name, length));
                const Bytes frame(one.frame.begin(),
                                  one.frame.begin() + static_cast<std::ptrdiff_t>(length));
                machine.check(frame, test::Reference(set, frame).result);
                if (HasFatalFailure()) return;
            }
}

TEST_F(EngineKernel, mutated_frames_and_random_rules_are_judged_as_the_reference_does) {
    const char* wanted = std::getenv("RXLAB_FUZZ_FRAMES");
    const int frames = wanted ? std::atoi(wanted) : 4000;
    std::mt19937 random(20261123);
    const auto below = [&](uint32_t n) { return static_cast<uint32_t>(random() % n); };
    const auto cases = corpus();
    const char* prefixes[] = {"",
                              "",
                              "",
                              " from 192.0.0.0/8",
                              " from 192.0.2.0/24",
                              " from 192.0.2.200/32",
                              " from 2001:db8::/32",
                              " from ::/0",
                              " from 0.0.0.0/0",
                              " from 2001:db8:0:1::/64"};
    for (int done = 0, per_set = 1000; done < frames; done += per_set) {
        RuleSet set{below(2) > 0, below(2) > 0, below(2) > 0, below(2) > 0, {}};
        for (int i = 0; i < 25; i++) {
            const uint32_t ports[] = {7, 9, 53, 80, 6001, below(FILTER_PORTS)},
                           first = ports[below(6)],
                           last = below(2) ? first : std::min<uint32_t>(first + below(5000), 65535);
            set.rules.push_back(rule_from(
                fmt::format("{} {} {} {}-{}{}", below(2) ? "drop" : "allow",
                            below(3)   ? ""
                            : below(2) ? "tcp"
                                       : "udp",
                            below(2) ? "dport" : "sport", first, last, prefixes[below(10)])));
            auto trial = set.rules;
            try {
                rank(trial);
            } catch (const Error&) {  // a contradiction
                set.rules.pop_back();
            }
        }
        rank(set.rules);
        auto all = machines(set);
        for (int i = 0; i < per_set; i++) {
            Bytes frame = cases[below(static_cast<uint32_t>(cases.size()))].frame;
            for (uint32_t changes = below(4); changes > 0; changes--)
                frame[below(static_cast<uint32_t>(frame.size()))] =
                    below(3) ? static_cast<uint8_t>(random())
                             : static_cast<uint8_t>(1u << below(8));
            if (!below(4))
                frame.resize(std::max<size_t>(14, below(static_cast<uint32_t>(frame.size()) + 1)));
            SCOPED_TRACE(fmt::format("frame {} of set {}", i, done / per_set));
            for (Machine& machine : all) {
                machine.check(frame, test::Reference(set, frame).result);
                if (HasFatalFailure()) return;
            }
        }
    }
}

const char* one_of(std::mt19937& random, std::initializer_list<const char*> words) {
    return words.begin()[random() % words.size()];
}

/// Of every kind, so that most of them apply to some frame of the corpus.
std::string random_rule(std::mt19937& random) {
    const bool six = random() % 3 == 0;
    std::string text = one_of(random, {"drop", "allow"});
    bool ports = random() % 2;
    text += ports ? one_of(random, {"", " tcp", " udp"})
                  : one_of(random, {"", " tcp", " udp", " protocol 132", " protocol 59",
                                    " protocol 60", " gre"});
    if (random() % 4 == 0) text += six ? " ipv6" : " ipv4";
    if (random() % 3 == 0) text += fmt::format(" vlan {}", one_of(random, {"7", "9", "0"}));
    if (ports)
        text +=
            fmt::format(" {} {}", one_of(random, {"dport", "sport"}),
                        one_of(random, {"7", "9", "53", "80", "6000-6063", "0-65535", "40:6001"}));
    for (const char* side : {"from", "to"})
        if (random() % 3 == 0)
            text += fmt::format(
                " {} {}", side,
                six ? one_of(random, {"::/0", "2001:db8::/32", "2001:db8::2", "2001:db8:0:1::/64"})
                    : one_of(random, {"0.0.0.0/0", "192.0.0.0/8", "192.0.2.200", "192.0.2.0/24",
                                      "198.51.100.0/24"}));
    return text;
}

RuleSet random_rules(std::mt19937& random, int count) {
    const auto coin = [&] { return random() % 2 > 0; };
    RuleSet set{coin(), coin(), coin(), coin(), {}};
    for (int i = 0; i < count; i++) {
        try {
            auto trial = set.rules;
            trial.push_back(rule_from(random_rule(random)));
            rank(trial);
            set.rules = std::move(trial);
        } catch (const Error&) {  // says nothing, or contradicts
        }
    }
    return set;
}

TEST_F(EngineKernel, rules_of_every_kind_are_enforced_as_they_are_listed) {
    const char* wanted = std::getenv("RXLAB_FUZZ_FRAMES");
    const int sets = wanted ? std::max(std::atoi(wanted) / 1000, 1) : 6;
    std::mt19937 random(10);
    const auto cases = corpus();
    for (int done = 0; done < sets; done++) {
        const RuleSet given = random_rules(random, 1 + static_cast<int>(random() % 12));
        RuleSet listed = given;  // what is printed is what is judged by
        for (PortRule& rule : listed.rules) rule = rule_from(to_text(rule));
        std::vector<Machine> all;
        for (size_t i = 0; i < kEngineCount; i++) try {
                all.emplace_back(kEngines[i], given);
            } catch (const Error& error) {
                EXPECT_NE(std::string(kEngines[i].name), "lpm") << "refused by the one with room";
                EXPECT_EQ(error.next(), "--engine lpm");
            }
        for (const Case& one : cases)
            for (int changes = 0; changes < 3; changes++) {
                Bytes frame = one.frame;
                for (int i = 0; i < changes; i++)
                    frame[random() % frame.size()] = static_cast<uint8_t>(random());
                SCOPED_TRACE(fmt::format("{}, {} changes, set {}", one.name, changes, done));
                for (Machine& machine : all) {
                    machine.check(frame, test::Reference(listed, frame).result);
                    if (HasFatalFailure()) return;
                }
            }
    }
}

TEST_F(EngineKernel, what_a_rule_set_does_not_use_has_no_memory) {
    const RuleSet plain = parse_rules(kRules, "rules");
    const BpfObject object =
        build_filter(engine_named("hash"), plain, slots_for(plain.rules, {}, {}));
    for (const char* map : {"to_prefixes", "vlans", "combined", "others"})
        EXPECT_EQ(BpfMap(object.map(map)).entries(), 1u) << map;
}

TEST_F(EngineKernel, an_engine_without_room_says_which_has_it) {
    RuleSet set;
    for (int i = 0; i < 70; i++)
        set.rules.push_back(rule_from(fmt::format("drop dport 1 from 10.{}.0.0/16", i)));
    rank(set.rules);
    try {
        build_filter(engine_named("bitmap"), set, slots_for(set.rules, {}, {}));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.next(), "--engine lpm");
    }
    EXPECT_NO_THROW(build_filter(engine_named("lpm"), set, slots_for(set.rules, {}, {})));
}

TEST(Slots, are_kept_by_what_stays_and_never_given_twice) {
    std::vector<PortRule> old = {rule_from("drop dport 1"), rule_from("drop dport 2")},
                          now = {rule_from("drop dport 3"), rule_from("drop dport 2")};
    const Slots first = slots_for(old, {}, {}), second = slots_for(now, old, first);
    EXPECT_EQ(first.of_rule, (std::vector<uint32_t>{8, 9}));
    EXPECT_EQ(second.of_rule, (std::vector<uint32_t>{10, 9}));
    EXPECT_EQ(second.next, 11u);
    EXPECT_THROW(slots_for(now, {}, {{}, 8, 9, {}}), Error) << "the counters' map does not grow";
}

TEST(Slots, of_rules_that_went_are_given_again_when_there_are_no_others) {
    const std::vector<PortRule> old = {rule_from("drop dport 2 comment a")},
                                now = {rule_from("drop dport 2 comment b"),
                                       rule_from("drop dport 3"), rule_from("drop dport 4")};
    const Slots slots = slots_for(now, old, {{9}, 10, 11, {}});
    EXPECT_EQ(slots.of_rule, (std::vector<uint32_t>{9, 10, 8}));
    EXPECT_EQ(slots.reused, (std::vector<uint32_t>{8}));
    EXPECT_THROW(slots_for(now, old, {{9}, 10, 10, {}}), Error);
}

TEST(Engines, a_misspelt_one_is_answered_with_the_nearest) {
    try {
        engine_named("bitmpa");
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(error.next().find("bitmap"), std::string::npos);
    }
}

}  // namespace
}  // namespace rxlab
