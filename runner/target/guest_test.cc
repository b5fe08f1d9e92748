// SPDX-License-Identifier: GPL-2.0
// What a hostile guest does to its host, with testdata/fake-qemu in QEMU's place.
#include "target/guest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>

#include "base/error.h"
#include "target/archive.h"

namespace rxlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class HostileGuest : public ::testing::Test {
protected:
    HostileGuest() {
        const std::string path = std::getenv("PATH");
        ::setenv("PATH", (RXLAB_SOURCE "/runner/target/testdata/fake-qemu:" + path).c_str(), 1);
        path_ = path;
        trial.id = 3;
        trial.arm = "a";
        write_whole(work.path("state"), "state");
    }
    ~HostileGuest() override { ::setenv("PATH", path_.c_str(), 1); }

    GuestRun run(const char* guest, Limits limits = {}, const OnMessage& on_message = {}) {
        ::setenv("FAKE_GUEST", guest, 1);
        const Json job{{"job", "trial"}, {"trial", to_json(trial)}};
        return run_guest(Machine{}, work.path("state"), job, newc_archive({}), limits, on_message);
    }
    /// How the guest's trial ends: always an Error, or this is one.
    Error end_of(const char* guest, Limits limits = {}) {
        try {
            observation_of(run(guest, limits), trial, "trial 3");
        } catch (const Error& error) {
            return error;
        }
        ADD_FAILURE() << guest << ": its observation was taken";
        return {Status::ok, ""};
    }
    static long peak_kib() {
        rusage usage{};
        ::getrusage(RUSAGE_SELF, &usage);
        return usage.ru_maxrss;
    }

    const WorkFolder work;
    Trial trial;

private:
    std::string path_;
};

TEST_F(HostileGuest, a_good_one_is_believed) {
    const Observation observation = observation_of(run("good"), trial, "trial 3");
    EXPECT_EQ(observation.trial.id, 3);
    EXPECT_EQ(observation.metrics.at("ns_per_packet").value, 1.5);
}

TEST_F(HostileGuest, an_observation_that_is_none_is_a_lost_trial) {
    const std::pair<const char*, const char*> guests[] = {
        {"deep", "deeper than 64"},
        {"many", "more than 1000000 values"},
        {"no_json", "no JSON"},
        {"wrong_types", "/metrics"},
        {"other_trial", "of another trial (4)"},
    };
    for (const auto& [guest, reason] : guests) {
        const Error end = end_of(guest);
        EXPECT_EQ(end.status(), Status::lost) << guest;
        EXPECT_THAT(end.what(), HasSubstr(reason)) << guest;
    }
}

TEST_F(HostileGuest, escape_sequences_in_an_observation_are_text) {
    const Observation observation = observation_of(run("escapes"), trial, "trial 3");
    EXPECT_EQ(observation.checks.at("a\\x1b[2J").detail, "\\x1b]0;owned\\x07");
}

TEST_F(HostileGuest, an_error_is_an_error_whatever_its_status) {
    for (const char* guest :
         {"silent_error", "interrupting_error", "typed_error", "raw_error", "deep_error"})
        EXPECT_EQ(end_of(guest).status(), Status::lost) << guest;
    const Error end = end_of("escaping_error");
    EXPECT_EQ(end.status(), Status::invalid);
    EXPECT_THAT(end.what(), HasSubstr("\\x1b]0;owned\\x07\\x1b[2J"));
    EXPECT_EQ(end.next(), "\\xc2\\x9bJ");
}

TEST_F(HostileGuest, bytes_on_the_console_are_shown_as_text) {
    EXPECT_THAT(end_of("bytes_on_console").what(),
                AllOf(HasSubstr("\\xff\\xfe\\x1b]0;owned\\x07"), Not(HasSubstr("\x1b"))));
}

TEST_F(HostileGuest, floods_end_it_and_are_not_held) {
    const long before = peak_kib();
    for (const char* guest : {"flood", "huge_header", "console_flood"})
        EXPECT_THAT(end_of(guest).what(), HasSubstr("MiB of console")) << guest;
    EXPECT_LT(peak_kib() - before, 200 << 10);
}

/// On a busy machine a second may be over before there is a guest: it is given more then.
TEST_F(HostileGuest, the_time_limit_holds_whatever_it_sends) {
    for (const char* guest : {"magic", "drip"})
        for (const double seconds : {1, 4, 16, 64}) {
            const std::string end = end_of(guest, {.timeout_s = seconds}).what();
            if (end.find("QEMU cannot") != std::string::npos && seconds < 64) continue;
            EXPECT_THAT(end, HasSubstr(fmt::format("not finished after {} s", seconds))) << guest;
            break;
        }
}

TEST_F(HostileGuest, the_time_limit_holds_where_qemu_stops_at_its_start) {
    for (const char* guest :
         {"mute_monitor", "events_without_end", "one_endless_answer", "restores_for_ever"})
        EXPECT_EQ(end_of(guest, {.timeout_s = 1}).status(), Status::lost) << guest;
}

TEST_F(HostileGuest, an_exit_status_is_a_small_number) {
    EXPECT_THROW(run("bad_exit_status", {},
                     [](const Message& message) {
                         if (message.type == MessageType::exit_status) exit_status_of(message);
                     }),
                 Error);
    EXPECT_EQ(exit_status_of({MessageType::exit_status, "127"}), 127);
    for (const char* text : {"", "x", "1x", "256", "99999999999"})
        EXPECT_THROW(exit_status_of({MessageType::exit_status, text}), Error) << text;
}

}  // namespace
}  // namespace rxlab
