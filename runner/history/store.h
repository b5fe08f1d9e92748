// SPDX-License-Identifier: GPL-2.0
// The file of the history: one SQLite database to which results are added, and of which nothing is
// changed. README.md has its schema.
//
// The journal is SQLite's rollback journal and no write-ahead log, which needs memory that all
// processes share: the file may lie on a network's disk, and is one file when nobody writes it.
#pragma once
#include "history/database.h"
#include "history/record.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rxlab {

/// A result as it is kept, without its points.
struct KeptResult {
    int64_t id = 0;
    std::string experiment, kernel, machine, target, release, rxlab_version;
    Lane lane = Lane::counted;
    std::string night, time, source;
    double floor = 0;
    std::string ingredients;  ///< the hash of their list; equal: made of the same
};

struct KeptPoint {
    int64_t result = 0;
    std::optional<double> value, measured;
    std::string fault;
};

struct KeptSeries {
    int64_t id = 0;
    SeriesName name;
    std::vector<KeptPoint> points;  ///< by the night of their result, and its time of that night
};

/// What a diff.json said of one path: why a figure is another from one kernel's release to the
/// next.
struct KeptCause {
    std::string before, after;  ///< releases
    std::string experiment, path;
    std::string sentence, source;
};

struct Pruned {
    int results = 0;
    std::string before;  ///< the first night that is kept
};

class HistoryStore {
public:
    /// @throws Error(Status::usage): it is not there (mode read), of a newer rxlab, something
    /// else's, or another process has it. Error(Status::invalid): it is damaged.
    HistoryStore(const std::filesystem::path& file, DatabaseMode mode);

    /// All of it or nothing. False: this very document is there already.
    bool add(const Record& record);
    bool add(const std::vector<KeptCause>& causes, const std::string& document_sha256);
    /// Topologies, other than its own, that the same measurement was kept of before.
    std::vector<std::string> other_topologies(const SeriesName& name);

    std::vector<KeptResult> results();
    std::vector<KeptSeries> series();
    std::vector<KeptCause> causes();
    /// @throws Error(Status::invalid): there is no such list
    std::vector<Ingredient> ingredients(const std::string& sha256);

    /// Takes out the results of nights before `night`, and notes that: the one thing that takes
    /// something out.
    Pruned prune(const std::string& night);

private:
    void prepare(DatabaseMode mode);
    void check_identity();
    int64_t result_id(const Record& record, const std::string& ingredients);
    int64_t series_id(const SeriesName& name);
    std::string add_ingredients(const std::vector<Ingredient>& rows);

    Database database_;
};

}  // namespace rxlab
