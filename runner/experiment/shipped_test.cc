// SPDX-License-Identifier: GPL-2.0
// The experiments of experiments/: well formed and meaningful, whatever parameters the kinds have.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "experiment/experiment.h"

namespace rxlab {
namespace {

std::vector<Vocabulary::Word> open_words(const std::vector<std::string>& names) {
    std::vector<Vocabulary::Word> words;
    for (const std::string& name : names) words.push_back({name, "", {{"additionalProperties", true}}});
    return words;
}

std::vector<Vocabulary::Word> plain_words(const std::vector<std::string>& names) {
    std::vector<Vocabulary::Word> words;
    for (const std::string& name : names) words.push_back({name, "", nullptr});
    return words;
}

Vocabulary open_vocabulary() {
    return {
        .topologies = open_words({"veth"}),
        .traffics = open_words({"pktgen", "live_frames"}),
        .setups = open_words({"xdp", "nft", "tc", "module", "link", "bpf_prog"}),
        .knobs = plain_words({"sysctl"}),
        .collectors = plain_words(
            {"softirq", "irq", "xdp_counters", "proc_softirqs", "proc_interrupts", "softnet", "interface", "idle"}),
        .metrics = plain_words({"instructions_per_packet", "ns_per_packet", "packets_per_second", "lost_fraction"})};
}

TEST(ShippedExperiments, AreValid) {
    size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(RXLAB_SOURCE "/experiments")) {
        if (entry.path().extension() != ".json") continue;
        std::ostringstream text;
        text << std::ifstream(entry.path()).rdbuf();
        try {
            const Experiment experiment = parse_experiment(text.str(), entry.path(), open_vocabulary());
            EXPECT_FALSE(experiment.description.empty());
            for (const Arm& arm : experiment.arms)
                EXPECT_FALSE(arm.summary.empty()) << experiment.name << " " << arm.name;
        } catch (const Error& error) {
            ADD_FAILURE() << error.what();
        }
        count++;
    }
    EXPECT_GE(count, 5u);
}

}  // namespace
}  // namespace rxlab
