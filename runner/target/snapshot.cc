// SPDX-License-Identifier: GPL-2.0
#include "target/snapshot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/sha256.h"
#include "base/steady.h"
#include "target/archive.h"
#include "target/console.h"
#include "target/files.h"

namespace rxlab {
namespace fs = std::filesystem;

namespace {

constexpr double kBootTimeout =
    300;  // seconds; a boot takes 5 to 20, several times that on a busy machine

Attachments attachments_in(const WorkFolder& work, const std::string& payload) {
    write_whole(work.path("empty"), newc_archive({}));
    write_whole(work.path("payload"), payload);
    return {work.path("state"), work.path("payload"), work.path("empty"),
            work.path("empty"), work.path("results"), work.path("console")};
}

[[noreturn]] void did_not_come_up(const char* stage, const std::string& how,
                                  const WorkFolder& work) {
    const std::string console = read_if_there(work.path("console")).value_or("");
    const std::string fault = fault_in(console);
    const std::string qemu = worth_telling(read_if_there(work.path("stderr")).value_or(""));
    throw Error(
        Status::lost,
        fmt::format("the guest was lost while {}: {}{}{}", stage, fault.empty() ? how : fault,
                    qemu.empty() ? "" : "; QEMU: " + qemu, tail(console)),
        "rxlab doctor; for a kernel of your own, try it by hand with qemu-system-x86_64 -kernel");
}

// Memory that is mapped from a full disk's file ends QEMU by SIGBUS, so this is asked before.
void require_space(const WorkFolder& work, const Machine& machine) {
    std::error_code error;
    const fs::space_info space = fs::space(work.path(""), error);
    const uint64_t needed = uint64_t(machine.memory_mib) << 20;
    if (!error && space.available < needed)
        throw Error(Status::lost,
                    fmt::format("{} MiB are free in the cache, a snapshot may take {}",
                                space.available >> 20, needed >> 20),
                    "free space on the cache's disk, or set XDG_CACHE_HOME to another one");
}

/// Thrown where another try may come up.
struct PatchRace {};

template <typename Work>
void retry_patch_race(Work work) {
    for (int left = kPatchRaceTries; left > 1; left--) {
        try {
            return work(true);
        } catch (const PatchRace&) {
        }
    }
    work(false);
}

// Runs the machine until it stops itself, then saves it in the work folder's state. @throws
// PatchRace if `may_retry`.
void run_and_save(const Machine& machine, const WorkFolder& work, const std::string& payload,
                  const char* stage, Start begin, bool may_retry, double& save_s) {
    require_space(work, machine);
    MonitoredQemu qemu(machine, attachments_in(work, payload), begin, work.path("stderr"));
    const MonitoredQemu::Event event = qemu.wait_for_stop(kBootTimeout);
    if (may_retry && hit_patch_race(machine, read_if_there(work.path("console")).value_or("")))
        throw PatchRace();
    switch (event) {
        case MonitoredQemu::Event::stopped:
            break;
        case MonitoredQemu::Event::ended:
            did_not_come_up(stage, "QEMU ended, " + describe_exit(qemu.process().status()), work);
        case MonitoredQemu::Event::timeout:
            did_not_come_up(stage, fmt::format("no stop within {:.0f} s", kBootTimeout), work);
    }
    if (!fault_in(read_if_there(work.path("console")).value_or("")).empty())
        did_not_come_up(stage, "", work);
    const auto start = Steady::now();
    qemu.save();
    save_s += seconds_since(start);
    qemu.quit();
}

/// Copies what is there and leaves holes holes; false and errno when it cannot.
bool copy_data(int in, int out) {
    const off_t end = ::lseek(in, 0, SEEK_END);
    if (end < 0 || ::ftruncate(out, end) != 0) return false;
    for (off_t from = 0; (from = ::lseek(in, from, SEEK_DATA)) >= 0;) {
        const off_t to = ::lseek(in, from, SEEK_HOLE);
        for (off_t target = from; from < to;)
            if (::copy_file_range(in, &from, out, &target, static_cast<size_t>(to - from), 0) <= 0)
                return false;
    }
    return errno == ENXIO;  // no data behind here
}

Json machine_json(const Machine& machine, const Ingredients& ingredients) {
    return {{"argv", qemu_argv(without_paths(machine), {})},
            {"qemu", ingredients.qemu},
            {"kernel", ingredients.kernel},
            {"image", ingredients.image}};
}

}  // namespace

std::string boot_key(const Machine& machine, const Ingredients& ingredients) {
    return "boot-" + sha256(machine_json(machine, ingredients).dump()).substr(0, 32);
}

std::string payload_key(const Machine& machine, const Ingredients& ingredients) {
    Json json = machine_json(machine, ingredients);
    json["payload"] = ingredients.payload;
    return "payload-" + sha256(json.dump()).substr(0, 32);
}

uint64_t cache_cap() {
    const char* text = ::getenv("RXLAB_CACHE_MAX");
    if (!text || !*text) return 12ull << 30;
    char* end = nullptr;
    const double gib = ::strtod(text, &end);
    if (*end || !(gib > 0))
        throw Error(Status::usage, fmt::format("RXLAB_CACHE_MAX='{}' is no number of GiB", text),
                    "RXLAB_CACHE_MAX=12");
    return static_cast<uint64_t>(gib * (1ull << 30));
}

SnapshotStore::SnapshotStore(fs::path folder, uint64_t cap)
    : folder_(std::move(folder)), cap_(cap) {
    std::error_code error;
    fs::create_directories(folder_, error);
}

std::optional<std::string> SnapshotStore::find(const std::string& key) {
    const fs::path path = folder_ / key;
    std::error_code error;
    fs::last_write_time(path, fs::file_time_type::clock::now(), error);
    if (error) return std::nullopt;
    return path.string();
}

std::string SnapshotStore::add(const std::string& key, const std::string& file) {
    const fs::path path = folder_ / key;
    std::error_code error;
    fs::rename(file, path, error);
    if (error)
        throw Error(Status::lost,
                    fmt::format("cannot keep the snapshot {}: {}", path.string(), error.message()),
                    "look at that folder, or set XDG_CACHE_HOME");
    prune(path);
    return path.string();
}

void SnapshotStore::prune(const fs::path& keep) {
    struct Kept {
        fs::path path;
        fs::file_time_type used;
        uint64_t bytes;
    };
    const std::lock_guard lock(mutex_);
    std::error_code error;
    std::vector<Kept> kept;
    uint64_t total = 0;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
        kept.push_back({entry.path(), entry.last_write_time(error), bytes_on_disk(entry.path())});
        total += kept.back().bytes;
    }
    std::sort(kept.begin(), kept.end(),
              [](const Kept& a, const Kept& b) { return a.used < b.used; });
    for (const Kept& oldest : kept) {
        if (total <= cap_) return;
        if (oldest.path == keep) continue;
        if (fs::remove(oldest.path, error)) total -= oldest.bytes;
    }
}

