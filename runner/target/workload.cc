// SPDX-License-Identifier: GPL-2.0
#include "target/workload.h"

#include <algorithm>

namespace rxlab {

Workload::Workload(const std::vector<Item>& items) {
    for (const Item& item : items) {
        auto group = std::find_if(groups_.begin(), groups_.end(),
                                  [&](const Group& g) { return g.name == item.group; });
        if (group == groups_.end()) group = groups_.insert(group, {item.group, State::raw, {}});
        group->trials.push_back(item.trial);
    }
}

Workload::Group& Workload::find(const std::string& name) {
    return *std::find_if(groups_.begin(), groups_.end(),
                         [&](const Group& g) { return g.name == name; });
}

std::optional<Workload::Next> Workload::pick(const std::string& held) {
    const auto take = [](Group& group) {
        const size_t trial = group.trials.front();
        group.trials.pop_front();
        return Next{Work::trial, group.name, trial};
    };
    for (Group& group : groups_)
        if (group.name == held && group.state == State::ready && !group.trials.empty())
            return take(group);
    for (Group& group : groups_) {
        if (group.state != State::raw || group.trials.empty()) continue;
        group.state = State::making;
        return Next{Work::prepare, group.name, 0};
    }
    for (Group& group : groups_)
        if (group.state == State::ready && !group.trials.empty()) return take(group);
    return std::nullopt;
}

bool Workload::unfinished() const {
    return std::any_of(groups_.begin(), groups_.end(),
                       [](const Group& g) { return !g.trials.empty(); });
}

Workload::Next Workload::next(const std::string& held) {
    std::unique_lock lock(mutex_);
    while (!stopped_ && unfinished()) {
        if (auto found = pick(held)) return *found;
        changed_.wait(lock);
    }
    return {};
}

void Workload::prepared(const std::string& group) {
    const std::lock_guard lock(mutex_);
    find(group).state = State::ready;
    changed_.notify_all();
}

std::vector<size_t> Workload::abandoned(const std::string& group) {
    const std::lock_guard lock(mutex_);
    auto& trials = find(group).trials;
    std::vector<size_t> lost(trials.begin(), trials.end());
    trials.clear();
    changed_.notify_all();
    return lost;
}

void Workload::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
}

}  // namespace rxlab
