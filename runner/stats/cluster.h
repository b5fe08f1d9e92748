// SPDX-License-Identifier: GPL-2.0
// Phases within a boot seed are pseudo-replicates: they are averaged first, and n is the number of
// boot seeds.
#pragma once
#include <cstdint>
#include <map>
#include <vector>

namespace rxlab {

/// Values by cluster (boot seed, or round where there is none).
using Clusters = std::map<uint64_t, std::vector<double>>;

/// One number per cluster: the mean of its values.
std::map<uint64_t, double> cluster_means(const Clusters& clusters);

/// The same without whose they are, in the order of the cluster's id.
std::vector<double> mean_values(const Clusters& clusters);

/// The means of the clusters that both sides have, in the order of the cluster's id.
struct Pairs {
    std::vector<double> before, after;
};
Pairs shared_clusters(const Clusters& before, const Clusters& after);

}  // namespace rxlab
