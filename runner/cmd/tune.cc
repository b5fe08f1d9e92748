// SPDX-License-Identifier: GPL-2.0
#include "base/error.h"
#include "base/whole_file.h"
#include "campaign/race.h"
#include "cmd/options.h"
#include "cmd/pace_file.h"
#include "cmd/perform.h"
#include "cmd/progress.h"
#include "collect/collector.h"
#include "compare/compare.h"
#include "compare/look.h"
#include "compare/net.h"
#include "plan/collected.h"
#include "settings/persistent_files.h"
#include "tune/document.h"

#include <fmt/format.h>
#include <algorithm>
#include <memory>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

// Far from the seeds that people choose: its boots, phases and flows are none of the search's.
constexpr uint64_t kHeldOut = 1'000'000'007;
constexpr const char* kTuned = "tuned";
constexpr size_t kMostSecondary = 8;  // metrics of an experiment
constexpr int kMostRounds = 40;       // that verdicts on many points are given

struct TuneRequest {
    RunRequest run;
    std::string space, from, metric;
    int trials = 0;  ///< of the search at most; 0: a part of all
    bool exhaustive = false;
    bool json = false;
};

/// Each value in the first point that has it, so that what is wrong with one is told at its knob.
void check_values(const Tuned& tuned, const std::string& from) {
    const Space& space = tuned.space;
    for (size_t knob = 0; knob < space.knobs.size(); knob++)
        for (const Json& value : space.knobs[knob].values) {
            const auto point = std::find_if(tuned.points.begin(), tuned.points.end(),
                                            [&](const Point& one) { return one[knob] == value; });
            if (point == tuned.points.end()) continue;
            try {
                const Json document = with_points(tuned.experiment, from, space, {*point}, "value");
                parse_experiment(document.dump(1), "value.json", vocabulary());
            } catch (const Error& error) {
                throw Error(Status::usage,
                            fmt::format("space {}: {} {}: {}", space.name, space.knobs[knob].at,
                                        value.dump(), error.what()),
                            error.next());
            }
        }
}

/// @param where it is asked for, "--metric"
void require_visible(const std::string& where, const std::string& metric,
                     const Experiment& experiment, Lane lane) {
    const std::string why =
        why_not_visible(lane, metric_row(metric).metric_class, experiment.mechanism);
    if (!why.empty())
        throw Error(Status::usage, fmt::format("{} {}: {}", where, metric, why),
                    "a metric that this lane ranks, or another --lane");
}

/// The first primary metric that the lane ranks, or the one that is asked for.
std::string metric_of(const Experiment& experiment, Lane lane, const std::string& asked) {
    if (!asked.empty()) {
        require_visible("--metric", asked, experiment, lane);
        return asked;
    }
    for (const std::string& name : experiment.primary)
        if (ranks(lane, metric_row(name).metric_class)) return name;
    throw Error(Status::usage,
                fmt::format("{} has no primary metric that the {} lane ranks", experiment.name,
                            to_string(lane)),
                "name one with --metric");
}

/// What decides: the space's two metrics, or one.
Race race_for(const TuneRequest& request, const Space& space, const Experiment& experiment,
              Lane lane) {
    Json race{{"guards", space.guards}};
    if (space.pareto.empty()) {
        race["metric"] = metric_of(experiment, lane, request.metric);
        return race_from(race);
    }
    if (!request.metric.empty())
        throw Error(Status::usage,
                    fmt::format("--metric: two metrics decide in space {}", space.name),
                    "a space without \"objective\"");
    if (request.exhaustive)
        throw Error(
            Status::usage,
            fmt::format("--exhaustive: space {} is for a front, which has no one gain", space.name),
            "a space without \"objective\"");
    for (const std::string& metric : space.pareto)
        require_visible(fmt::format("space {}:", space.name), metric, experiment, lane);
    race["metric"] = space.pareto[0];
    race["against"] = space.pareto[1];
    return race_from(race);
}

/// What decides, and what is only guarded.
struct Judges {
    std::vector<std::string> deciding, guarded;
    bool any_of(const std::string& collector) const {
        const auto its = [&](const std::string& metric) { return gives(collector, metric); };
        return std::any_of(deciding.begin(), deciding.end(), its) ||
               std::any_of(guarded.begin(), guarded.end(), its);
    }
};

Judges judges_of(const Race& race) {
    Judges judges{{race.metric}, {}};
    if (race.is_for_a_front()) judges.deciding.push_back(race.against);
    for (const Guard& guard : race.guards) judges.guarded.push_back(guard.metric);
    return judges;
}

