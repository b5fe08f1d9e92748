// SPDX-License-Identifier: GPL-2.0
#pragma once
#include "base/json.h"
#include "sys/sys.h"

namespace rxlab {

/// This machine as provenance: CPU model, governor, turbo, SMT, mitigations, kernel. What cannot be
/// read is null.
Json host_facts(Sys& sys);

}  // namespace rxlab
