// SPDX-License-Identifier: GPL-2.0
// history.json (results/schema/history.schema.json), and the same for other programs.
#pragma once
#include "history/follow.h"

#include <string>

namespace rxlab {

Json to_json(const FollowedHistory& history);

/// One line for each value, with a heading; fields in quotes as RFC 4180 has them.
std::string csv_of(const FollowedHistory& history);

/// The last value of each series, its ratio to the level before its last change, and its status, as
/// OpenMetrics text 1.0: for a scraper of textfiles.
std::string openmetrics_of(const FollowedHistory& history);

}  // namespace rxlab