Snapshots::Snapshots(SnapshotStore& store, Ingredients ingredients, std::string payload)
    : store_(store), ingredients_(std::move(ingredients)), payload_(std::move(payload)) {}

std::string Snapshots::ensure(const Machine& machine, Timing* timing) {
    Timing unused;
    if (!timing) timing = &unused;
    if (auto ready = store_.find(payload_key(machine, ingredients_))) return *ready;
    const auto booted = store_.find(boot_key(machine, ingredients_));
    return load_payload(machine, booted ? *booted : boot(machine, *timing), *timing);
}

std::string Snapshots::boot(const Machine& machine, Timing& timing) {
    const auto start = Steady::now();
    std::string kept;
    retry_patch_race([&](bool may_retry) {
        const WorkFolder work;
        run_and_save(machine, work, "", "booting", Start::boot, may_retry, timing.save_s);
        kept = store_.add(boot_key(machine, ingredients_), work.path("state"));
    });
    timing.boot_s = seconds_since(start);
    return kept;
}

std::string Snapshots::load_payload(const Machine& machine, const std::string& boot_state,
                                    Timing& timing) {
    const auto start = Steady::now();
    std::string kept;
    retry_patch_race([&](bool may_retry) {
        const WorkFolder work;
        copy_state(boot_state, work.path("state"));
        run_and_save(machine, work, payload_, "preparing its agent", Start::go_on, may_retry,
                     timing.save_s);
        kept = store_.add(payload_key(machine, ingredients_), work.path("state"));
    });
    timing.payload_s = seconds_since(start);
    return kept;
}

uint64_t bytes_on_disk(const fs::path& path) {
    struct stat st {};
    return ::stat(path.c_str(), &st) == 0
               ? std::min<uint64_t>(st.st_size, uint64_t(st.st_blocks) * 512)
               : 0;
}

void copy_state(const std::string& from, const std::string& to) {
    const int in = ::open(from.c_str(), O_RDONLY | O_CLOEXEC);
    const int out = ::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    const bool copied =
        in >= 0 && out >= 0 && (::ioctl(out, FICLONE, in) == 0 || copy_data(in, out));
    const int reason = errno;
    if (in >= 0) ::close(in);
    if (out >= 0) ::close(out);
    if (!copied)
        throw Error(Status::lost,
                    fmt::format("cannot copy the snapshot {} to {}: {}", from, to,
                                std::generic_category().message(reason)),
                    "free space on that disk, or set XDG_CACHE_HOME");
}

}  // namespace rxlab
