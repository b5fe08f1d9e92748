// SPDX-License-Identifier: GPL-2.0
#include "cmd/pace_file.h"

#include "base/error.h"
#include "base/output.h"
#include "base/whole_file.h"
#include "target/files.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <ctime>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

std::string name_of(const Plan& plan) {
    return fmt::format("{} {} {}", plan.experiment, to_string(plan.lane), plan.target);
}

std::string today() {
    return fmt::format("{:%Y-%m-%d}", fmt::localtime(std::time(nullptr)));
}

}  // namespace

PaceFile::PaceFile(fs::path path) : path_(std::move(path)) {
    if (path_.empty()) return;
    try {
        if (const auto text = read_if_there(path_)) book_ = Json::parse(*text);
    } catch (const std::exception& error) {
        damaged(error.what());
    }
}

void PaceFile::damaged(const std::string& why) {
    tell("rxlab: {}: {}: how long runs took before is not known\n", path_.string(), why);
    book_ = Json::object();
}

Pace PaceFile::of(const Plan& plan) {
    try {
        return pace_from(book_, name_of(plan));
    } catch (const Error& error) {
        damaged(error.what());
        return {};
    }
}

void PaceFile::learn(const Result& result, const std::vector<double>& boots_s) {
    if (path_.empty()) return;
    try {
        book_ = learnt(book_, name_of(result.plan), result, boots_s, today());
        write_whole(path_, book_.dump(1) + "\n");
    } catch (const Error& error) {
        tell("rxlab: {}\n", error.what());
    }
}

PaceFile pace_file() {
    try {
        return PaceFile(cache_folder() / "pace.json");
    } catch (const Error&) {
        return PaceFile({});
    }
}

Forecast forecast_for(const RunRequest& request, const Plan& plan, const Pace& pace) {
    return forecast(
        plan, pace,
        plan.target == "vm" ? worker_count(request.vm, plan.lane, plan.trials.size()) : 1);
}

}  // namespace rxlab
