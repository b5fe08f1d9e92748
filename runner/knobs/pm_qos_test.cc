// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "knobs/knobs.h"
#include "knobs/persistent.h"
#include "sys/fake_sys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>

namespace rxlab {
namespace {

using ::testing::HasSubstr;

constexpr const char *kFile = "/dev/cpu_dma_latency", *kName = "pm_qos:cpu_dma_latency";
constexpr int kNobodyAsks = 2'000'000'000;

/// The kernel's side: the least of what others ask for and of what was written to our open file.
class PmQos : public ::testing::Test {
protected:
    PmQos() {
        sys.on_write = [this](FakeSys&, const std::string&, const std::string& value) {
            ours = std::stoi(value, nullptr, 16);
            show();
        };
        sys.on_close = [this](FakeSys&, const std::string&) {
            ours = kNobodyAsks;
            show();
        };
        show();
    }
    ~PmQos() override { write(kNobodyAsks); }

    void show() {
        const int least = std::min(ours, others);
        sys.files[kFile] = std::string(reinterpret_cast<const char*>(&least), sizeof least);
    }
    std::string read() { return knob.kind.read(sys, knob.object); }
    void write(int us) { knob.kind.write(sys, knob.object, std::to_string(us)); }

    FakeSys sys;
    Knob knob = find_knob(kName);
    int ours = kNobodyAsks, others = kNobodyAsks;
};

TEST_F(PmQos, holds_while_its_file_is_open_and_not_longer) {
    EXPECT_EQ(read(), "2000000000");
    write(20);
    EXPECT_EQ(read(), "20");
    EXPECT_EQ(ours, 20);
    write(300);
    EXPECT_EQ(read(), "300") << "the request before is no more";
    write(kNobodyAsks);
    EXPECT_EQ(read(), "2000000000");
    EXPECT_EQ(ours, kNobodyAsks);
}

TEST_F(PmQos, asks_for_nothing_where_others_ask_for_less) {
    others = 5;
    show();
    write(20);
    EXPECT_EQ(read(), "5");
    EXPECT_TRUE(sys.log.empty());
    write(0);
    EXPECT_EQ(read(), "0");
    write(5);
    EXPECT_EQ(read(), "5");
    EXPECT_EQ(ours, kNobodyAsks) << "what was before is written back";
}

TEST_F(PmQos, is_whole_microseconds) {
    for (const char* wrong : {"-1", "", "1.5", "10us", "0x10", "2000000001", "99999999999"})
        EXPECT_THROW(check_knob(sys, knob, wrong), Error) << wrong;
    for (const char* right : {"0", "2000000000"}) EXPECT_NO_THROW(check_knob(sys, knob, right));
}

TEST_F(PmQos, odd_names_are_refused) {
    for (const char* odd : {"pm_qos:", "pm_qos:network_latency", "pm_qos:../cpu_dma_latency",
                            "pm_qos:@dut:cpu_dma_latency"})
        EXPECT_THROW(find_knob(odd), Error) << odd;
}

TEST_F(PmQos, is_no_setting_that_outlives_a_command) {
    EXPECT_THAT(persistent(knob, "0").why_not, HasSubstr("pm_qos_resume_latency_us"));
    try {
        require_lasting(kName);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_STREQ(error.what(),
                     "knob pm_qos:cpu_dma_latency: it would be as before when this command has "
                     "ended");
        EXPECT_THAT(error.next(), HasSubstr("pm_qos_resume_latency_us"));
    }
    EXPECT_NO_THROW(require_lasting("sysctl:net.core.netdev_budget"));
}

}  // namespace
}  // namespace rxlab
