// SPDX-License-Identifier: GPL-2.0
#include "profile/recorded.h"

#include "profile/test_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

using testing::ElementsAre;

TEST(ProfileInWords, says_that_nothing_is_abnormal_and_against_what) {
    EXPECT_THAT(
        profile_in_words(profile_document(sound())),
        ElementsAre("nothing abnormal against 19 of 20 thresholds; for the others there was "
                    "too little to tell, or the part is left out"));
}

TEST(ProfileInWords, tells_findings_with_their_limit_and_what_is_left_out) {
    Recorded recorded = sound();
    recorded.values["softirq.net_rx.raise_to_entry.p99"].value = 3e6;
    recorded.left_out = {{"napi", "no such tracepoint"}};
    EXPECT_THAT(profile_in_words(profile_document(recorded)),
                ElementsAre("1 abnormal against 19 of 20 thresholds, worst first:",
                            "  from raising NET_RX to its first instruction, p99: 3000 us (above "
                            "2000 us is abnormal)",
                            "left out: napi: no such tracepoint"));
}

TEST(ProfileDocument, is_the_same_for_the_same_recording) {
    EXPECT_EQ(profile_document(sound()).dump(), profile_document(sound()).dump());
}

}  // namespace
}  // namespace rxlab
