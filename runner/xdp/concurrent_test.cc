// SPDX-License-Identifier: GPL-2.0
// Needs root. Many processes change one filter at once, and some are killed.
#include "xdp/frames.h"
#include "xdp/lab.h"

#include <signal.h>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>

namespace rxlab {
namespace {

using testing::UnorderedElementsAreArray;

class Concurrent : public test::Lab {
protected:
    bool enforced(int port) {
        const auto filter = filter_on(sys_, filter_device(sys_, place(a_)));
        const auto frame =
            test::Frame().ipv4(17).udp(9, static_cast<uint16_t>(port)).end().padded().bytes;
        return test_run_xdp(filter->program.get(), frame) == XDP_DROP;
    }
};

TEST_F(Concurrent, every_rule_that_was_added_is_there) {
    load(place(a_), {});
    std::vector<pid_t> adding;
    std::vector<std::string> wanted;
    for (int i = 0; i < 8; i++) {
        wanted.push_back(fmt::format("drop udp dport 900{}", i));
        adding.push_back(start([&] { return add(place(a_), wanted.back()).to ? 0 : 1; }));
    }
    for (const pid_t pid : adding) EXPECT_EQ(end(pid), 0);
    EXPECT_THAT(listed(place(a_)), UnorderedElementsAreArray(wanted));
}

TEST_F(Concurrent, without_a_lock_too_no_rule_is_lost) {
    FilterPlace unlocked = place(a_);
    unlocked.lock = "/nosuch/lock";
    load(unlocked, {});
    std::vector<pid_t> adding;
    for (int i = 0; i < 4; i++)
        adding.push_back(start(
            [&, i] { return add(unlocked, fmt::format("drop udp dport 900{}", i)).to ? 0 : 1; }));
    for (const pid_t pid : adding) EXPECT_EQ(end(pid), 0);
    EXPECT_EQ(listed(unlocked).size(), 4u);
}

TEST_F(Concurrent, of_several_loads_one_succeeds_and_is_there) {
    for (int round = 0; round < 4; round++) {
        std::vector<pid_t> loading;
        for (int i = 0; i < 4; i++)
            loading.push_back(start([&] {
                load(place(a_));
                return 0;
            }));
        int succeeded = 0;
        for (const pid_t pid : loading) succeeded += end(pid) == 0;
        EXPECT_EQ(succeeded, 1);
        EXPECT_EQ(listed(place(a_)).size(), 1u);
        unload_filter(sys_, place(a_));
        EXPECT_EQ(program_on(a_), 0u);
    }
}

TEST_F(Concurrent, after_a_kill_the_list_is_what_is_enforced) {
    load(place(a_), {"drop udp dport 110"});
    std::mt19937 random(20);
    for (int i = 0; i < 30; i++) {
        const pid_t pid = start([&] {
            for (;;) {
                add(place(a_), "drop udp dport 7777");
                change_rules(sys_, place(a_), [](RuleSet set) {
                    std::erase(set.rules, rule_from("drop udp dport 7777"));
                    return set;
                });
            }
            return 0;
        });
        ::usleep(random() % 200'000);
        ::kill(pid, SIGKILL);
        EXPECT_EQ(end(pid), -SIGKILL) << "it never failed";
        const auto now = listed(place(a_));
        const bool there = std::find(now.begin(), now.end(), "drop udp dport 7777") != now.end();
        EXPECT_EQ(enforced(7777), there);
        EXPECT_TRUE(enforced(110));
        if (there)
            change_rules(sys_, place(a_),
                         [](const RuleSet&) { return rules({"drop udp dport 110"}); });
    }
    unload_filter(sys_, place(a_));
    EXPECT_FALSE(std::filesystem::exists(bpffs_ + "/rxlab"));
}

TEST_F(Concurrent, a_load_that_was_killed_leaves_nothing_that_matters) {
    std::mt19937 random(21);
    for (int i = 0; i < 20; i++) {
        const pid_t pid = start([&] {
            for (;;) {
                load(place(a_), {"drop udp dport 110"});
                unload_filter(sys_, place(a_));
            }
            return 0;
        });
        ::usleep(random() % 200'000);
        ::kill(pid, SIGKILL);
        EXPECT_EQ(end(pid), -SIGKILL) << "it never failed";
        if (program_on(a_))
            EXPECT_TRUE(enforced(110));
        else
            load(place(a_), {"drop udp dport 110"});
        EXPECT_EQ(listed(place(a_)).size(), 1u);
        unload_filter(sys_, place(a_));
        EXPECT_FALSE(std::filesystem::exists(bpffs_ + "/rxlab"));
    }
}

/// What one success says it did.
struct Done {
    char what = 0;  ///< load, add, del, unload, stats
    uint32_t from = 0, to = 0;
    int port = 0;
    std::vector<int> ports;  ///< stats: seen
};

std::vector<Done> read_log(const std::string& file) {
    std::ifstream log(file);
    std::vector<Done> all;
    for (std::string line; std::getline(log, line);) {
        std::istringstream words(line);
        Done done;
        words >> done.what >> done.from >> done.to >> done.port;
        for (int port; words >> port;) done.ports.push_back(port);
        all.push_back(done);
    }
    return all;
}

class Stress : public Concurrent {
protected:
    static int port_of(const std::string& rule) { return std::stoi(rule.substr(rule.rfind(' '))); }

    std::string one(char what, int port) {
        Step step;
        std::string seen;
        if (what == 'l') step = load(place(a_), {});
        if (what == 'a') step = add(place(a_), fmt::format("drop udp dport {}", port));
        if (what == 'u') step = unload_filter(sys_, place(a_));
        if (what == 'd')
            step = change_rules(sys_, place(a_), [&](RuleSet set) {
                if (!std::erase(set.rules, rule_from(fmt::format("drop udp dport {}", port))))
                    throw Error(Status::usage, "no such rule");
                return set;
            });
        if (what == 's') {
            const FilterStats stats = filter_stats(sys_, place(a_));
            step.from = step.to = stats.program_id;
            for (const FilterRule& rule : stats.rules)
                seen += fmt::format(" {}", port_of(rule.rule));
        }
        return fmt::format("{} {} {} {}{}\n", what, step.from, step.to, port, seen);
    }

    int work(int process, int operations) {
        std::mt19937 random(static_cast<unsigned>(process));
        std::ofstream log(log_of(process));
        for (int i = 0; i < operations; i++) {
            const char what = "aaaaddddsssllu"[random() % 14];
            try {
                log << one(what, static_cast<int>(1 + random() % 40)) << std::flush;
            } catch (const Error& error) {
                if (error.status() != Status::usage) {
                    std::fprintf(stderr, "%c: %s\n", what, error.what());
                    return 1;
                }
            }
        }
        return 0;
    }
    std::string log_of(int process) { return fmt::format("{}.log{}", bpffs_, process); }
};

TEST_F(Stress, some_order_explains_every_success_and_the_end) {
    constexpr int kProcesses = 16;
    const char* wanted = std::getenv("RXLAB_STRESS_OPERATIONS");
    const int operations = wanted ? std::atoi(wanted) : 160;
    load(place(a_), {});
    std::vector<Done> done = {{'l', 0, program_on(a_), 0, {}}};
    std::vector<pid_t> working;
    for (int i = 0; i < kProcesses; i++)
        working.push_back(start([&, i] { return work(i, operations / kProcesses); }));
    for (const pid_t pid : working) EXPECT_EQ(end(pid), 0);
    for (int i = 0; i < kProcesses; i++) {
        const auto log = read_log(log_of(i));
        done.insert(done.end(), log.begin(), log.end());
        std::filesystem::remove(log_of(i));
    }
    // Every change is one step from program to program: each begins at most one, and ends at most
    // one, and so they have an order.
    std::map<uint32_t, const Done*> by_from;
    std::map<uint32_t, std::set<int>> state;  // of each program
    std::vector<const Done*> loads;
    for (const Done& one : done) {
        if (one.what == 's') continue;
        if (one.what == 'l')
            loads.push_back(&one);
        else
            EXPECT_TRUE(by_from.emplace(one.from, &one).second) << "two changed " << one.from;
    }
    size_t explained = loads.size(), standing = 0;
    uint32_t last = 0;
    for (const Done* load : loads) {
        uint32_t program = load->to;
        std::set<int> ports;
        EXPECT_TRUE(state.emplace(program, ports).second);
        for (auto next = by_from.find(program); next != by_from.end();
             next = by_from.find(program)) {
            const Done& change = *next->second;
            explained++;
            if (change.what == 'a') EXPECT_TRUE(ports.insert(change.port).second) << "twice";
            if (change.what == 'd') EXPECT_EQ(ports.erase(change.port), 1u);
            program = change.to;
            if (change.what == 'u') break;
            EXPECT_TRUE(state.emplace(program, ports).second);
        }
        if (program) standing++, last = program;
    }
    size_t seen = 0;
    for (const Done& one : done)
        if (one.what == 's') {
            seen++;
            EXPECT_EQ(std::set<int>(one.ports.begin(), one.ports.end()), state.at(one.to));
        }
    EXPECT_EQ(explained + seen, done.size()) << "some success is in no order";
    EXPECT_LE(standing, 1u);
    EXPECT_EQ(program_on(a_), last);
    if (last) {
        std::set<int> ports;
        for (const std::string& rule : listed(place(a_))) ports.insert(port_of(rule));
        EXPECT_EQ(ports, state.at(last));
    }
    RecordProperty("successes", std::to_string(done.size()));
    std::printf("%zu successes of %d operations, %zu loads\n", done.size(), operations,
                loads.size());
}

}  // namespace
}  // namespace rxlab
