// SPDX-License-Identifier: GPL-2.0
// Snapshots of a guest at an exact instruction, kept under the hash of everything that went into
// them.
//   L1 "boot":    kernel and base image up, per machine (seed, cmdline ...)
//   L2 "payload": L1, then our binary and modules unpacked and the agent prepared, waiting for its
//   job
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "target/qemu.h"

namespace rxlab {

/// Hashes of what a Machine's file names only point to.
struct Ingredients {
    std::string qemu, kernel, image;  ///< sha256 of QEMU with its firmware, bzImage, initramfs
    std::string payload;
};

std::string boot_key(const Machine& machine, const Ingredients& ingredients);
std::string payload_key(const Machine& machine, const Ingredients& ingredients);

/// Files of a folder, least recently used removed first above a cap in bytes.
class SnapshotStore {
public:
    SnapshotStore(std::filesystem::path folder, uint64_t cap);
    /// The snapshot's file, now the most recently used one.
    std::optional<std::string> find(const std::string& key);
    /// Takes a whole file in by renaming it. The same key twice is fine. Returns its new path.
    std::string add(const std::string& key, const std::string& file);

private:
    void prune(const std::filesystem::path& keep);
    std::filesystem::path folder_;
    uint64_t cap_;
    std::mutex mutex_;
};

/// $RXLAB_CACHE_MAX in GiB, default 12. @throws Error(Status::usage) when it is no number.
uint64_t cache_cap();

struct Timing {
    double boot_s = 0, payload_s = 0, save_s = 0;  ///< host clock; 0: not done, it was in the cache
};

/// Makes what is not in the store. Safe from several threads, of one machine each.
class Snapshots {
public:
    /// `payload`: the archive whose hash is in the ingredients.
    Snapshots(SnapshotStore& store, Ingredients ingredients, std::string payload);
    /// L2 of this machine. @throws Error(Status::lost) with the console's tail when the guest does
    /// not come up.
    std::string ensure(const Machine& machine, Timing* timing = nullptr);

private:
    std::string boot(const Machine& machine, Timing& timing);
    std::string load_payload(const Machine& machine, const std::string& boot_state, Timing& timing);
    SnapshotStore& store_;
    Ingredients ingredients_;
    std::string payload_;
};

/// What a file takes of its disk: memory that the guest never touched is a hole.
uint64_t bytes_on_disk(const std::filesystem::path& path);

/// Copies a file by reflink where the file system can, else its bytes but for its holes. @throws
/// Error(Status::lost): full disk.
void copy_state(const std::string& from, const std::string& to);

}  // namespace rxlab
