// SPDX-License-Identifier: GPL-2.0
// Where rxlab's data, results, cache and work folders are.
#pragma once
#include "base/fd.h"
#include "base/whole_file.h"

#include <filesystem>
#include <functional>
#include <string>

namespace rxlab {

/// $XDG_CACHE_HOME/rxlab or ~/.cache/rxlab, made where it is not there, for us alone.
/// @throws Error(Status::usage) without a home, or when somebody else can write there: what is in
/// it is run.
std::filesystem::path cache_folder();

/// The folder with experiments/, vm/, kmod/, runner/report/ and results/schema/: $RXLAB_DATA, or
/// $RXLAB_ROOT, or find_data_folder(this program).
/// @throws Error(Status::usage)
std::filesystem::path data_folder();

/// The checkout that `program` was built in (at most three folders above it), or the data that were
/// installed with it (share/rxlab beside its bin); empty where there is neither.
std::filesystem::path find_data_folder(const std::filesystem::path& program);

/// Where a run's results go when it is not told: results/runs of the checkout where the data are
/// one's, else $XDG_STATE_HOME/rxlab/runs or ~/.local/state/rxlab/runs.
/// @throws Error(Status::usage) without a home.
std::filesystem::path runs_folder();

/// Where kernel modules are built: build/kmod of a checkout that can be written, else a folder of
/// the cache that belongs to these data.
std::filesystem::path module_folder();

/// A plugin of ours for QEMU: "attribution" or "guest_clock". They lie beside this program, or in
/// lib/rxlab beside its bin. @throws Error(Status::usage)
std::string qemu_plugin(const std::string& name);

/// Is it there? Not where we may not know.
bool is_there(const std::filesystem::path& path);
/// Does something in the folder fit? Nothing does where it is no folder.
bool any_in(const std::filesystem::path& folder,
            const std::function<bool(const std::filesystem::path&)>& fits);

/// A private folder under the cache, removed by the destructor; those of killed processes are
/// removed by the next one.
class WorkFolder {
public:
    WorkFolder();
    ~WorkFolder();
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    std::string path(const std::string& name) const { return folder_ / name; }

private:
    std::filesystem::path folder_;
    Fd lock_;  ///< held as long as this lives
};

}  // namespace rxlab
