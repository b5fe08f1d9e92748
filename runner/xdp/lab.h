// SPDX-License-Identifier: GPL-2.0
// Tests' own namespaces, interfaces and bpffs for filters. Needs root.
#pragma once
#include "xdp/stats.h"

#include "base/error.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>
#include <filesystem>
#include <string>
#include <vector>

namespace rxlab::test {

/// Namespaces A and B, and in each an interface v0, the two ends of a pair.
class Lab : public testing::Test {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
        std::filesystem::create_directory(bpffs_);
        ASSERT_EQ(::mount("bpf", bpffs_.c_str(), "bpf", 0, nullptr), 0);
        for (const std::string& netns : {a_, b_}) ip({"netns", "add", netns});
        make_pair();
    }
    void TearDown() override {
        if (IsSkipped()) return;
        ::umount2(bpffs_.c_str(), MNT_DETACH);
        std::filesystem::remove(bpffs_);
        std::filesystem::remove(lock_);
        for (const std::string& netns : {a_, b_}) ip({"netns", "del", netns});
    }
    void make_pair(const std::string& mtu = "1500") {
        ip({"-n", a_, "link", "add", "v0", "mtu", mtu, "type", "veth", "peer", "name", "v0", "mtu",
            mtu, "netns", b_});
        for (const std::string& netns : {a_, b_}) ip({"-n", netns, "link", "set", "v0", "up"});
    }
    void ip(std::vector<std::string> argv) {
        argv.insert(argv.begin(), "ip");
        run_or_throw(sys_, argv);
    }
    FilterPlace place(const std::string& netns, const std::string& interface = "v0") {
        return {interface, netns, bpffs_ + "/rxlab", lock_};
    }
    static RuleSet rules(const std::vector<std::string>& texts) {
        RuleSet set;
        for (const std::string& text : texts) set.rules.push_back(rule_from(text));
        rank(set.rules);
        return set;
    }
    Step load(const FilterPlace& where, const std::vector<std::string>& texts = {"drop dport 22"},
              XdpMode mode = XdpMode::native, bool replace = false) {
        return load_filter(sys_, where, engine_named("hash"), rules(texts), mode, replace);
    }
    Step add(const FilterPlace& where, const std::string& text) {
        return change_rules(sys_, where, [&](RuleSet set) {
            set.rules.push_back(rule_from(text));
            rank(set.rules);
            return set;
        });
    }
    std::vector<std::string> listed(const FilterPlace& where) {
        std::vector<std::string> texts;
        for (const FilterRule& rule : filter_stats(sys_, where).rules) texts.push_back(rule.rule);
        return texts;
    }
    uint32_t program_on(const std::string& netns, const std::string& interface = "v0") {
        const auto attached = xdp_attached(sys_, netns, interface);
        return attached ? attached->id : 0;
    }
    static std::string refused(const std::function<void()>& act, std::string* next = nullptr,
                               Status status = Status::usage) {
        try {
            act();
        } catch (const Error& error) {
            EXPECT_EQ(error.status(), status) << error.what();
            if (next) *next = error.next();
            return error.what();
        }
        return "done";
    }
    /// A process of its own; its exit status is `act`'s answer, 99 where it threw.
    static pid_t start(const std::function<int()>& act) {
        const pid_t pid = ::fork();
        if (pid) return pid;
        try {
            ::_exit(act());
        } catch (...) {
            ::_exit(99);
        }
    }
    static int end(pid_t pid) {
        int status = 0;
        ::waitpid(pid, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

    Sys& sys_ = real_sys();
    const std::string bpffs_ =
        fmt::format("{}/rxlab-lab-{}", std::filesystem::temp_directory_path().string(), getpid());
    const std::string lock_ = bpffs_ + ".lock";
    const std::string a_ = fmt::format("rxl-a-{}", getpid()),
                      b_ = fmt::format("rxl-b-{}", getpid());
};

}  // namespace rxlab::test
