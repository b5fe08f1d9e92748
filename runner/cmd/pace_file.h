// SPDX-License-Identifier: GPL-2.0
// What campaigns took on this machine, kept in the cache: only forecasts are made of it.
#pragma once
#include "campaign/pace.h"
#include "cmd/request.h"

#include <filesystem>
#include <vector>

namespace rxlab {

class PaceFile {
public:
    /// A file that is damaged is told, and taken for an empty one. Without a path nothing is kept.
    explicit PaceFile(std::filesystem::path path);
    /// Of campaigns of this experiment, lane and target.
    Pace of(const Plan& plan);
    /// What could not be written is told; it costs a forecast only.
    void learn(const Result& result, const std::vector<double>& boots_s);

private:
    void damaged(const std::string& why);
    std::filesystem::path path_;
    Json book_ = Json::object();
};

/// The cache's; none where there can be no cache, which a run on this machine does not need.
PaceFile pace_file();

/// Of a plan on this machine, with the workers that the request means.
Forecast forecast_for(const RunRequest& request, const Plan& plan, const Pace& pace);

}  // namespace rxlab
