// SPDX-License-Identifier: GPL-2.0
#include "base/json.h"

template class nlohmann::basic_json<>;
