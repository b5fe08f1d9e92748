// SPDX-License-Identifier: GPL-2.0
// Which of a row of subjects is the first that is like the last. Pure.
#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace rxlab {

/// Path -> instructions per packet or record.
using Figures = std::map<std::string, double>;

/// From good to bad, on the path on which they differ most as a ratio.
struct Way {
    std::string path;
    double good = 0, bad = 0;

    /// How far from good (0) to bad (1) a figure is.
    double share(double figure) const { return (figure - good) / (bad - good); }
    /// At least half of the way is.
    bool is_bad(double figure) const { return share(figure) >= 0.5; }
};

/// Nothing where no path differs by kLeastStep.
std::optional<Way> way_between(const Figures& good, const Figures& bad);
constexpr double kLeastStep = 0.002;

/// A bisection of subjects 0 (good) to count - 1 (bad).
class Bisection {
public:
    /// @pre count is at least 2
    explicit Bisection(size_t count) : bad_(count - 1) {}
    /// The one to be looked at next; nothing: it is found.
    std::optional<size_t> next() const;
    void found(size_t which, bool bad);
    size_t last_good() const { return good_; }
    size_t first_bad() const { return bad_; }

private:
    size_t good_ = 0, bad_;
};

}  // namespace rxlab
