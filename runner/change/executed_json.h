// SPDX-License-Identifier: GPL-2.0
// What a guest executed, as documents have it: {"stacks": {"a;b": 17}, "accesses": [{"function",
// "device", "loads", "stores"}]}. Pure.
#pragma once
#include "attribution/fold.h"
#include "base/json.h"

namespace rxlab {

Json to_json(const Executed& executed);
/// @throws Error(Status::usage) naming the place in the document, what was expected and what is
/// there.
Executed executed_from_json(const Json& json);

}  // namespace rxlab
