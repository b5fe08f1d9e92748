// SPDX-License-Identifier: GPL-2.0
#include "collect/bpftrace_output.h"

#include "base/error.h"
#include "bpf/objects.h"

#include <gtest/gtest.h>

using namespace rxlab;

namespace {

const char kPrinted[] = R"({"type": "attached_probes", "data": {"probes": 1}}


{"type": "map", "data": {"@polls": 7}}
{"type": "map", "data": {"@by_reason": {"3": 4, "77": 1}}}
{"type": "map", "data": {"@by_place": {"3,udp_rcv": 4, "3,udp_rcv": 5, "2,ip_rcv": 1}}}
{"type": "map", "data": {"@spent_ns": {"3": 800}}}
{"type": "hist", "data": {"@work": [{"min": 1, "max": 1, "count": 7}]}}
)";

Values reported(const std::string& printed, const std::map<std::string, Words>& words = {}) {
    Values values;
    report_bpftrace("b", parse_bpftrace(printed), words, values);
    return values;
}

}  // namespace

TEST(ParseBpftrace, keeps_maps_and_histograms_and_leaves_out_what_is_none) {
    const Json maps = parse_bpftrace(kPrinted);
    ASSERT_EQ(maps.size(), 5u);
    EXPECT_EQ(
        maps[4],
        Json::parse(R"({"type": "hist", "data": {"@work": [{"min": 1, "max": 1, "count": 7}]}})"));
    EXPECT_TRUE(parse_bpftrace("\n\n").empty());
}

TEST(ParseBpftrace, adds_up_entries_that_are_printed_alike) {
    EXPECT_EQ(parse_bpftrace(kPrinted)[2]["data"]["@by_place"],
              Json::parse(R"({"3,udp_rcv": 9, "2,ip_rcv": 1})"));
}

TEST(ParseBpftrace, refuses_what_is_no_record) {
    EXPECT_THROW(parse_bpftrace("Attaching 1 probe...\n"), Error);
    EXPECT_THROW(parse_bpftrace("{\"type\": \"map\", \"da\n"), Error);
}

TEST(ParseBpftrace, a_key_may_be_as_long_as_a_map_allows) {
    const std::string key(60000, 'k');
    const std::string line =
        R"({"type": "map", "data": {"@a": {")" + key + R"(": 1, ")" + key + R"(": 2}}})";
    EXPECT_EQ(parse_bpftrace(line)[0]["data"]["@a"][key], 3);
    EXPECT_TRUE(parse_symbols("__print_symbolic(REC->vec, { 0, \"" + key, "vec").empty());
    EXPECT_EQ(key_names("// names of @" + key + ": irq:softirq_entry vec")[0].map, "@" + key);
}

TEST(ParseBpftrace, refuses_records_of_another_shape) {
    for (const char* line :
         {R"({"type": "map"})", R"({"type": 1, "data": {}})", R"({"type": "map", "data": [1]})",
          R"({"type": "map", "data": {"": 1}})"})
        EXPECT_THROW(parse_bpftrace(line), Error) << line;
}

TEST(ParseBpftrace, refuses_a_sum_beyond_64_bits) {
    EXPECT_THROW(parse_bpftrace(R"({"type": "map", "data": {"@a": {"k": 9223372036854775807, )"
                                R"("k": 1}}})"),
                 Error);
}

TEST(ReportBpftrace, tells_every_plain_number) {
    const Values values = reported(kPrinted);
    EXPECT_EQ(values.size(), 6u);
    EXPECT_EQ(values.at("b.polls"), 7);
    EXPECT_EQ(values.at("b.by_place.3.udp_rcv"), 9);
    EXPECT_TRUE(values.contains("b.spent_ns.3"));
}

TEST(ReportBpftrace, puts_the_kernels_word_for_a_number) {
    const std::map<std::string, Words> words{{"@by_reason", {{"3", "no_socket"}}},
                                             {"@by_place", {{"3", "no_socket"}}}};
    const Values values = reported(kPrinted, words);
    EXPECT_EQ(values.at("b.by_reason.no_socket"), 4);
    EXPECT_EQ(values.at("b.by_reason.77"), 1);
    EXPECT_EQ(values.at("b.by_place.no_socket.udp_rcv"), 9);
    EXPECT_EQ(values.at("b.by_place.2.ip_rcv"), 1);
}

TEST(ParseSymbols, reads_the_words_of_the_field_asked_for) {
    const std::string format =
        "print fmt: \"%s %s\", __print_symbolic(REC->vec, { 0, \"HI\" }, { 3, \"NET_RX\" }), "
        "__print_symbolic(REC->other, { 0x10, \"X\" })\n";
    EXPECT_EQ(parse_symbols(format, "vec"), (Words{{"0", "hi"}, {"3", "net_rx"}}));
    EXPECT_EQ(parse_symbols(format, "other"), (Words{{"16", "x"}}));
    EXPECT_TRUE(parse_symbols(format, "ve").empty());
}

TEST(KeyNames, are_read_from_the_scripts_comment) {
    const auto names = key_names("// names of @a, @b_c: irq:softirq_entry vec\n@a = count();\n");
    ASSERT_EQ(names.size(), 2u);
    EXPECT_EQ(names[1].map, "@b_c");
    EXPECT_EQ(names[1].event, "irq/softirq_entry");
    EXPECT_EQ(names[1].field, "vec");
}

/// A misspelt map in that comment would leave numbers in the report.
TEST(KeyNames, of_our_scripts_are_those_of_their_maps) {
    for (size_t i = 0; i < kBpftraceScriptCount; i++) {
        const std::string script(reinterpret_cast<const char*>(kBpftraceScripts[i].begin),
                                 kBpftraceScripts[i].size());
        for (const KeyNames& names : key_names(script))
            EXPECT_NE(script.find("\t" + names.map + "["), std::string::npos)
                << kBpftraceScripts[i].name << " " << names.map;
    }
}
