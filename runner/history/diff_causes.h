// SPDX-License-Identifier: GPL-2.0
// Why a figure is another from one kernel's release to the next: what a diff.json says of its path.
#pragma once
#include "history/store.h"

#include <string>
#include <vector>

namespace rxlab {

/// Is it diff.json, and no result?
bool is_diff(const Json& document);

/// One for each path of it that is better or worse. @param source for people
/// @throws Error(Status::usage): it is of another schema version, or not as the schema says
std::vector<KeptCause> causes_in(const Json& document, const std::string& source);

/// What is known of that arm from one release to the other; null: nothing.
const KeptCause* cause_of(const std::vector<KeptCause>& causes, const SeriesName& series,
                          const std::string& before, const std::string& after);

}  // namespace rxlab
