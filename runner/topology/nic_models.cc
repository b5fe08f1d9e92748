// SPDX-License-Identifier: GPL-2.0
#include "topology/nic_models.h"

#include "base/row_named.h"

#include <iterator>

namespace rxlab {
namespace {

constexpr const char* kPrefix = "nic:";

}  // namespace

#define RXLAB_ROW(...) {__VA_ARGS__},
const NicModel kNicModels[] = {RXLAB_NIC_MODELS(RXLAB_ROW, RXLAB_ROW)};
const size_t kNicModelCount = std::size(kNicModels);

const NicModel& nic_model(const std::string& name) {
    return row_named(kNicModels, kNicModelCount, name, "NIC model");
}

std::string nic_device(const NicModel& model) {
    return std::string(kPrefix) + model.name;
}

const NicModel* model_of_device(const std::string& device) {
    const std::string prefix = kPrefix;
    return device.starts_with(prefix) ? &nic_model(device.substr(prefix.size())) : nullptr;
}

}  // namespace rxlab
