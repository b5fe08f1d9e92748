// SPDX-License-Identifier: GPL-2.0
// One program for all targets: RXLAB_FUZZ names the one. libFuzzer has its own main().
#include "fuzz/targets.h"

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>

namespace {

const rxlab::fuzz::Target* target = nullptr;

void list_targets() {
    for (size_t i = 0; i < rxlab::fuzz::kTargetCount; i++)
        std::cout << rxlab::fuzz::kTargets[i].name << '\n';
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    const char* name = std::getenv("RXLAB_FUZZ");
    if (!name) {
        list_targets();
        std::exit(0);
    }
    try {
        target = &rxlab::fuzz::target_named(name);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        std::exit(2);
    }
    return 0;
}

/// Whatever it throws ends the program: a finding.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    rxlab::fuzz::try_input(*target, std::string(reinterpret_cast<const char*>(data), size));
    return 0;
}
