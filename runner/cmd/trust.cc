// SPDX-License-Identifier: GPL-2.0
#include "cmd/trust.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "knobs/knobs.h"
#include "session/assembly.h"

namespace rxlab {
namespace fs = std::filesystem;
namespace {

const char* const kOurModules[] = {"dma_ring", "rxnic", "rxpad", "vdma", "vdma_test"};

void require_our_modules(const Trial& trial) {
    for (const Json& setup : repetitions(trial.setup.value("module", Json::array()))) {
        const std::string name = setup.value("name", "");
        if (std::find(std::begin(kOurModules), std::end(kOurModules), name) !=
            std::end(kOurModules))
            continue;
        throw Error(Status::usage,
                    fmt::format("arm {} loads the kernel module {} on this machine, and the "
                                "experiment does not come with rxlab",
                                trial.arm, name),
                    "--target vm; or, where you know what it does, --trust");
    }
}

}  // namespace

void require_trusted(const Plan& plan, bool stranger) {
    for (const Trial& trial : plan.trials) {
        for (const auto& [name, value] : trial.knobs.items()) require_within_receive_path(name);
        if (stranger) require_our_modules(trial);
    }
}

bool comes_with(const fs::path& checkout, const fs::path& experiment) {
    if (!experiment.has_parent_path() && experiment.extension() != ".json") return true;  // a name
    std::error_code error;
    const fs::path root = fs::canonical(checkout / "experiments", error);
    const fs::path file = error ? fs::path() : fs::canonical(experiment, error);
    if (error) return false;
    return std::mismatch(root.begin(), root.end(), file.begin(), file.end()).first == root.end();
}

}  // namespace rxlab
