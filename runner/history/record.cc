// SPDX-License-Identifier: GPL-2.0
#include "history/record.h"

#include "base/contains.h"
#include "base/error.h"
#include "base/sha256.h"
#include "compare/compare.h"
#include "experiment/resolve.h"
#include "metrics/lane.h"
#include "result/certify.h"

#include <fmt/format.h>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <regex>

namespace rxlab {
namespace {

[[noreturn]] void refuse_result(const std::string& fact, const std::string& next) {
    throw Error(Status::usage, fact, next);
}

/// "6.12.117+deb12-amd64" -> "6.12"
std::string line_of_versions(const std::string& release) {
    std::smatch found;
    return std::regex_search(release, found, std::regex(R"(^\d+\.\d+)")) ? found[0].str() : release;
}

std::string release_of(const Json& provenance) {
    const std::string guest = text_at(provenance, {"kernel", "release"});
    return guest.empty() ? text_at(provenance, {"host", "kernel"}) : guest;
}

/// As it was asked for, where that is a name: an update of "6.12" goes on with its series. A kernel
/// of somebody's own has one of its own.
std::string kernel_of(const Json& provenance) {
    const std::string asked = text_at(provenance, {"kernel_asked", "kernel"}),
                      release = release_of(provenance);
    if (asked.find('/') != std::string::npos) return release;
    const bool in_guest = !text_at(provenance, {"kernel", "release"}).empty();
    return in_guest && !asked.empty() ? asked : line_of_versions(release);
}

std::string machine_of(const Result& result, const std::string& name) {
    const Json& provenance = result.provenance;
    if (lane_row(result.plan.lane).repeats_exactly)
        return "guest " + text_at(provenance, {"cpu_model"});
    if (!name.empty()) return name;
    return fmt::format("{}{}, CPUs {}", result.plan.target == "vm" ? "guest on " : "",
                       text_at(provenance, {"host", "cpu_model"}),
                       text_at(provenance, {"host", "cpus_online"}));
}

std::string topology_of(const Trial& trial) {
    const std::string kind = text_at(trial.topology, {"kind"}),
                      model = text_at(trial.topology, {"model"});
    return model.empty() ? kind : kind + " " + model;
}

/// What a machine is made of, where its numbers depend on it.
void add_machine(const Json& provenance, std::vector<Ingredient>& rows) {
    const Json host = provenance.value("host", Json::object());
    if (!host.is_object()) return;
    for (const auto& [name, value] : host.items())
        rows.push_back({"machine " + name, value.is_string() ? value.get<std::string>() : "",
                        sha256(value.dump())});
}

std::vector<Ingredient> ingredients_in(const Result& result) {
    std::vector<Ingredient> rows;
    for (const Json& row : ingredients_of(result))
        rows.push_back({text_at(row, {"name"}), text_at(row, {"from"}), text_at(row, {"sha256"})});
    if (const std::string line = text_at(result.provenance, {"cmdline"}); !line.empty())
        rows.push_back({"kernel command line", line, sha256(line)});
    if (!lane_row(result.plan.lane).repeats_exactly) add_machine(result.provenance, rows);
    std::sort(rows.begin(), rows.end(),
              [](const Ingredient& a, const Ingredient& b) { return a.name < b.name; });
    return rows;
}

/// What the experiment is about, where the lane can rank it.
bool is_followed(const Result& result, const ComparedMetric& metric) {
    const Experiment& experiment = result.experiment;
    return (contains(experiment.primary, metric.name) ||
            contains(experiment.secondary, metric.name)) &&
           ranks(result.plan.lane, metric_row(metric.name).metric_class);
}

std::string factors_text(const std::map<std::string, Json>& factors) {
    std::string text;
    for (const auto& [name, value] : factors)
        text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value_text(value));
    return text;
}

const Trial* trial_for(const Plan& plan, const std::string& arm,
                       const std::map<std::string, Json>& factors) {
    for (const Trial& trial : plan.trials)
        if (trial.arm == arm && trial.factors == factors) return &trial;
    return nullptr;
}

class Points {
public:
    Points(const Result& result, Record& record) : result_(result), record_(record) {}

    /// Of every arm that is compared; and of the baseline, where levels are followed.
    void add_all() {
        const Comparison comparison = compare(result_);
        const bool levels = lane_row(result_.plan.lane).repeats_exactly;
        std::vector<std::map<std::string, Json>> with_baseline;
        for (const ComparedArm& arm : comparison.comparisons) {
            if (levels && std::find(with_baseline.begin(), with_baseline.end(), arm.factors) ==
                              with_baseline.end()) {
                with_baseline.push_back(arm.factors);
                add_baseline(comparison.baseline, arm);
            }
            add_arm(arm, levels);
        }
    }

private:
    void add_arm(const ComparedArm& arm, bool levels) {
        for (const ComparedMetric& metric : arm.metrics) {
            if (!is_followed(result_, metric)) continue;
            std::optional<double> value = metric.after;
            if (!levels)
                value = metric.ratio && *metric.ratio > 0 ? std::optional(std::log(*metric.ratio))
                                                          : std::nullopt;
            add(arm.arm, arm, metric, value, metric.after);
        }
    }

