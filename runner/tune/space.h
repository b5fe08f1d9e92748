// SPDX-License-Identifier: GPL-2.0
// A space of settings to search: knobs and their values, written down as a document of its own.
//
//   {
//     "name": "rxnic-notify",
//     "summary": "when a NIC on DMA rings tells its receiver",
//     "knobs": {"/topology/tx_usecs": [0, 50, 200], "/knobs/sysctl:net.core.netdev_budget": [64]},
//     "exclude": [{"/topology/tx_usecs": [50, 200], "/topology/handler": "threaded_irq"}],
//     "objective": {"pareto": ["net.instructions_per_packet", "frame_age.p99"]},
//     "guards": {"lost_fraction": 1.0}
//   }
//
// A knob is a JSON pointer (RFC 6901) into an arm: its first word is one of kPartsWithFactors.
#pragma once
#include "base/json.h"
#include "experiment/experiment.h"

#include <string>
#include <vector>

namespace rxlab {

struct SpaceKnob {
    std::string at;            ///< "/topology/tx_usecs"
    std::string name;          ///< for people: its last words, as many as tell it from the others
    std::vector<Json> values;  ///< at least two, all different
};

struct Space {
    std::string name;
    std::string summary;
    std::vector<SpaceKnob> knobs;
    std::vector<Json> exclude;  ///< each: knob -> value or values; a point that has all is none
    std::vector<std::string> pareto;  ///< two metrics whose front is looked for; empty: one decides
    Json guards = Json::object();     ///< metric -> at most so many times the baseline's
};

/// The most points that a space may have.
constexpr size_t kMostPoints = 4000;

/// @param text JSON with comments. @param file for messages
/// @throws Error(Status::usage) with the place of what is wrong
Space parse_space(const std::string& text, const std::string& file);

/// A value for each knob, in the order of Space::knobs.
using Point = std::vector<Json>;
/// Every point that is not excluded, the last knob's values changing fastest.
/// @throws Error(Status::usage): there is none, or more than kMostPoints
std::vector<Point> points_of(const Space& space);
/// "tx_usecs 50, usecs 200"
std::string words_of(const Space& space, const Point& point);
std::string arm_name(size_t point);  ///< "point-017"

/// The experiment's document with the arm `from` as the baseline and each of these points, laid
/// over that arm, as another; the generator stays. Its name is `name`.
/// @throws Error(Status::usage): it has factors, no arm `from`, or a knob that is no place in an
/// arm
Json with_points(const Experiment& experiment, const std::string& from, const Space& space,
                 const std::vector<Point>& points, const std::string& name);

}  // namespace rxlab
