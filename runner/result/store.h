// SPDX-License-Identifier: GPL-2.0
// Observations on disk as soon as they are made: FOLDER/observations.jsonl, a header line and one
// line per trial.
#pragma once
#include "result/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace rxlab {

class Store {
public:
    /// Opens FOLDER/observations.jsonl, or makes it, and locks it while this object lives. A last
    /// line torn by a crash is cut off.
    /// @throws Error(Status::usage): it holds another plan's trials, was made on another machine or
    /// kernel (provenance), or another process is writing it. Error(Status::invalid): damaged, or
    /// cannot be written.
    Store(const std::filesystem::path& folder, const Plan& plan, const Json& provenance);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    /// The finished trials, in the order they finished; a run that is resumed need not make them
    /// again.
    std::vector<Observation> load() const;

    /// Writes one line and fsyncs it. @throws Error(Status::invalid) naming the file and the
    /// reason; the file then holds whole lines only, as before.
    void append(const Observation& observation);

private:
    void append_line(const Json& json);

    std::filesystem::path path_;
    int fd_ = -1;
    uint64_t size_ = 0;  ///< bytes in whole lines
};

}  // namespace rxlab
