// SPDX-License-Identifier: GPL-2.0
#include "result/store.h"

#include "base/error.h"
#include "base/test_folder.h"
#include "result/test_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <csignal>
#include <fstream>
#include <sstream>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

using testing::HasSubstr;

class StoreTest : public testing::Test {
protected:
    std::string text() const {
        std::ostringstream all;
        all << std::ifstream(file_).rdbuf();
        return all.str();
    }
    void add(const std::string& tail) const { std::ofstream(file_, std::ios::app) << tail; }
    std::vector<int> ids(const Json& provenance = Json::object()) const {
        std::vector<int> ids;
        for (const Observation& observation : Store(folder_, result_.plan, provenance).load())
            ids.push_back(observation.trial.id);
        return ids;
    }
    void write(size_t count) const {
        Store store(folder_, result_.plan, Json::object());
        for (size_t i = 0; i < count; i++) store.append(result_.observations[i]);
    }
    template <typename Action>
    std::string refusal(Status status, const Action& action) const {
        try {
            action();
        } catch (const Error& error) {
            EXPECT_EQ(error.status(), status);
            EXPECT_FALSE(error.next().empty());
            return error.what();
        }
        return "(accepted)";
    }

    const Result result_ = test_result(
        test_experiment({"plain", "native"}), [](const std::string&, int) { return 3600; },
        Lane::counted, 2);
    const TestFolder test_folder_;
    const fs::path folder_ = test_folder_.path(), file_ = test_folder_.file("observations.jsonl");
};

TEST_F(StoreTest, gives_back_what_was_appended) {
    write(3);
    EXPECT_EQ(ids(), (std::vector<int>{0, 1, 2}));
    EXPECT_EQ(to_json(Store(folder_, result_.plan, Json::object()).load()[2]),
              to_json(result_.observations[2]));
}

TEST_F(StoreTest, is_gone_on_with_on_another_machine_where_numbers_do_not_depend_on_it) {
    const Json here{{"host", "a"}, {"workers", 2}, {"shard", {{"number", 1}, {"whole", "make x"}}}},
        there{{"host", "b"}, {"workers", 8}, {"shard", {{"number", 1}, {"whole", "make y"}}}},
        other{{"host", "a"}, {"workers", 2}, {"shard", {{"number", 2}, {"whole", "make x"}}}};
    EXPECT_TRUE(ids(here).empty());
    EXPECT_TRUE(ids(there).empty());
    EXPECT_THAT(refusal(Status::usage, [&] { ids(other); }), HasSubstr("/shard/number differs"));
    Plan timed = result_.plan;
    timed.lane = Lane::timed;
    const TestFolder folder;
    { Store(folder.path(), timed, here); }
    EXPECT_THAT(refusal(Status::usage, [&] { Store(folder.path(), timed, there); }),
                HasSubstr("/host differs"));
}

TEST_F(StoreTest, starts_empty) {
    EXPECT_TRUE(ids().empty());
}

TEST_F(StoreTest, survives_a_tear_at_every_byte_of_the_last_line) {
    write(1);
    const std::string one = text();
    { Store(folder_, result_.plan, Json::object()).append(result_.observations[1]); }
    const std::string two = text();
    for (size_t cut = one.size(); cut < two.size(); cut += 7) {
        std::ofstream(file_, std::ios::trunc) << two.substr(0, cut);
        EXPECT_EQ(ids(), std::vector<int>{0}) << cut;
        EXPECT_EQ(text(), one) << "the torn rest is gone";
    }
}

TEST_F(StoreTest, goes_on_after_a_torn_line) {
    write(1);
    add(R"({"trial":{"id":)");
    { Store(folder_, result_.plan, Json::object()).append(result_.observations[1]); }
    EXPECT_EQ(ids(), (std::vector<int>{0, 1}));
}

TEST_F(StoreTest, starts_anew_after_a_torn_header) {
    add(R"({"rxlab_obs)");
    EXPECT_TRUE(ids().empty());
    write(1);
    EXPECT_EQ(ids(), std::vector<int>{0});
}

TEST_F(StoreTest, refuses_damage_before_the_last_line) {
    write(1);
    add("\x01\x02\n");
    add(to_json(result_.observations[1]).dump() + "\n");
    EXPECT_THAT(refusal(Status::invalid, [&] { ids(); }),
                HasSubstr("observations.jsonl:3: expected a JSON object, the line is damaged"));
}

TEST_F(StoreTest, refuses_another_plans_trials) {
    write(1);
    Plan other = result_.plan;
    other.seed = 2;
    EXPECT_THAT(
        refusal(Status::usage, [&] { Store(folder_, other, Json::object()); }),
        HasSubstr("observations.jsonl: holds trials of another plan (experiment drop-point"));
}

TEST_F(StoreTest, refuses_to_mix_kernels) {
    { Store(folder_, result_.plan, {{"kernel", {{"release", "6.12"}}}, {"command", "make"}}); }
    EXPECT_THAT(refusal(Status::usage,
                        [&] {
                            Store(folder_, result_.plan,
                                  {{"kernel", {{"release", "6.1"}}}, {"command", "make"}});
                        }),
                HasSubstr("/kernel/release differs"));
    EXPECT_TRUE(ids({{"kernel", {{"release", "6.12"}}}, {"command", "another"}}).empty())
        << "how it was asked for may differ";
}

TEST_F(StoreTest, refuses_a_file_that_is_no_store) {
    add("{\"hello\":1}\n");
    EXPECT_THAT(refusal(Status::usage, [&] { ids(); }),
                HasSubstr("expected observations of format 1"));
    EXPECT_EQ(text(), "{\"hello\":1}\n") << "left alone";
}

TEST_F(StoreTest, refuses_a_second_writer) {
    const Store first(folder_, result_.plan, Json::object());
    EXPECT_THAT(refusal(Status::usage, [&] { ids(); }), HasSubstr("another run is writing it"));
}

TEST_F(StoreTest, names_a_folder_that_is_not_there) {
    EXPECT_THAT(
        refusal(Status::invalid, [&] { Store(folder_ / "no", result_.plan, Json::object()); }),
        HasSubstr("no/observations.jsonl: cannot be opened: No such file"));
}

/// A file that may not grow past `bytes` stands for a full disk.
class SizeLimit {
public:
    explicit SizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &old_);
        const rlimit limit{bytes, old_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~SizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &old_);
        std::signal(SIGXFSZ, handler_);
    }

private:
    rlimit old_{};
    void (*handler_)(int);
};

TEST_F(StoreTest, keeps_whole_lines_only_on_a_full_disk) {
    write(1);
    const std::string before = text();
    {
        Store store(folder_, result_.plan, Json::object());
        const SizeLimit limit(before.size() + 100);
        EXPECT_THAT(refusal(Status::invalid, [&] { store.append(result_.observations[1]); }),
                    HasSubstr("observations.jsonl: cannot be written: File too large"));
    }
    EXPECT_EQ(text(), before);
    EXPECT_EQ(ids(), std::vector<int>{0});
}

}  // namespace
}  // namespace rxlab
