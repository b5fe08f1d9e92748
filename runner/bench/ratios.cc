// SPDX-License-Identifier: GPL-2.0
#include "bench/ratios.h"

#include <rxlab/ring_variants.h>
#include <algorithm>
#include <cstdio>

namespace rxlab::bench {
namespace {

struct Fastest {
    std::string name;
    double ns = 0;
};

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t n = values.size();
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double least(std::vector<double> values) {
    return *std::min_element(values.begin(), values.end());
}

using Statistic = double (*)(std::vector<double>);

// The fastest of those whose name begins so; ns is 0 when there is none.
Fastest fastest(const std::map<std::string, std::vector<double>>& row, const std::string& kind,
                Statistic statistic = median) {
    Fastest best;
    for (const auto& [name, times] : row) {
        if (!name.starts_with(kind)) continue;
        const double ns = statistic(times);
        if (best.ns == 0 || ns < best.ns) best = {name.substr(kind.size()), ns};
    }
    return best;
}

double time_of(const std::map<std::string, std::vector<double>>& row, const std::string& name) {
    const auto at = row.find(name);
    return at == row.end() ? 0 : median(at->second);
}

void print_ratio(double ours, double theirs) {
    if (ours > 0 && theirs > 0)
        std::printf(" %8.2f", theirs / ours);
    else
        std::printf(" %8s", "-");
}

#define RXLAB_NAME(name) #name,
const std::vector<std::string> kVariants = {RXLAB_RING_VARIANTS(RXLAB_NAME)};

double best_ratio(const std::map<std::string, std::vector<double>>& row, const std::string& against,
                  Statistic statistic) {
    return fastest(row, against, statistic).ns / fastest(row, "ring/", statistic).ns;
}

}  // namespace

void Target::judge(const Cell& cell, const std::map<std::string, std::vector<double>>& row,
                   const std::string& against) {
    const double ratio = best_ratio(row, against, median);
    compared++;
    by_least += best_ratio(row, against, least) >= at_least;
    if (ratio >= at_least) {
        reached++;
        return;
    }
    char text[48];
    std::snprintf(text, sizeof(text), " %d/%d %.2f", cell.size, cell.batch, ratio);
    missed += text;
}

bool Ratios::ReportContext(const Context& context) {
    PrintBasicContext(&GetErrorStream(), context);
    return true;
}

void Ratios::ReportRuns(const std::vector<Run>& runs) {
    for (const auto& run : runs) {
        if (run.error_occurred) {
            std::printf("%s: %s\n", run.benchmark_name().c_str(), run.error_message.c_str());
            failed_ = true;
            continue;
        }
        if (run.run_type != Run::RT_Iteration) continue;
        char kind[16], name[32], mode[16];
        Cell cell;
        if (std::sscanf(run.benchmark_name().c_str(),
                        "%15[^/]/%31[^/]/%15[^/]/size:%d/batch:%d/threads:%d", kind, name, mode,
                        &cell.size, &cell.batch, &cell.threads) != 6)
            continue;
        by_mode_[mode][cell][std::string(kind) + "/" + name].push_back(run.GetAdjustedRealTime());
    }
}

void Ratios::against_peers(const std::string& mode) {
    const auto cells = by_mode_.find(mode);
    if (cells == by_mode_.end()) return;
    Target target{mode + ", two threads: best variant over best peer", 1};
    std::printf(
        "\n%s: speed over that of the best peer of the same cell (median of repetitions; above 1 "
        "is faster)\n",
        mode.c_str());
    std::printf("%7s %7s %6s", "threads", "size", "batch");
    for (const auto& variant : kVariants) std::printf(" %8s", variant.c_str());
    std::printf("  best / best peer\n");
    for (const auto& [cell, row] : cells->second) {
        const Fastest peer = fastest(row, "peer/"), ours = fastest(row, "ring/");
        if (peer.ns == 0 || ours.ns == 0) continue;
        std::printf("%7d %7d %6d", cell.threads, cell.size, cell.batch);
        for (const auto& variant : kVariants) print_ratio(time_of(row, "ring/" + variant), peer.ns);
        std::printf("  %.2f %s / %s\n", peer.ns / ours.ns, ours.name.c_str(), peer.name.c_str());
        if (cell.threads == 2) target.judge(cell, row, "peer/");
    }
    targets_.push_back(target);
}

// One thread: the limit is what the same copies cost without a ring around them.
void Ratios::against_memcpy() {
    std::printf(
        "\nspeed over memcpy, one thread (copy in and out: over two memcpys; in place: over "
        "one)\n");
    std::printf("%9s %7s %6s", "mode", "size", "batch");
    for (const auto& variant : kVariants) std::printf(" %8s", variant.c_str());
    std::printf("  without a ring\n");
    for (const auto& [mode, cells] : by_mode_) {
        Target target{mode + ", one thread, 4 KiB and more: best variant over " +
                          (mode == "copy" ? "two memcpys" : "one memcpy"),
                      0.9};
        for (const auto& [cell, row] : cells) {
            const Fastest limit = fastest(row, "limit/memcpy"), ours = fastest(row, "ring/");
            if (cell.threads != 1 || limit.ns == 0 || ours.ns == 0) continue;
            std::printf("%9s %7d %6d", mode.c_str(), cell.size, cell.batch);
            for (const auto& variant : kVariants)
                print_ratio(time_of(row, "ring/" + variant), limit.ns);
            print_ratio(time_of(row, "limit/passes"), limit.ns);
            std::printf("\n");
            if (cell.size >= 4096) target.judge(cell, row, "limit/memcpy");
        }
        targets_.push_back(target);
    }
}

void Ratios::Finalize() {
    for (const char* mode : {"copy", "inplace"}) against_peers(mode);
    against_memcpy();
    std::printf(
        "\ntargets: cells that reach them by medians (by everyone's fastest repetition); those "
        "that do not, as size/batch ratio\n");
    for (const auto& target : targets_)
        if (target.compared)
            std::printf("%s, %.2f or more: %d of %d (%d)%s%s\n", target.what.c_str(),
                        target.at_least, target.reached, target.compared, target.by_least,
                        target.missed.empty() ? "" : ";", target.missed.c_str());
}

}  // namespace rxlab::bench
