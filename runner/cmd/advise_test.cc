// SPDX-License-Identifier: GPL-2.0
// `rxlab advise` as a person meets it: every experiment that it writes has a plan.
#include "base/test_folder.h"
#include "base/whole_file.h"
#include "cmd/catalogue.h"
#include "profile/test_profile.h"
#include "sys/sys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rxlab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Advise : public testing::Test {
protected:
    CommandResult rxlab(std::vector<std::string> words) {
        words.insert(words.begin(), std::string(RXLAB_BUILD) + "/rxlab");
        return real_sys().run(words);
    }
    /// Advises on it. @returns the files that there are then
    std::vector<fs::path> advised(const Recorded& recorded) {
        write_whole(folder.path() / "profile.json", profile_document(recorded).dump(1));
        const CommandResult ran = rxlab({"advise", folder.path()});
        EXPECT_EQ(ran.status, 0) << ran.err;
        said = ran.out;
        std::vector<fs::path> files;
        if (fs::exists(folder.path() / "advice"))
            for (const auto& entry : fs::directory_iterator(folder.path() / "advice"))
                files.push_back(entry.path());
        return files;
    }
    const TestFolder folder;
    std::string said;
};

TEST_F(Advise, every_experiment_of_every_finding_has_a_plan) {
    size_t planned = 0;
    for (const Json& subject : {sound().subject, a_trial()})
        for (const Sickness& sickness : kSicknesses) {
            Recorded recorded = sound();
            recorded.subject = subject;
            sickness.make(recorded);
            for (const fs::path& file : advised(recorded)) {
                const CommandResult ran = rxlab({"plan", file});
                EXPECT_EQ(ran.status, 0) << file << ran.err;
                planned++;
            }
        }
    EXPECT_GT(planned, 20u);
}

TEST_F(Advise, an_empty_advice_leaves_no_experiment_of_an_earlier_one) {
    Recorded recorded = sound();
    recorded.values["softnet.dropped"].value = 1;
    EXPECT_EQ(advised(recorded).size(), 1u);
    EXPECT_THAT(said, HasSubstr("--interface A:eth0"));
    EXPECT_TRUE(advised(sound()).empty());
    EXPECT_EQ(said, "nothing to advise\n");
}

TEST_F(Advise, what_is_no_profile_is_refused_in_words) {
    for (const char* text : {"{}", "[]", R"({"schema_version": 2, "thresholds": []})",
                             R"({"schema_version": 1, "thresholds": [{"abnormal": true}]})",
                             R"({"schema_version": 1, "thresholds": 3})"}) {
        write_whole(folder.path() / "profile.json", text);
        const CommandResult ran = rxlab({"advise", folder.path()});
        EXPECT_EQ(ran.status, 2) << text;
        EXPECT_THAT(ran.err, HasSubstr("profile.json: is no profile")) << text;
    }
    EXPECT_EQ(rxlab({"advise", folder.path() / "nothing"}).status, 2);
}

}  // namespace
}  // namespace rxlab
