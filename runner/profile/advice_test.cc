// SPDX-License-Identifier: GPL-2.0
#include "profile/advice.h"

#include "profile/test_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::ElementsAre;

Recorded overrun() {
    Recorded recorded = sound();
    recorded.values["link.rx_missed_errors"].value = 7;
    return recorded;
}

TEST(Advice, of_nothing_abnormal_says_so) {
    const Json document = profile_document(sound());
    EXPECT_THAT(advice_in_words(document, advice_of(document), {}),
                ElementsAre("nothing to advise"));
}

TEST(Advice, tells_finding_suspicion_values_reason_source_and_proof) {
    const Json document = profile_document(overrun());
    EXPECT_THAT(
        advice_in_words(document, advice_of(document), {"x/advice/advice-longer-ring.json"}),
        ElementsAre(
            "longer-ring: packets that found no room in the device's ring: 7 packets",
            "  suspicion: bursts are longer than the ring, while the mean rate can be handled",
            "  to try:", "    ethtool:@dut:@dut/ring/rx: 512, 1024 (now 256)",
            "  why: a ring that holds a burst loses none of it; it costs memory, cache and latency "
            "of what waits in it, and does not help where the CPU is too slow in the mean (Red Hat "
            "Enterprise Linux 7: Performance Tuning Guide, 9.3.2 Configuring the Hardware Buffer)",
            "  to prove it: x/advice/advice-longer-ring.json"));
}

TEST(Advice, names_what_is_abnormal_and_has_no_remedy) {
    Recorded recorded = sound();
    recorded.values["link.rx_errors"].value = 1;
    const Json document = profile_document(recorded);
    EXPECT_THAT(advice_in_words(document, advice_of(document), {}),
                ElementsAre("nothing to advise",
                            "abnormal, and no setting to try is known for it here: bad packets "
                            "received"));
}

TEST(Advice, comes_with_an_experiment_of_a_pair_that_real_ports_may_stand_for) {
    const Json experiment = advice_of(profile_document(overrun())).at(0).experiment;
    EXPECT_EQ(experiment.at("name"), "advice-longer-ring");
    EXPECT_EQ(experiment.at("traffic").at("kind"), "pktgen") << "it has interrupts of its own";
    ASSERT_EQ(experiment.at("arms").size(), 3u);
    EXPECT_EQ(experiment.at("arms")[0], Json::parse(R"({"name": "as-it-is", "baseline": true,
        "summary": "as the profile found it"})"));
    EXPECT_EQ(experiment.at("arms")[1].at("knobs"),
              Json::parse(R"({"ethtool:@dut:@dut/ring/rx": 512})"));
}

TEST(Advice, of_a_trial_repeats_it_with_the_arm_as_baseline) {
    Recorded recorded = sound();
    recorded.values["softnet.time_squeeze"].value = 2e3;
    recorded.subject = a_trial();
    recorded.subject["expect"] = Json::parse(R"(["conservation"])");
    const Json experiment = advice_of(profile_document(recorded)).at(0).experiment;
    EXPECT_EQ(experiment.at("traffic"), recorded.subject["experiment"]["traffic"]);
    EXPECT_EQ(experiment.at("primary"), Json::parse(R"(["ns_per_packet", "lost_fraction"])"))
        << "no arm measures the generator alone";
    for (const Json& arm : experiment.at("arms"))
        EXPECT_EQ(arm.at("expect"), Json::parse(R"(["conservation"])"));
    EXPECT_EQ(experiment.at("arms")[0].at("name"), "closed-port");
}

TEST(Advice, one_rule_speaks_once_and_of_the_worst) {
    Recorded recorded = sound();
    recorded.values["softnet.dropped"].value = 1;
    recorded.values["softnet.flow_limit"].value = 50;
    const auto all = advice_of(profile_document(recorded));
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].finding.at("name"), "flow_limit_drops");
}

}  // namespace
}  // namespace rxlab