    void add_baseline(const std::string& baseline, const ComparedArm& arm) {
        for (const ComparedMetric& metric : arm.metrics)
            if (is_followed(result_, metric))
                add(baseline, arm, metric, metric.before, metric.before);
    }

    void add(const std::string& name, const ComparedArm& arm, const ComparedMetric& metric,
             std::optional<double> value, std::optional<double> measured) {
        const Trial* trial = trial_for(result_.plan, name, arm.factors);
        if (!trial) return;
        std::string fault;
        const bool none_lost = !value && metric_row(metric.name).metric_class == MetricClass::loss;
        if (arm.verdict == Verdict::invalid && !none_lost) {
            fault = arm.reasons.empty() ? "invalid" : arm.reasons.front();
            value.reset();
        } else if (!value || !std::isfinite(*value)) {
            return;  // nothing lost before or after: there is no ratio
        }
        SeriesName series{
            record_.experiment,  record_.kernel, record_.machine,           record_.lane,
            topology_of(*trial), name,           factors_text(arm.factors), metric.name,
            metric.unit,         metric.better};
        require_new(series);
        record_.points.push_back({std::move(series), value, measured, fault});
    }

    void require_new(const SeriesName& series) const {
        for (const SeriesPoint& point : record_.points)
            if (point.series == series)
                refuse_result(fmt::format("two figures are called '{}'", in_words(series)),
                              "give the values of its factors names of their own");
    }

    const Result& result_;
    Record& record_;
};

double floor_in(const Json& comparison) {
    const Json floor = comparison.is_object() ? comparison.value("null_floor", Json()) : Json();
    return floor.is_number() && floor.get<double>() >= 0 ? floor.get<double>() : 0;
}

Result result_in(const Json& document) {
    try {
        return result_from_json(document);
    } catch (const Error& error) {
        throw Error(error.status(), error.what(),
                    "measure it again with this rxlab; what was changed by hand is no observation");
    }
}

Record read_record(const Json& document, const Json& comparison, const RecordOptions& options) {
    const Result result = result_in(document);
    if (result.provenance.contains("shard"))
        refuse_result("one shard of a run, which says nothing by itself",
                      "rxlab merge joins all of them to a result");
    Record record;
    record.document_sha256 = sha256(document.dump());
    record.observations_sha256 = observations_sha256(result.observations);
    record.experiment = result.experiment.name;
    record.lane = result.plan.lane;
    record.target = result.plan.target;
    record.kernel = kernel_of(result.provenance);
    record.machine = machine_of(result, options.machine);
    record.release = release_of(result.provenance);
    record.rxlab_version = text_at(result.provenance, {"rxlab_version"});
    record.night = options.night;
    record.floor = floor_in(comparison);
    record.ingredients = ingredients_in(result);
    Points(result, record).add_all();
    return record;
}

}  // namespace

std::string in_words(const SeriesName& name) {
    return fmt::format("{} {} {}{}{}: {}", name.experiment, name.kernel, name.arm,
                       name.factors.empty() ? "" : " ", name.factors, name.metric);
}

Record record_of(const Json& document, const Json& comparison, const RecordOptions& options) {
    try {
        Record record = read_record(document, comparison, options);
        if (!record.points.empty()) return record;
        refuse_result(fmt::format("nothing in it can be followed: the {} lane ranks none of {}'s "
                                  "primary metrics, or there is no ratio of any",
                                  to_string(record.lane), record.experiment),
                      "add runs of the counted or the timed lane");
    } catch (const Json::exception& error) {  // its provenance is as no rxlab writes it
        refuse_result(std::string("it is no result: ") + error.what(),
                      "measure it again with this rxlab");
    }
}

bool is_night(const std::string& text) {
    static const std::regex form(R"((\d{4})-(\d{2})-(\d{2}))");
    std::smatch part;
    if (!std::regex_match(text, part, form)) return false;
    const auto number = [&](size_t i) { return static_cast<unsigned>(std::stoul(part[i].str())); };
    return std::chrono::year_month_day(std::chrono::year(static_cast<int>(number(1))),
                                       std::chrono::month(number(2)), std::chrono::day(number(3)))
        .ok();
}

std::string night_in_path(const std::string& path) {
    static const std::regex folder(
        R"((?:^|/)(?:(\d{4}-\d{2}-\d{2})|[^/]*-(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2}))(?=/))");
    std::string night;
    for (std::sregex_iterator found(path.begin(), path.end(), folder), end; found != end; ++found) {
        const std::smatch& part = *found;
        const std::string day =
            part[1].matched ? part[1].str()
                            : fmt::format("{}-{}-{}", part[2].str(), part[3].str(), part[4].str());
        if (!is_night(day)) continue;
        night = part[1].matched
                    ? day
                    : fmt::format("{} {}:{}:{}", day, part[5].str(), part[6].str(), part[7].str());
    }
    return night;
}

}  // namespace rxlab
