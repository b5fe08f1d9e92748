// SPDX-License-Identifier: GPL-2.0
// The write-ahead journal: what would have to be undone is on disk before it is done.
#pragma once
#include "base/fd.h"
#include "journal/page.h"

namespace rxlab {

class Journal {
public:
    /// Reads `directory`/journal.jsonl. An empty directory: kept in memory only (inside a guest).
    /// @throws Error(Status::usage) when it is there and cannot be read, or when another user could
    /// have written it: its commands run as root.
    Journal(Sys& sys, std::string directory);
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    /// From now on nothing really changes (a RecordingSys): set_knob() and write_file() do not read
    /// back.
    void only_plan() { reads_back_ = false; }
    /// Takes the machine's lock, which is held as long as the Journal and the programs started
    /// since live, and reads again what is pending. record() and restore() take it too.
    /// @throws Error(Status::usage) when another process holds it.
    void lock();
    /// @throws Error(Status::usage): what an earlier run left is to be undone first, or the journal
    /// is damaged.
    void require_nothing_pending() const;
    /// Writes and fsyncs one entry. Call it before the change. @throws Error(Status::invalid) when
    /// the journal is damaged.
    void record(const Undo& undo);
    /// Reads the knob, has the new value checked, records the old one, writes the new one and reads
    /// it back.
    void set_knob(const std::string& knob, const std::string& value);
    /// Reads the knob file, records its value, writes the new one.
    void write_file(const std::string& what, const std::string& path, const std::string& value,
                    const std::string& netns = {});
    /// Undoes everything in reverse order and empties the journal, which needs no space on disk.
    /// Goes on after a failure, but for what the failed entry needs() to be undone later. Returns
    /// what could not be undone or read, one line each; those entries, what waits for them, and
    /// those lines stay in the journal.
    std::vector<std::string> restore();
    /// From now on it is `kept` that undoes what is pending here; at no moment neither does.
    void hand_over(Journal& kept);
    /// What a person should know of what was read and of the last restore(), e.g. that someone else
    /// had changed a value meanwhile.
    const std::vector<std::string>& notes() const { return notes_; }
    /// Entries still to be undone, e.g. left by a process that was killed.
    const std::vector<Undo>& pending() const { return page_.entries; }
    /// Lines that cannot be read, one sentence each: changes that a person has to look after.
    std::vector<std::string> damage() const;
    /// What makes a name of ours differ from every other run's; empty in memory.
    const std::string& tag() const { return tag_; }

private:
    std::string file() const { return directory_ + "/journal.jsonl"; }
    void put_knob(const std::string& knob, const std::string& value);
    void load();
    void append(const std::string& line);
    void write_whole();
    void forget_undone(std::vector<std::string>& failures);

    Sys& sys_;
    std::string directory_, tag_;
    Fd fd_;  ///< journal.jsonl, open for appending once an entry was written
    Fd lock_;
    bool reads_back_ = true;
    Page page_;
    std::vector<std::string> notes_;
};

/// Where the host's journal and lock live: $RXLAB_STATE or /var/lib/rxlab.
std::string state_directory();
/// Where the journal of settings lives that a person has decided to keep: no run waits for them.
std::string kept_directory();

}  // namespace rxlab