/// A probe's metric is there where the experiment has the probe: told before anything runs.
void require_probes(const Experiment& experiment, const Judges& judges) {
    std::vector<std::string> metrics = judges.deciding;
    metrics.insert(metrics.end(), judges.guarded.begin(), judges.guarded.end());
    for (const std::string& metric : metrics) {
        const auto its = [&](const std::string& collector) { return gives(collector, metric); };
        for (const NamedCollector& known : named_collectors())
            if (known.kind->probe && its(known.name()) &&
                std::none_of(experiment.collectors.begin(), experiment.collectors.end(), its))
                throw Error(Status::usage,
                            fmt::format("{} is of the collector '{}', which {} has not", metric,
                                        known.name(), experiment.name),
                            "add it to the experiment's \"collectors\"");
    }
}

/// Primary is what decides, so that verdict and status are of that; what is guarded is there in
/// every round, before what else the experiment shows.
void judge_by(Json& experiment, const Judges& judges) {
    Json primary = judges.deciding, secondary = Json::array();
    const auto add = [&](const std::string& metric) {
        for (const Json* list : {&primary, &secondary})
            if (std::find(list->begin(), list->end(), metric) != list->end()) return;
        if (secondary.size() < kMostSecondary) secondary.push_back(metric);
    };
    for (const std::string& metric : judges.guarded)
        if (!metric.starts_with(kNet))
            add(metric);
        else if (std::find(primary.begin(), primary.end(), metric) == primary.end())
            primary.push_back(metric);  // the generator is taken off primary ones alone
    for (const std::string metric : experiment.value("secondary", Json::array())) add(metric);
    experiment["primary"] = primary;
    if (!secondary.empty()) experiment["secondary"] = secondary;
}

/// Without the probes that judge nothing: each has a window of its own in each trial.
void leave_out_probes(Json& experiment, const Judges& judges) {
    experiment.erase("secondary");
    Json kept = Json::array();
    for (const std::string name : experiment.value("collectors", Json::array()))
        if (!collector_named(name).kind->probe || judges.any_of(name)) kept.push_back(name);
    experiment["collectors"] = kept;
}

/// The trials so far, of those that the race will take at most.
struct RaceProgress {
    Progress& progress;
    size_t most;
    void operator()(const happened::Observed& event) const {
        progress(happened::Observed{event.observation, event.observed, most});
    }
    void operator()(const happened::Resumed& event) const {
        progress(happened::Resumed{event.observations, most, event.out});
    }
    void operator()(const happened::Warning&) const {}  // a search gives no verdicts
    template <typename Other>
    void operator()(const Other& event) const {
        progress(event);
    }
};

Result run_race(const RunRequest& run, const CampaignRequest& campaign, const Race& race,
                const RaceSize& size) {
    const size_t most = most_trials(size, race);
    Plan ahead = campaign.plan;  // trials of rounds are alike: so many of them are a forecast
    ahead.trials.resize(most);
    PaceFile paces = pace_file();
    const Pace pace = paces.of(ahead);
    const Forecast forecast = forecast_for(run, ahead, pace);
    Progress progress(run.quiet, ahead, pace, forecast.workers);
    progress.say(fmt::format("search: {} points, at most {} (all would be {})", size.arms,
                             in_words(forecast), size.all()));
    const std::unique_ptr<Executor> executor = executor_for(run, campaign.plan);
    const RaceProgress shown{progress, most};
    Result result = run_campaign(campaign, *make_strategy("racing", to_json(race)), *executor,
                                 [&](const CampaignEvent& event) { std::visit(shown, event); });
    paces.learn(result, progress.boots_s());
    return result;
}

/// With what helps in a search: how to go on with one that was cut, and the point that a trial's
/// refusal names, in words, with how to do without its like.
Error explained(const Error& error, const Tuned& tuned, const fs::path& out) {
    if (error.status() == Status::interrupted)
        return {error.status(), error.what(),
                fmt::format("the same with --out {} goes on with it", out.string())};
    std::string next =
        fmt::format("points that cannot be: a row of \"exclude\" in space {}", tuned.space.name);
    if (!error.next().empty()) next += fmt::format("; {}", error.next());
    for (size_t i = 0; i < tuned.points.size(); i++)
        if (std::string(error.what()).find("(" + arm_name(i) + ",") != std::string::npos)
            return {error.status(),
                    fmt::format("{}\n  {} is {}", error.what(), arm_name(i),
                                words_of(tuned.space, tuned.points[i])),
                    next};
    return error;
}

