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
    std::string done_if_absent;      ///< nothing to do when this path does not exist in `netns`
    std::string knob;   ///< or write `value` to this knob ("kind:object", when not empty)
    std::string wrote;  ///< what we put there; another value at restore was someone else's
};

class Journal {
public:
    /// Reads `directory`/journal.jsonl. An empty directory: kept in memory only (inside a guest).
    Journal(Sys& sys, std::string directory);
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    /// Takes the machine's lock, which is held as long as the Journal lives, and reads again what
    /// is pending. record() and restore() take it too. @throws Error(Status::usage) when another
    /// process holds it.
    void lock();
    /// Writes and fsyncs one entry. Call it before the change.
    void record(const Undo& undo);
    /// Reads the knob, records its value, writes the new one and reads it back.
    void set_knob(const std::string& knob, const std::string& value);
    /// Reads the knob file, records its value, writes the new one.
    void write_file(const std::string& what, const std::string& path, const std::string& value,
                    const std::string& netns = {});
    /// Undoes everything in reverse order and empties the journal. Goes on after a failure.
    /// Returns what could not be undone, one line each; those entries stay in the journal.
    std::vector<std::string> restore();
    /// What a person should know of the last restore(), e.g. that someone else had changed a value
    /// meanwhile.
    const std::vector<std::string>& notes() const { return notes_; }
    /// Entries still to be undone, e.g. left by a process that was killed.
    const std::vector<Undo>& pending() const { return entries_; }

private:
    void load();
    void append(const std::string& line);
    void write_whole();

    Sys& sys_;
    std::string directory_;
    int fd_ = -1;  ///< journal.jsonl, open for appending once the lock is held
    int lock_fd_ = -1;
    std::vector<Undo> entries_;
    std::vector<std::string> notes_;
};

/// Where the host's journal and lock live: $RXLAB_STATE or /var/lib/rxlab.
std::string state_directory();

}  // namespace rxlab
