// SPDX-License-Identifier: GPL-2.0
// The executors there are: guests, and this machine.
#pragma once
#include "campaign/executor.h"
#include "session/user_pair.h"
#include "target/kernels.h"

#include <memory>
#include <string>

namespace rxlab {

struct VmOptions {
    std::string kernel = default_kernel();  ///< a name of vm/kernels or the path of a bzImage
    std::string modules;  ///< modules folder for a bzImage path; empty: found beside it
    std::string cpu = "Haswell-noTSX";  ///< QEMU CPU model, named explicitly
    int memory_mib = 384;
    std::string snapshots;         ///< folder to keep snapshots in; empty: the cache's
    int workers = 0;               ///< 0: one per host CPU
    double trial_timeout_s = 300;  ///< host clock; generous: a loaded machine is slow, not lost
    bool attribute = false;        ///< count by function, in a clean window only
    double silence_s = 150;        ///< no output from the guest for this long: lost
};
std::unique_ptr<Executor> make_vm_executor(const VmOptions& options);
/// How many guests run at the same time.
int worker_count(const VmOptions& options, Lane lane, size_t trials);

struct HostOptions {
    UserPair interface;
    bool trust = false;  ///< without require_trusted() (cmd/trust.h)
};
std::unique_ptr<Executor> make_host_executor(const HostOptions& options);

}  // namespace rxlab
