// SPDX-License-Identifier: GPL-2.0
#include "experiment/experiment_json.h"

#include "result/result.h"

namespace rxlab {

Json to_json(const Experiment& experiment) {
    return written(experiment);
}

Experiment experiment_from_json(const Json& document) {
    Experiment experiment;
    read(Field(document, "/experiment_source"), experiment);
    return experiment;
}

}  // namespace rxlab
