// SPDX-License-Identifier: GPL-2.0
#include "change/contrast.h"

#include "base/error.h"

#include <gmock/gmock.h>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Subject kBefore{
    "6.12.107", "6.12.107+deb12-amd64", {{"kernel", "6.12.107"}}, "a package", {}};
const Subject kAfter{"6.12.117", "6.12.117+deb12-amd64", {{"kernel", "6.12.117"}}, "another", {}};

Arm arm(const std::string& name) {
    Arm made;
    made.name = name;
    return made;
}

Experiment drops() {
    Experiment experiment;
    experiment.name = "drops";
    experiment.lanes = {Lane::counted};
    experiment.mechanism = {"instructions"};
    experiment.topology = {{"kind", "veth"}};
    experiment.traffic = {{"kind", "pktgen"}, {"packets", 100}};
    experiment.primary = {"instructions_per_packet"};
    Arm closed = arm("closed-port"), xdp = arm("xdp"), generator = arm("generator");
    closed.baseline = true;
    xdp.setup = {{"xdp", {{"program", "xdp_drop"}}}};
    xdp.needs.kernel = "6.7";
    generator.generator = true;
    generator.topology = {{"kind", "dummy"}};
    experiment.arms = {closed, xdp, generator};
    return experiment;
}

Plan round_of(const Experiment& experiment) {
    PlanOptions options;
    options.rounds = 1;
    return make_plan(experiment, options);
}

Contrast made_of(const Experiment& experiment, const Subject& before = kBefore,
                 const Subject& after = kAfter, const std::vector<std::string>& arms = {}) {
    return contrast(experiment, round_of(experiment), arms, {before, after});
}

std::vector<std::string> paths_in(const Contrast& made) {
    std::vector<std::string> names;
    for (const Json& path : made.document.at("factors").at("path"))
        names.push_back(path.at("name"));
    return names;
}

TEST(Contrast, has_the_subjects_as_arms_and_the_arms_as_paths) {
    const Contrast made = made_of(drops());
    EXPECT_THAT(paths_in(made), ElementsAre("closed-port", "xdp"));
    EXPECT_THAT(made.left_out, IsEmpty());
    const Json& arms = made.document.at("arms");
    ASSERT_EQ(arms.size(), 2U);
    EXPECT_EQ(arms[0].at("name"), "6.12.107");
    EXPECT_EQ(arms[0].at("baseline"), true);
    EXPECT_EQ(arms[1].at("boot").at("kernel"), "6.12.117");
    const Json& paths = made.document.at("factors").at("path");
    EXPECT_EQ(paths[1].at("setup"), drops().arms[1].setup);
    EXPECT_EQ(paths[0].at("traffic"), drops().traffic);
    EXPECT_EQ(made.document.at("traffic"), "$path.traffic");
}

TEST(Contrast, resolves_factors_and_names_their_values) {
    Experiment experiment = drops();
    experiment.traffic["packet_size"] = "$size";
    experiment.topology = "$link.topology";
    experiment.factors = {{"size", {60, 1514}},
                          {"link", {Json{{"name", "nic"}, {"topology", {{"kind", "nic"}}}}}}};
    const Contrast made = made_of(experiment, kBefore, kAfter, {"closed-port"});
    EXPECT_THAT(paths_in(made),
                ElementsAre("closed-port nic size=60", "closed-port nic size=1514"));
    const Json& path = made.document.at("factors").at("path")[1];
    EXPECT_EQ(path.at("traffic").at("packet_size"), 1514);
    EXPECT_EQ(path.at("topology").at("kind"), "nic");
}

TEST(Contrast, leaves_out_with_a_reason_what_a_subject_cannot_run) {
    const Subject old{"6.1", "6.1.0-57-amd64", {{"kernel", "6.1"}}, "old", {}};
    const Contrast made = made_of(drops(), old);
    EXPECT_THAT(paths_in(made), ElementsAre("closed-port"));
    EXPECT_THAT(made.left_out, ElementsAre("drops: xdp: it needs kernel 6.7, and 6.1 is "
                                           "6.1.0-57-amd64"));
}

