// SPDX-License-Identifier: GPL-2.0
// Which worker runs what next: trials of one machine share its snapshot. Pure but for the waiting.
#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace rxlab {

class Workload {
public:
    struct Item {
        std::string group;  ///< trials of one group start from the same snapshot
        size_t trial;       ///< position in the plan
    };
    explicit Workload(const std::vector<Item>& items);

    enum class Work { prepare, trial, none };
    struct Next {
        Work work = Work::none;
        std::string group;
        size_t trial = 0;
    };
    /// Next piece for a worker that has a copy of `held`'s snapshot: a trial of it, else a snapshot
    /// nobody makes yet, else a trial of another group. Waits while all that is left depends on a
    /// snapshot another worker is making.
    Next next(const std::string& held);
    /// The snapshot is there: its trials may be given out.
    void prepared(const std::string& group);
    /// It could not be made. Returns its trials, which nobody will be given.
    std::vector<size_t> abandoned(const std::string& group);
    /// Nothing more is given out; waiting workers return.
    void stop();

private:
    enum class State { raw, making, ready };
    struct Group {
        std::string name;
        State state = State::raw;
        std::deque<size_t> trials;
    };
    Group& find(const std::string& name);
    std::optional<Next> pick(const std::string& held);
    bool unfinished() const;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Group> groups_;
    bool stopped_ = false;
};

}  // namespace rxlab
