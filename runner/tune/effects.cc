// SPDX-License-Identifier: GPL-2.0
#include "tune/effects.h"

#include <algorithm>
#include <map>

namespace rxlab {
namespace {

struct Mean {
    double sum = 0;
    size_t count = 0;
    double value() const { return sum / static_cast<double>(count); }
    void add(double more) {
        sum += more;
        count++;
    }
};

/// The points that have a value, and what they are on average.
class Factorial {
public:
    Factorial(const std::vector<Point>& points, const std::vector<std::optional<double>>& values) {
        for (size_t i = 0; i < points.size(); i++)
            if (values[i]) {
                rows_.push_back({&points[i], *values[i]});
                all_.add(*values[i]);
            }
    }

    /// By the values of these knobs.
    std::map<std::vector<Json>, Mean> means(const std::vector<size_t>& knobs) const {
        std::map<std::vector<Json>, Mean> means;
        for (const Row& row : rows_) {
            std::vector<Json> key;
            for (const size_t knob : knobs) key.push_back((*row.point)[knob]);
            means[key].add(row.value);
        }
        return means;
    }

    /// Of the means over these knobs' values around the mean of all.
    double squares(const std::vector<size_t>& knobs) const {
        double squares = 0;
        for (const auto& [key, mean] : means(knobs)) {
            const double away = mean.value() - all_.value();
            squares += static_cast<double>(mean.count) * away * away;
        }
        return squares;
    }

    double all_squares() const {
        double squares = 0;
        for (const Row& row : rows_)
            squares += (row.value - all_.value()) * (row.value - all_.value());
        return squares;
    }

    bool empty() const { return rows_.empty(); }

private:
    struct Row {
        const Point* point;
        double value;
    };
    std::vector<Row> rows_;
    Mean all_;
};

}  // namespace

std::vector<Effect> effects_of(const Space& space, const std::vector<Point>& points,
                               const std::vector<std::optional<double>>& values) {
    const Factorial factorial(points, values);
    if (factorial.empty()) return {};
    const double all = factorial.all_squares();
    if (!(all > 0)) return {};
    std::vector<Effect> effects;
    std::vector<double> own(space.knobs.size());
    for (size_t i = 0; i < space.knobs.size(); i++) {
        own[i] = factorial.squares({i});
        Effect effect{{space.knobs[i].name()}, own[i] / all, {}};
        const auto means = factorial.means({i});
        for (const Json& value : space.knobs[i].values)
            if (const auto found = means.find({value}); found != means.end())
                effect.levels.push_back({value, found->second.value(), found->second.count});
        effects.push_back(effect);
    }
    for (size_t i = 0; i < space.knobs.size(); i++)
        for (size_t j = i + 1; j < space.knobs.size(); j++)
            effects.push_back({{space.knobs[i].name(), space.knobs[j].name()},
                               std::max(0.0, factorial.squares({i, j}) - own[i] - own[j]) / all,
                               {}});
    std::stable_sort(effects.begin(), effects.end(),
                     [](const Effect& a, const Effect& b) { return a.share > b.share; });
    return effects;
}

}  // namespace rxlab
