// SPDX-License-Identifier: GPL-2.0
// What counted instructions say of time: results of both lanes, pair by pair of arms.
#include "compare/concordance.h"
#include "base/output.h"
#include "base/whole_file.h"
#include "cmd/options.h"
#include "cmd/perform.h"

#include <fmt/format.h>
#include <memory>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

struct ConcordanceRequest {
    std::vector<std::string> results;
    fs::path out;
    bool report = true, json = false;
};

void print_table(const Concordance& concordance) {
    fmt::print("{}\n\n{:<24} {:>10} {:>11} {:>15}\n", concordance.words, "experiment", "same order",
               "other order", "not told apart");
    for (const ConcordanceCount& count : concordance.counts)
        fmt::print("{:<24} {:>10} {:>11} {:>15}\n", count.name, count.same, count.other,
                   count.undecided);
}

void run_concordance(const ConcordanceRequest& request) {
    std::vector<Result> results;
    for (const std::string& path : request.results) results.push_back(load_result(path));
    const Concordance concordance = concordance_of(results);
    const std::string text = to_json(concordance).dump(1) + "\n";
    if (!request.out.empty()) {
        make_folder(request.out);
        write_whole(request.out / "concordance.json", text);
        if (request.report) draw("concordance_report.py", request.out);
    }
    if (request.json) {
        fmt::print("{}", text);
        return;
    }
    print_table(concordance);
    if (request.out.empty()) return;
    fmt::print("\n");
    print_files(request.out / "concordance.json", request.out / "concordance.html", request.report);
}

}  // namespace

void define_concordance(CommandOptions command) {
    auto request = std::make_shared<ConcordanceRequest>();
    command
        .option("RESULT", request->results,
                "results or their folders: of each experiment one of the counted and one of the "
                "timed lane")
        .required();
    command.option("--out", request->out, "folder for concordance.json and its page");
    command.flag("!--no-report", request->report, "do not draw the page");
    command.flag("--json", request->json, "print concordance.json");
    command.does([=] { run_concordance(*request); });
}

}  // namespace rxlab
