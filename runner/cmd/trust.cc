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

[[noreturn]] void not_trusted(const Trial& trial, const std::string& what) {
    throw Error(Status::usage,
                fmt::format("arm {} loads {} on this machine, and the experiment does not come "
                            "with rxlab",
                            trial.arm, what),
                "--target vm; or, where you know what it does, --trust");
}

void require_our_programs(const Trial& trial) {
    for (const Json& setup : repetitions(trial.setup.value("xdp_object", Json::array())))
        not_trusted(trial, "the XDP program " + setup.value("object", ""));
}

void require_our_modules(const Trial& trial) {
    for (const Json& setup : repetitions(trial.setup.value("module", Json::array()))) {
        const std::string name = setup.value("name", "");
        if (std::find(std::begin(kOurModules), std::end(kOurModules), name) !=
            std::end(kOurModules))
            continue;
        not_trusted(trial, "the kernel module " + name);
    }
}

}  // namespace

void require_trusted(const Plan& plan, bool stranger) {
    for (const Trial& trial : plan.trials) {
        for (const auto& [name, value] : trial.knobs.items()) require_within_receive_path(name);
        if (!stranger) continue;
        require_our_modules(trial);
        require_our_programs(trial);
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
