// SPDX-License-Identifier: GPL-2.0
// Where the instructions are executed: one trial of each arm under QEMU's plugin, function by
// function.
#include "base/error.h"
#include "base/output.h"
#include "base/whole_file.h"
#include "cmd/attributed.h"
#include "cmd/options.h"
#include "cmd/perform.h"
#include "compare/cells.h"
#include "target/files.h"
#include "target/shares.h"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

namespace rxlab {
namespace {

/// Of the functions that differ, which are printed.
struct Printed {
    size_t most = 12;
    double least = 0.05;  ///< instructions per packet; what is below prints as 0
};

/// Instructions per packet in each function itself.
std::map<std::string, double> by_function(const Attributed& one) {
    std::map<std::string, double> sums;
    for (const auto& [path, count] : one.executed.stacks)
        sums[path.substr(path.rfind(';') + 1)] += one.per_packet(count);
    return sums;
}

/// The module that "e1000_clean_rx_irq [e1000e]" names, or the kernel itself.
std::string part_of(const std::string& function) {
    const size_t open = function.rfind(" [");
    if (open == std::string::npos || !function.ends_with("]")) return "the kernel itself";
    return function.substr(open + 2, function.size() - open - 3);
}

/// Instructions per packet in each part of the kernel.
std::map<std::string, double> by_part(const Attributed& one) {
    std::map<std::string, double> sums;
    for (const auto& [function, count] : by_function(one)) sums[part_of(function)] += count;
    return sums;
}

/// A function of two trials, in instructions per packet; 0 where it was not executed.
struct Difference {
    std::string function;
    double before = 0, after = 0;

    double size() const { return std::abs(after - before); }
};

/// The one that differs most comes first.
std::vector<Difference> differences_of(const Attributed& before, const Attributed& after) {
    std::map<std::string, Difference> by_name;
    for (const auto& [name, count] : by_function(before)) by_name[name].before = count;
    for (const auto& [name, count] : by_function(after)) by_name[name].after = count;
    std::vector<Difference> differences;
    for (auto& [name, difference] : by_name) {
        difference.function = name;
        differences.push_back(std::move(difference));
    }
    std::stable_sort(differences.begin(), differences.end(),
                     [](const auto& a, const auto& b) { return a.size() > b.size(); });
    return differences;
}

void print_differences(const Attributed& before, const Attributed& after, const Printed& limits) {
    const double all = after.instructions() - before.instructions();
    fmt::print("\n{}: {:.1f} instructions per {}, {:+.1f} against {}\n", after.label,
               after.instructions(), after.item, all, before.label);
    size_t printed = 0;
    double told = 0;
    for (const Difference& one : differences_of(before, after)) {
        if (printed == limits.most || one.size() < limits.least) break;
        fmt::print("  {:<44} {:>10.1f} {:>10.1f} {:>+10.1f}\n", one.function, one.before, one.after,
                   one.after - one.before);
        told += one.after - one.before;
        printed++;
    }
    fmt::print("  {:<44} {:>10} {:>10} {:>+10.1f}\n", "all others", "", "", all - told);
}

void print_parts(const std::vector<Attributed>& all) {
    for (const Attributed& one : all) {
        fmt::print("\n{}: {:.1f} instructions per {}\n", one.label, one.instructions(), one.item);
        for (const auto& [part, count] : by_part(one))
            fmt::print("  {:<44} {:>10.1f} {:>9.1f} %\n", part, count,
                       100 * count / one.instructions());
    }
}

std::map<std::string, Accesses> by_device(const Executed& executed) {
    std::map<std::string, Accesses> sums;
    for (const auto& [place, count] : executed.accesses) sums[place.device] += count;
    return sums;
}

/// What the number of instructions does not tell.
void print_accesses(const std::vector<Attributed>& all) {
    fmt::print("\n");
    for (const Attributed& one : all) {
        const Accesses memory = total(one.executed.accesses, false),
                       ports = total(one.executed.accesses, true);
        fmt::print(
            "{}: device accesses per {}: {:.2f} loads, {:.2f} stores, {:.2f} port accesses\n",
            one.label, one.item, one.per_packet(memory.loads), one.per_packet(memory.stores),
            one.per_packet(ports.loads + ports.stores));
        for (const auto& [device, count] : by_device(one.executed))
            fmt::print("  {:<44} {:>10.2f} loads {:>10.2f} stores\n", device,
                       one.per_packet(count.loads), one.per_packet(count.stores));
    }
    fmt::print(
        "each access is one instruction here; for a load from a device, or a port, a real CPU "
        "waits,\nwhich no number of instructions shows\n");
}

const Attributed* baseline_of(const std::vector<Attributed>& all, const Attributed& one) {
    for (const Attributed& other : all)
        if (other.baseline && other.factors == one.factors) return &other;
    return nullptr;
}

/// Every trial of one round, counted function by function.
class Attribution : public CountedListener {
public:
    Attribution(RunRequest request, bool json)
        : CountedListener(request.quiet || json),
          request_(std::move(request)),
          command_(command_again("rxlab attribute " + request_.experiment, request_)) {
        request_.lane = to_string(exact_lane());
        request_.target = "vm";
        request_.rounds = 1;
        request_.vm.attribute = true;
        campaign_ = campaign_for(request_);
    }

