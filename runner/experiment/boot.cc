// SPDX-License-Identifier: GPL-2.0
#include "experiment/experiment_json.h"

namespace rxlab {

Boot boot_from(const Json& json) {
    Boot boot;
    read(Field(json), boot);
    return boot;
}

Json to_json(const Boot& boot) {
    return written(boot);
}

Json machine_of(Json boot) {
    boot.erase("seed_offset");
    return boot;
}

}  // namespace rxlab
