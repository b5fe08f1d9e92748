// SPDX-License-Identifier: GPL-2.0
#include "campaign/campaign.h"

#include "base/cpu_time.h"
#include "base/error.h"
#include "base/steady.h"
#include "base/whole_file.h"
#include "campaign/shard.h"
#include "result/store.h"

#include <fmt/format.h>
#include <algorithm>
#include <optional>
#include <set>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

/// CPU time of this process and of those that it has waited for.
double cpu_s() {
    double seconds = 0;
    for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage used{};
        ::getrusage(who, &used);
        seconds += cpu_seconds(used);
    }
    return seconds;
}

/// Of the kernel that is measured: the VM's, or the host's own.
std::string kernel_release_of(const Json& provenance) {
    if (provenance.contains("kernel")) return provenance["kernel"].value("release", "");
    return provenance.value("host", Json::object()).value("kernel", "");
}

class Campaign {
public:
    Campaign(const CampaignRequest& request, Executor& executor, const CampaignListener& listener)
        : executor_(executor), listener_(listener) {
        result_.experiment = request.experiment;
        result_.plan = request.plan;
        stamp(request.stamp);
        planned_ = is_shard(result_) ? part_of(result_.plan, shard_of(result_)).trials.size()
                                     : result_.plan.trials.size();
        tell_what_is_missing();
        if (!request.out.empty()) open_store(request.out);
    }

    Result run(const Strategy& strategy) {
        const double cpu_before_s = cpu_s();
        for (std::vector<Trial> batch; !(batch = strategy.next(result_)).empty();) run(batch);
        check_rounds_distinct(result_);
        result_.wall_s = seconds_since(start_);
        result_.cpu_s = cpu_s() - cpu_before_s;
        return std::move(result_);
    }

private:
    /// All of it before the store is opened: what was made with something else is not gone on with.
    void stamp(const Json& stamp) {
        Plan& plan = result_.plan;
        result_.provenance = executor_.provenance(plan);
        leave_out_arms(plan, result_.experiment, kernel_release_of(result_.provenance),
                       [this](const Trial& trial) { return executor_.lacking(trial); });
        if (!plan.left_out.empty()) result_.provenance = executor_.provenance(plan);
        result_.provenance.update(stamp);
    }

    void tell_what_is_missing() {
        for (const std::string& reason : result_.plan.left_out)
            listener_(happened::LeftOut{reason});
        const std::string few = too_few_rounds(result_.plan, result_.experiment);
        if (!few.empty()) listener_(happened::Warning{few});
    }

    void open_store(const fs::path& out) {
        make_folder(out);
        store_.emplace(out, result_.plan, result_.provenance);
        for (const Observation& observation : store_->load()) keep(observation);
        if (!result_.observations.empty())
            listener_(happened::Resumed{result_.observations, planned_, out});
    }

    void run(const std::vector<Trial>& batch) {
        awaited_.clear();
        for (const Trial& trial : batch) awaited_.insert(trial.id);
        if (!result_.plan.looks.empty()) planned_ = result_.observations.size() + batch.size();
        executor_.run(result_.plan, batch,
                      {[this](const Observation& observation) { observed(observation); },
                       [this](const std::string& line) { listener_(happened::Note{line}); },
                       [this](const std::string& text) { listener_(happened::Console{text}); },
                       [this](const Observation& observation, const Executed& executed) {
                           listener_(happened::Counted{observation, executed});
                       },
                       [this](double seconds) {
                           result_.boots_s.push_back(seconds);
                           listener_(happened::Booted{seconds});
                       }});
        if (!awaited_.empty())
            throw Error(Status::lost,
                        fmt::format("{} trials gave no observation, the first is trial {}",
                                    awaited_.size(), *awaited_.begin()));
    }

    void observed(const Observation& observation) {
        if (!awaited_.erase(observation.trial.id))
            throw Error(Status::lost,
                        fmt::format("an observation of trial {}, which is not running",
                                    observation.trial.id));
        if (store_) store_->append(observation);
        keep(observation);
        listener_(happened::Observed{observation, result_.observations.size(), planned_});
    }

    /// Ordered by trial, whatever the order they end in.
    void keep(const Observation& observation) {
        std::vector<Observation>& all = result_.observations;
        all.insert(std::upper_bound(all.begin(), all.end(), observation, in_order), observation);
    }

    Executor& executor_;
    const CampaignListener& listener_;
    Steady::time_point start_ = Steady::now();
    Result result_;
    std::optional<Store> store_;
    std::set<int> awaited_;  ///< trials of this batch without an observation
    size_t planned_ = 0;     ///< trials; where the plan has looks, up to the next; a shard's own
};

}  // namespace

Result run_campaign(const CampaignRequest& request, const Strategy& strategy, Executor& executor,
                    const CampaignListener& listener) {
    return Campaign(request, executor, listener).run(strategy);
}

Comparison conclude(const Result& result, const fs::path& out, const CompareOptions& options) {
    write_whole(out / "result.json", to_json(result).dump(1) + "\n");
    Comparison comparison = compare(result, options);
    write_whole(out / "comparison.json", to_json(comparison).dump(1) + "\n");
    return comparison;
}

}  // namespace rxlab
