// SPDX-License-Identifier: GPL-2.0
#include "tune/effects.h"

#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>
#include <cmath>

namespace rxlab {
namespace {

constexpr double kChance = 0.01;
constexpr double kRounding = 1e-12;   // of a sum of squares: what is less is 0
constexpr size_t kMostColumns = 400;  // more would take minutes; interactions are not looked for

using Columns = std::vector<size_t>;  // of a row, those that are 1
using Term = std::vector<size_t>;     // knobs whose values' combinations have a parameter each

struct Fit {
    double squares = 0;  ///< residual
    size_t rank = 0;
};

/// The points that have a value, and where each value stands among its knob's.
class Design {
public:
    Design(const Space& space, const std::vector<Point>& points,
           const std::vector<std::optional<double>>& values)
        : space_(space) {
        for (size_t i = 0; i < points.size(); i++)
            if (values[i]) rows_.push_back({places_of(points[i]), *values[i]});
        for (const Row& row : rows_) mean_ += row.value / static_cast<double>(rows_.size());
        for (const Row& row : rows_) all_ += (row.value - mean_) * (row.value - mean_);
        const double size = mean_ * mean_ * static_cast<double>(rows_.size());
        if (all_ <= kRounding * size) all_ = 0;
    }

    double all_squares() const { return all_; }
    size_t points() const { return rows_.size(); }

    /// Parameters of these terms, the mean among them; the first value of a knob has none.
    size_t columns(const std::vector<Term>& terms) const {
        size_t columns = 1;
        for (const Term& term : terms) columns += columns_of(term);
        return columns;
    }

    /// Least squares by the sweep operator on the normal equations (Goodnight, The American
    /// Statistician 33, 1979); a column that others make up is left out.
    Fit fit(const std::vector<Term>& terms) const {
        const size_t size = columns(terms) + 1;  // the values are the last
        std::vector<double> matrix(size * size);
        const auto at = [&](size_t i, size_t j) -> double& { return matrix[i * size + j]; };
        for (const Row& row : rows_) {
            const Columns ones = ones_of(row, terms);
            const double value = row.value - mean_;
            for (const size_t i : ones) {
                for (const size_t j : ones) at(i, j) += 1;
                at(i, size - 1) += value;
                at(size - 1, i) += value;
            }
            at(size - 1, size - 1) += value * value;
        }
        Fit fit;
        for (size_t pivot = 0; pivot + 1 < size; pivot++) {
            const double diagonal = at(pivot, pivot);
            if (diagonal < 1e-9) continue;
            fit.rank++;
            for (size_t i = 0; i < size; i++) {
                if (i == pivot || at(i, pivot) == 0) continue;
                const double factor = at(i, pivot) / diagonal;
                for (size_t j = pivot; j < size; j++) at(i, j) -= factor * at(pivot, j);
            }
        }
        fit.squares = std::max(0.0, at(size - 1, size - 1));
        return fit;
    }

    std::vector<Level> levels(size_t knob) const {
        std::vector<Level> levels;
        for (size_t place = 0; place < space_.knobs[knob].values.size(); place++) {
            Level level{space_.knobs[knob].values[place]};
            for (const Row& row : rows_)
                if (row.places[knob] == place) {
                    level.mean += row.value;
                    level.points++;
                }
            if (!level.points) continue;
            level.mean /= static_cast<double>(level.points);
            levels.push_back(level);
        }
        return levels;
    }

private:
    struct Row {
        std::vector<size_t> places;
        double value;
    };

    std::vector<size_t> places_of(const Point& point) const {
        std::vector<size_t> places;
        for (size_t i = 0; i < point.size(); i++) {
            const std::vector<Json>& values = space_.knobs[i].values;
            places.push_back(static_cast<size_t>(std::find(values.begin(), values.end(), point[i]) -
                                                 values.begin()));
        }
        return places;
    }

    size_t columns_of(const Term& term) const {
        size_t columns = 1;
        for (const size_t knob : term) columns *= space_.knobs[knob].values.size() - 1;
        return columns;
    }

    Columns ones_of(const Row& row, const std::vector<Term>& terms) const {
        Columns ones{0};
        size_t first = 1;
        for (const Term& term : terms) {
            size_t column = 0;
            bool has = true;
            for (const size_t knob : term) {
                has = has && row.places[knob] > 0;
                column = column * (space_.knobs[knob].values.size() - 1) + row.places[knob] - has;
            }
            if (has) ones.push_back(first + column);
            first += columns_of(term);
        }
        return ones;
    }

    const Space& space_;
    std::vector<Row> rows_;
    double mean_ = 0, all_ = 0;
};

/// What is left when all effects are in.
struct Residual {
    double squares = 0;
    size_t degrees = 0;
    double mean() const { return degrees ? squares / static_cast<double>(degrees) : 0; }
};

bool is_chance(double squares, size_t degrees, const Residual& residual) {
    if (residual.degrees == 0 || residual.squares == 0) return false;
    const boost::math::fisher_f f(static_cast<double>(degrees),
                                  static_cast<double>(residual.degrees));
    return boost::math::cdf(
               complement(f, squares / static_cast<double>(degrees) / residual.mean())) > kChance;
}

std::vector<Term> without(std::vector<Term> terms, const Term& term) {
    std::erase(terms, term);
    return terms;
}

}  // namespace

Effects effects_of(const Space& space, const std::vector<Point>& points,
                   const std::vector<std::optional<double>>& values) {
    const Design design(space, points, values);
    const double all = design.all_squares();
    if (!(all > 0)) return {};
    std::vector<Term> mains, pairs;
    for (size_t i = 0; i < space.knobs.size(); i++) {
        mains.push_back({i});
        for (size_t j = i + 1; j < space.knobs.size(); j++) pairs.push_back({i, j});
    }
    std::vector<Term> terms = mains;
    terms.insert(terms.end(), pairs.begin(), pairs.end());
    if (design.columns(terms) > kMostColumns) {
        pairs.clear();
        terms = mains;
    }
    const auto squares_of = [&](const Fit& fit) {
        return fit.squares <= kRounding * all ? 0 : fit.squares;
    };
    const Fit full = design.fit(terms), additive = design.fit(mains);
    const Residual residual{squares_of(full), design.points() - full.rank};
    Effects effects{{}, residual.degrees > 0};
    const auto add = [&](const Term& term, const Fit& less, const Fit& more) {
        const size_t degrees = more.rank - less.rank;
        const double squares = squares_of(less) - squares_of(more),
                     share = (squares - static_cast<double>(degrees) * residual.mean()) / all;
        if (degrees == 0 || share <= kRounding || is_chance(squares, degrees, residual)) return;
        effects.rows.push_back(
            {term, share, term.size() == 1 ? design.levels(term[0]) : std::vector<Level>()});
    };
    for (const Term& main : mains) add(main, design.fit(without(mains, main)), additive);
    for (const Term& pair : pairs) {
        std::vector<Term> with = mains;
        with.push_back(pair);
        add(pair, additive, design.fit(with));
    }
    std::stable_sort(effects.rows.begin(), effects.rows.end(),
                     [](const Effect& a, const Effect& b) { return a.share > b.share; });
    return effects;
}

}  // namespace rxlab
