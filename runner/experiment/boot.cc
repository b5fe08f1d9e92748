// SPDX-License-Identifier: GPL-2.0
#include "experiment/experiment.h"

namespace rxlab {

Boot boot_from(const Json& json) {
    Boot boot;
    boot.kernel = json.value("kernel", boot.kernel);
    boot.cmdline = json.value("cmdline", boot.cmdline);
    boot.machine = json.value("machine", boot.machine);
    boot.devices = json.value("devices", boot.devices);
    boot.seed_offset = json.value("seed_offset", boot.seed_offset);
    return boot;
}

Json to_json(const Boot& boot) {
    return {{"kernel", boot.kernel},
            {"cmdline", boot.cmdline},
            {"machine", boot.machine},
            {"devices", boot.devices},
            {"seed_offset", boot.seed_offset}};
}

}  // namespace rxlab