TEST(Contrast, leaves_out_an_arm_with_a_kernel_of_its_own_and_a_faulty_one) {
    Experiment experiment = drops();
    experiment.arms[0].boot = {{"kernel", "6.1"}};
    experiment.arms.push_back(arm("broken"));
    experiment.arms.back().expect = {"conservation"};
    const Contrast made = made_of(experiment);
    EXPECT_THAT(paths_in(made), ElementsAre("xdp"));
    EXPECT_THAT(made.left_out, ElementsAre(HasSubstr("names its kernel"), HasSubstr("on purpose")));
}

TEST(Contrast, takes_arms_that_differ_in_their_seeds_only_as_one_path) {
    Experiment experiment = drops();
    experiment.arms.push_back(arm("other-seeds"));
    experiment.arms.back().boot = {{"seed_offset", 1000}};
    EXPECT_THAT(made_of(experiment).left_out, ElementsAre(HasSubstr("in its seeds only")));
}

Subject object(const std::string& name, const std::string& program = "") {
    Subject made{name, "6.12.117+deb12-amd64", {{"kernel", "6.12"}}, "", {{"object", name}}};
    made.object = "/home/me/" + name + ".o";
    made.program = program;
    return made;
}

TEST(Contrast, puts_xdp_objects_in_the_place_of_the_paths_programs) {
    Experiment experiment = drops();
    experiment.arms[1].setup["xdp"]["mode"] = "generic";
    experiment.arms[1].setup["link"] = {{"name", "x"}};
    const Contrast made = made_of(experiment, object("old"), object("new", "main"));
    EXPECT_THAT(paths_in(made), ElementsAre("xdp"));
    EXPECT_THAT(made.left_out, ElementsAre(HasSubstr("closed-port: it has no XDP program")));
    const Json& path = made.document.at("factors").at("path")[0];
    EXPECT_EQ(path.at("setup"), Json({{"link", {{"name", "x"}}}}));
    EXPECT_EQ(path.at("mode"), "generic");
    EXPECT_EQ(
        made.document.at("arms")[1].at("setup"),
        Json({{"xdp_object",
               {{"object", "/home/me/new.o"}, {"program", "main"}, {"mode", "$path.mode"}}}}));
}

TEST(Contrast, of_paths_that_differ_in_the_program_only_has_one_where_objects_take_its_place) {
    Experiment experiment = drops();
    experiment.arms.push_back(arm("xdp-pass"));
    experiment.arms.back().setup = {{"xdp", {{"program", "xdp_pass"}}}};
    EXPECT_THAT(paths_in(made_of(experiment, object("old"), object("new"))), ElementsAre("xdp"));
}

TEST(Contrast, of_an_xdp_object_and_a_kernel_is_refused) {
    EXPECT_THROW(made_of(drops(), kBefore, object("new")), Error);
}

TEST(Contrast, without_a_path_is_refused_with_the_reasons) {
    Experiment experiment = drops();
    for (Arm& one : experiment.arms) one.boot = {{"kernel", "6.1"}};
    try {
        made_of(experiment);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_THAT(error.what(), HasSubstr("closed-port: it names its kernel, 6.1"));
    }
}

TEST(Contrast, of_a_program_is_judged_by_the_kernels_instructions_per_run) {
    Experiment experiment = drops();
    experiment.primary = {"instructions_per_run"};
    EXPECT_EQ(made_of(experiment).document.at("primary")[0], "kernel.instructions_per_run");
}

TEST(Contrast, is_judged_per_what_the_traffic_consists_of) {
    Experiment experiment = drops();
    experiment.primary = {"instructions_per_record"};
    EXPECT_EQ(made_of(experiment).document.at("primary")[0], "path.instructions_per_record");
    experiment.primary = {"window.instructions_per_message", "ns_per_message"};
    EXPECT_EQ(made_of(experiment).document.at("primary")[0], "path.instructions_per_message");
    EXPECT_EQ(made_of(drops()).document.at("primary")[0], "path.instructions_per_packet");
}

TEST(ArmWord, is_a_name_that_an_arm_may_have) {
    EXPECT_EQ(arm_word("6.12.117-rt"), "6.12.117-rt");
    EXPECT_EQ(arm_word("/tmp/My Kernel_1/bzImage"), "tmp-my-kernel-1-bzimage");
    EXPECT_EQ(arm_word("..--"), "subject");
    EXPECT_LE(arm_word(std::string(300, 'x')).size(), 64 - std::string("-before").size());
    EXPECT_EQ(arm_word("6.12.117+deb12-amd64"), "6.12.117-deb12-amd64");
}

}  // namespace
}  // namespace rxlab
