// SPDX-License-Identifier: GPL-2.0
#include "stats/cluster.h"

#include "stats/quantile.h"

namespace rxlab {

std::map<uint64_t, double> cluster_means(const Clusters& clusters) {
    std::map<uint64_t, double> means;
    for (const auto& [id, values] : clusters) means[id] = mean(values);
    return means;
}

std::vector<double> mean_values(const Clusters& clusters) {
    std::vector<double> values;
    for (const auto& [id, value] : cluster_means(clusters)) values.push_back(value);
    return values;
}

Pairs shared_clusters(const Clusters& before, const Clusters& after) {
    Pairs pairs;
    const std::map<uint64_t, double> other = cluster_means(after);
    for (const auto& [id, value] : cluster_means(before)) {
        const auto match = other.find(id);
        if (match == other.end()) continue;
        pairs.before.push_back(value);
        pairs.after.push_back(match->second);
    }
    return pairs;
}

}  // namespace rxlab