/// As many rounds as are needed for a verdict, where nothing is said of them.
int rounds_to_decide(const RunRequest& run, const Experiment& experiment) {
    RunRequest more = run;
    while (more.rounds < kMostRounds) {
        const Plan plan = plan_for(more, experiment);
        if (too_few_rounds(plan, experiment).empty()) break;
        more.rounds = race_size(plan, 0).rounds + 1;
    }
    return more.rounds;
}

/// Points beside the arm that the search began at, by these names, in boots of their own.
RunOutcome confirm(const TuneRequest& request, const Tuned& tuned,
                   const std::vector<std::pair<size_t, std::string>>& named, const fs::path& out) {
    std::vector<Point> points;
    for (const auto& [point, name] : named) points.push_back(tuned.points[point]);
    Json document = with_points(tuned.experiment, request.from, tuned.space, points,
                                "confirm-" + tuned.space.name);
    Json& arms = document["arms"];
    for (size_t i = 0; i < named.size(); i++)
        arms[arms.size() - named.size() + i]["name"] = named[i].second;
    judge_by(document, judges_of(tuned.race));
    RunRequest run = request.run;
    run.experiment = write_experiment(out, document);
    run.seed += kHeldOut;
    run.out = out / "confirmation";
    if (!run.rounds) run.rounds = rounds_to_decide(run, load_experiment(run.experiment));
    return perform(run);
}

Json knobs_of(const Result& proof, const std::string& arm) {
    for (const Trial& trial : proof.plan.trials)
        if (trial.arm == arm) return trial.knobs;
    return Json::object();
}

/// The winner's settings of a machine, as documents, where it was proved better and has any.
void write_keep(Tuned& tuned, const RunOutcome& outcome, const std::string& pair,
                const fs::path& out) {
    if (!tuned.proved()) return;
    const auto settings_of_arm = [&](const std::string& arm) {
        const std::string summary =
            fmt::format("The winner of a search in {}.", tuned.experiment.name);
        const Settings settings =
            settings_of(tuned.space.name, summary, knobs_of(outcome.result, arm));
        return pair.empty() ? settings : for_interface(settings, names_in(pair).receiver);
    };
    const Settings settings = settings_of_arm(kTuned);
    if (settings.knobs.empty()) return;
    std::map<std::string, std::string> before;
    if (outcome.result.plan.target == "host") before = values_now(real_sys(), settings);
    for (const auto& [knob, value] : settings_of_arm(tuned.baseline).knobs) before[knob] = value;
    const PersistentFiles files = persistent_files(settings, before);
    write_whole(out / "settings.json", to_json(settings).dump(1) + "\n");
    write_persistent(settings, files, out / "persistent");
    tuned.keep = {{"settings", to_json(settings)}, {"persistent", to_json(files)}};
}

/// Repeats the search.
std::string command_of(const TuneRequest& request) {
    std::string start =
        fmt::format("rxlab tune {} --space {}", request.run.experiment, request.space);
    if (!request.from.empty()) start += " --from " + request.from;
    if (!request.metric.empty()) start += " --metric " + request.metric;
    if (request.trials) start += fmt::format(" --trials {}", request.trials);
    if (request.exhaustive) start += " --exhaustive";
    return command_again(start, request.run);
}

void print(const Tuned& tuned, const fs::path& out, bool report) {
    for (const std::string& line : in_words(tuned)) fmt::print("{}\n", line);
    fmt::print("\n");
    print_files(out / "tune.json", out / "tune.html", report);
}

struct Search {
    Tuned tuned;
    Json document;   ///< of the experiment whose arms the points are
    RunRequest run;  ///< of that one
    Plan plan;
    RaceSize size;
    Race race;  ///< that a search of all is compared with
};

/// All that can be known before anything is made.
Search search_for(const TuneRequest& request) {
    if (!request.run.arms.empty())
        throw Error(Status::usage, "--arm: the arms of a search are the points of its space",
                    "--from ARM names the one that it begins at");
    Search search{.run = request.run};
    Tuned& tuned = search.tuned;
    tuned.experiment = load_experiment(request.run.experiment);
    tuned.space = load_space(request.space);
    tuned.points = points_of(tuned.space);
    check_values(tuned, request.from);
    const std::string name = "search-" + tuned.space.name;
    search.document = with_points(tuned.experiment, request.from, tuned.space, tuned.points, name);
    search.run.full = true;  // looks are for verdicts
    const Experiment experiment =
        parse_experiment(search.document.dump(1), name + ".json", vocabulary());
    search.plan = plan_for(search.run, experiment);
    search.size = race_size(search.plan, tuned.points.size());
    search.run.rounds = search.size.rounds;  // of every lane's plan, as it was sized here
    tuned.race = race_for(request, tuned.space, experiment, search.plan.lane);
    const size_t trials = request.trials ? static_cast<size_t>(request.trials)
                                         : usual_trials(search.size, tuned.race);
    require_probes(tuned.experiment, judges_of(tuned.race));
    leave_out_probes(search.document, judges_of(tuned.race));
    judge_by(search.document, judges_of(tuned.race));
    search.race = race_within(trials, search.size, tuned.race);
    tuned.race =
        request.exhaustive ? race_within(search.size.all(), search.size, tuned.race) : search.race;
    return search;
}