    /// @returns the document
    Json run() {
        const Result result =
            run_campaign(campaign_, *strategy_for(request_, campaign_.plan),
                         *executor_for(request_, campaign_.plan),
                         [this](const CampaignEvent& event) { std::visit(*this, event); });
        for (auto& [id, one] : by_id_) all_.push_back(std::move(one));
        return attribution_json(command_, result.experiment, result.provenance, all_);
    }

    std::filesystem::path out() const { return out_for(request_, campaign_.plan, "attribution"); }
    const std::vector<Attributed>& all() const { return all_; }
    const std::string& name() const { return campaign_.experiment.name; }

    using CountedListener::operator();
    void operator()(const happened::Counted& event) {
        const Trial& trial = event.observation.trial;
        const Work work = work_of(event.observation);
        by_id_[trial.id] = {name_of(Cell{trial.arm, trial.factors, {}, 0}),
                            trial.arm,
                            trial.factors,
                            trial.arm == baseline_of(campaign_.experiment).name,
                            work.items,
                            event.executed,
                            work.item};
        say(fmt::format("{}/{}  {}", by_id_.size(), campaign_.plan.trials.size(),
                        by_id_[trial.id].label));
    }

private:
    RunRequest request_;
    const std::string command_;  ///< as it was asked for
    CampaignRequest campaign_;
    std::map<int, Attributed> by_id_;
    std::vector<Attributed> all_;
};

void attribute(const RunRequest& request, bool json, const Printed& limits) {
    Attribution attribution(request, json);
    const Json document = attribution.run();
    const std::filesystem::path out = attribution.out();
    make_folder(out);
    write_whole(out / "attribution.json", document.dump(1) + "\n");
    if (request.report) draw("flame.py", out);
    if (json) {
        fmt::print("{}\n", document.dump(2));
        return;
    }
    fmt::print(
        "{}: executed instructions per {}, in each function itself: before, after, difference\n",
        attribution.name(), attribution.all().front().item);
    for (const Attributed& one : attribution.all())
        if (const Attributed* before = baseline_of(attribution.all(), one);
            before && before != &one)
            print_differences(*before, one, limits);
    print_parts(attribution.all());
    print_accesses(attribution.all());
    fmt::print("\nstacks  {}\n", (out / "attribution.json").string());
    if (request.report) fmt::print("report  {}\n", (out / "attribution.html").string());
}

}  // namespace

void define_attribute(CommandOptions command) {
    auto request = std::make_shared<RunRequest>();
    auto json = std::make_shared<bool>(false);
    auto least = std::make_shared<double>(0);
    command
        .option("EXPERIMENT", request->experiment,
                "a name from 'rxlab list', or the path of a file")
        .required();
    command.option("--arm", request->arms, "only this arm and the baseline (may be repeated)");
    command.flag("--full", request->full,
                 "all arms and factor values, also where an experiment has a \"brief\" part");
    command
        .option("--least", *least,
                "print each function that differs by so many instructions per packet, not the "
                "twelve that differ most")
        .between(0.05, 1e9);
    command.option("--seed", request->seed, "seed of boots, phases and flows");
    command.option("--kernel", request->vm.kernel, kernel_words());
    command.option("--out", request->out, "folder for the stacks and the flame graphs");
    command.flag("!--no-report", request->report, "do not draw the flame graphs");
    command.flag("-q,--quiet", request->quiet, "no progress");
    command.flag("--json", *json, "print the stacks as JSON");
    command.does([=] {
        attribute(*request, *json, *least > 0 ? Printed{SIZE_MAX, *least} : Printed{});
    });
}

}  // namespace rxlab
