// SPDX-License-Identifier: GPL-2.0
#include "result/store.h"

#include "base/error.h"
#include "base/sha256.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

namespace rxlab {
namespace {

constexpr int kFormat = 1;
constexpr const char* kElsewhere =
    "choose another folder with --out, or remove this file to start anew";

[[noreturn]] void cannot(const std::filesystem::path& path, const char* what, int reason) {
    throw Error(Status::invalid,
                fmt::format("{}: cannot be {}: {}", path.string(), what, std::strerror(reason)),
                "free space or choose another folder with --out");
}

/// What may differ between the two halves of a resumed run: how and when it was asked for. Where a
/// lane repeats exactly, the machine too, so that a job may go on at another node of a cluster.
Json lasting(Json provenance, const Plan& plan) {
    if (!provenance.is_object()) return provenance;
    for (const char* key : {"command", "started", "finished"}) provenance.erase(key);
    if (!lane_row(plan.lane).repeats_exactly) return provenance;
    for (const char* key : {"host", "workers"}) provenance.erase(key);
    if (provenance.contains("shard") && provenance["shard"].is_object())
        provenance["shard"].erase("whole");
    return provenance;
}

Json header_for(const Plan& plan, const Json& provenance) {
    return {{"rxlab_observations", kFormat},
            {"experiment", plan.experiment},
            {"plan_sha256", sha256(to_json(plan).dump())},
            {"provenance", lasting(provenance, plan)}};
}

void check_header(const std::filesystem::path& path, const Json& found, const Json& wanted,
                  const Plan& plan) {
    if (found.value("rxlab_observations", Json()) != kFormat)
        throw Error(Status::usage,
                    fmt::format("{}: expected observations of format {}, got {}", path.string(),
                                kFormat, found.dump().substr(0, 60)),
                    kElsewhere);
    if (found.value("plan_sha256", Json()) != wanted["plan_sha256"])
        throw Error(Status::usage,
                    fmt::format("{}: holds trials of another plan (experiment {}, plan {})",
                                path.string(), found.value("experiment", "?"),
                                found.value("plan_sha256", "?").substr(0, 12)),
                    kElsewhere);
    const Json changes =
        Json::diff(lasting(found.value("provenance", Json()), plan), wanted["provenance"]);
    if (!changes.empty())
        throw Error(
            Status::usage,
            fmt::format("{}: its trials were made elsewhere or with something else: {} differs",
                        path.string(), changes[0]["path"].get<std::string>()),
            kElsewhere);
}

std::string read_all(int fd, const std::filesystem::path& path) {
    std::string text;
    char buffer[1 << 16];
    ssize_t n;
    while ((n = ::pread(fd, buffer, sizeof buffer, static_cast<off_t>(text.size()))) > 0)
        text.append(buffer, static_cast<size_t>(n));
    if (n < 0) cannot(path, "read", errno);
    return text;
}

struct Lines {
    std::vector<Json> documents;
    uint64_t size = 0;  ///< bytes they take
};

/// The whole lines. The last one, and only that, may be torn: without its newline, or not yet JSON.
Lines whole_lines(const std::string& text, const std::filesystem::path& path) {
    Lines lines;
    for (size_t end; (end = text.find('\n', lines.size)) != std::string::npos;
         lines.size = end + 1) {
        Json document = Json::parse(text.begin() + static_cast<long>(lines.size),
                                    text.begin() + static_cast<long>(end), nullptr, false);
        const bool last = end + 1 == text.size();
        if (document.is_discarded() && last) break;
        if (!document.is_object())
            throw Error(Status::invalid,
                        fmt::format("{}:{}: expected a JSON object, the line is damaged",
                                    path.string(), lines.documents.size() + 1),
                        kElsewhere);
        lines.documents.push_back(std::move(document));
    }
    return lines;
}

/// All of `text` or nothing: what a full disk cut short is taken back.
void write_at(int fd, uint64_t offset, const std::string& text, const std::filesystem::path& path) {
    size_t done = 0;
    ssize_t n = 0;
    while (done < text.size() && (n = ::pwrite(fd, text.data() + done, text.size() - done,
                                               static_cast<off_t>(offset + done))) > 0)
        done += static_cast<size_t>(n);
    if (done == text.size() && ::fsync(fd) == 0) return;
    const int reason = errno;
    if (::ftruncate(fd, static_cast<off_t>(offset)) != 0)
        cannot(path, "written, nor cut back", reason);
    cannot(path, "written", reason);
}

}  // namespace

Store::Store(const std::filesystem::path& folder, const Plan& plan, const Json& provenance)
    : path_(folder / "observations.jsonl") {
    fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd_ < 0) cannot(path_, "opened", errno);
    try {
        if (::flock(fd_, LOCK_EX | LOCK_NB) != 0)
            throw Error(Status::usage, fmt::format("{}: another run is writing it", path_.string()),
                        "wait for it, or choose another folder with --out");
        const Lines lines = whole_lines(read_all(fd_, path_), path_);
        size_ = lines.size;
        if (::ftruncate(fd_, static_cast<off_t>(size_)) != 0)
            cannot(path_, "cut to its whole lines", errno);
        const Json header = header_for(plan, provenance);
        if (lines.documents.empty())
            append_line(header);
        else
            check_header(path_, lines.documents.front(), header, plan);
    } catch (...) {
        ::close(fd_);
        throw;
    }
}

Store::~Store() {
    ::close(fd_);
}

std::vector<Observation> Store::load() const {
    const Lines lines = whole_lines(read_all(fd_, path_), path_);
    std::vector<Observation> observations;
    for (size_t i = 1; i < lines.documents.size(); i++) {
        try {
            observations.push_back(observation_from_json(lines.documents[i]));
        } catch (const Error& error) {
            throw Error(Status::invalid,
                        fmt::format("{}:{}: {}", path_.string(), i + 1, error.what()), kElsewhere);
        }
    }
    return observations;
}

void Store::append(const Observation& observation) {
    append_line(to_json(observation));
}

void Store::append_line(const Json& json) {
    const std::string line = json.dump() + "\n";
    write_at(fd_, size_, line, path_);
    size_ += line.size();
}

}  // namespace rxlab