void run_search(const TuneRequest& request, Search& search, const fs::path& out) {
    search.run.experiment = write_experiment(out, search.document);
    CampaignRequest campaign = campaign_for(search.run);
    campaign.out = out / "search";
    campaign.stamp["command"] = command_of(request);
    const Result result = run_race(search.run, campaign, search.tuned.race, search.size);
    write_whole(campaign.out / "result.json", to_json(result).dump(1) + "\n");
    judge(search.tuned, result);
    if (request.exhaustive) search.tuned.raced = raced_in(search.tuned, result, search.race);
}

/// Of what there is until then.
void write(const Search& search, const fs::path& out) {
    write_whole(out / "tune.json", to_json(search.tuned).dump(1) + "\n");
}

Status prove_winner(const TuneRequest& request, Tuned& tuned, const fs::path& out) {
    if (!tuned.winner) return Status::ok;
    const RunOutcome outcome = confirm(request, tuned, {{*tuned.winner, kTuned}}, out);
    tuned.proof = proof_of(outcome.result, outcome.comparison, tuned.race, kTuned);
    write_keep(tuned, outcome, request.run.host.interface.names, out);
    return tuned.proof->fault.empty() ? outcome.comparison.status : Status::worse;
}

/// A point that is better in one metric and worse in the other is what was looked for.
Status prove_front(const TuneRequest& request, Tuned& tuned, const fs::path& out) {
    if (tuned.front.empty()) return Status::ok;
    std::vector<std::pair<size_t, std::string>> named;
    for (const FrontPoint& one : tuned.front) named.emplace_back(one.point, arm_name(one.point));
    const RunOutcome outcome = confirm(request, tuned, named, out);
    for (FrontPoint& one : tuned.front)
        one.proof = proof_of(outcome.result, outcome.comparison, tuned.race, arm_name(one.point));
    return tuned.proved() ? Status::ok : outcome.comparison.status;
}

/// @return what its exit status says: that of the proof, where there is something to prove
Status search_and_prove(const TuneRequest& request, Search& search, const fs::path& out) {
    try {
        run_search(request, search, out);
        write(search, out);
        const Status status = search.tuned.race.is_for_a_front()
                                  ? prove_front(request, search.tuned, out)
                                  : prove_winner(request, search.tuned, out);
        write(search, out);
        return status;
    } catch (const Error& error) {
        throw explained(error, search.tuned, out);
    }
}

int tune(TuneRequest request) {
    if (request.json) request.run.quiet = true;
    Search search = search_for(request);
    const fs::path out = out_for(request.run, search.plan, to_string(search.plan.lane));
    const Status status = search_and_prove(request, search, out);
    if (request.run.report) draw("tune_report.py", out);
    if (request.json) {
        Json document = to_json(search.tuned);
        document["out"] = out;
        fmt::print("{}\n", document.dump(2));
    } else {
        print(search.tuned, out, request.run.report);
    }
    return static_cast<int>(status);
}

}  // namespace

void define_tune(CommandOptions command) {
    auto request = std::make_shared<TuneRequest>();
    add_plan_options(command, request->run);
    add_target_options(command, request->run);
    command
        .option("--space", request->space,
                "knobs and values to search: a name from 'rxlab list', or the path of a file")
        .required();
    command.option("--from", request->from,
                   "the arm that the search begins at and is compared with (the baseline)");
    command.option("--metric", request->metric,
                   "what decides (the first primary metric that the lane ranks)");
    command
        .option(
            "--trials", request->trials,
            "the most trials of the search (a quarter of all points in all rounds, or one round "
            "in each heat where that is more)")
        .at_least(1);
    command.flag("--exhaustive", request->exhaustive,
                 "all points in all rounds; tells what the race finds of the best one's gain, and "
                 "in how many trials");
    command.flag("--json", request->json, "print tune.json");
    command.does([=] { return tune(*request); });
}

}  // namespace rxlab
