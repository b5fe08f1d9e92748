// SPDX-License-Identifier: GPL-2.0
// The write-ahead journal: what would have to be undone is on disk before it is done.
#pragma once
#include "base/json.h"
#include "sys/sys.h"

#include <string>
#include <vector>

namespace rxlab {

/// How to take one change back, as data that a person can read and a later process can replay.
struct Undo {
    std::string what;                ///< for people: "sysctl net.core.netdev_budget"
    std::string path, value, netns;  ///< write `value` to `path` (when path is not empty)
    std::vector<std::string> argv;   ///< or run this (when not empty), in `netns`
    std::string done_if_absent;      ///< nothing to do when this path does not exist
};

class Journal {
public:
    /// Opens (and creates) `directory`/journal.jsonl. An empty directory: kept in memory only (inside a guest).
    Journal(Sys& sys, std::string directory);
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    /// Writes and fsyncs one entry. Call it before the change.
    void record(const Undo& undo);
    /// Reads the knob file, records its value, writes the new one.
    void write_file(const std::string& what, const std::string& path, const std::string& value, const std::string& netns = {});
    /// Undoes everything in reverse order and empties the journal. Goes on after a failure.
    /// Returns what could not be undone, one line each; those entries stay in the journal.
    std::vector<std::string> restore();
    /// Entries still to be undone, e.g. left by a process that was killed.
    const std::vector<Undo>& pending() const { return entries_; }

private:
    Sys& sys_;
    std::string directory_;
    int fd_ = -1;
    std::vector<Undo> entries_;
};

/// Where the host's journal and lock live: $RXLAB_STATE or /var/lib/rxlab.
std::string state_directory();

} // namespace rxlab
