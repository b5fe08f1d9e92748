// SPDX-License-Identifier: GPL-2.0
#include "history/store.h"

#include "base/sha256.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

constexpr int64_t kApplication = 0x72786c68;  // "rxlh": what `file` and others know it by
constexpr int64_t kSchemaVersion = 1;

constexpr const char* kSchema = R"(
CREATE TABLE ingredients(          -- lists that results share
  sha256 TEXT PRIMARY KEY, list TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE results(
  id INTEGER PRIMARY KEY, document_sha256 TEXT NOT NULL UNIQUE, observations_sha256 TEXT NOT NULL,
  experiment TEXT NOT NULL, kernel TEXT NOT NULL, machine TEXT NOT NULL, target TEXT NOT NULL,
  lane TEXT NOT NULL, release TEXT NOT NULL, rxlab_version TEXT NOT NULL, night TEXT NOT NULL,
  time TEXT NOT NULL, floor REAL NOT NULL, source TEXT NOT NULL,
  ingredients TEXT NOT NULL REFERENCES ingredients(sha256)) STRICT;
CREATE INDEX results_by_night ON results(night);
CREATE TABLE series(
  id INTEGER PRIMARY KEY, experiment TEXT NOT NULL, kernel TEXT NOT NULL, machine TEXT NOT NULL,
  lane TEXT NOT NULL, topology TEXT NOT NULL, arm TEXT NOT NULL, factors TEXT NOT NULL,
  metric TEXT NOT NULL, unit TEXT NOT NULL, better TEXT NOT NULL,
  UNIQUE(experiment, kernel, machine, lane, topology, arm, factors, metric, unit, better)) STRICT;
CREATE TABLE points(
  series INTEGER NOT NULL REFERENCES series(id), result INTEGER NOT NULL REFERENCES results(id),
  value REAL, measured REAL, fault TEXT NOT NULL,
  PRIMARY KEY(series, result)) STRICT, WITHOUT ROWID;
CREATE INDEX points_by_result ON points(result);
CREATE TABLE causes(               -- of diff.json, one for each path that changed
  document_sha256 TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
  experiment TEXT NOT NULL, path TEXT NOT NULL, sentence TEXT NOT NULL, source TEXT NOT NULL,
  PRIMARY KEY(document_sha256, experiment, path)) STRICT, WITHOUT ROWID;
CREATE TABLE retention(            -- what was taken out: nights before this one
  pruned TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, before TEXT NOT NULL) STRICT;
)";

/// What is kept is not changed, and only what the table `retention` says is taken out.
std::string guards() {
    std::string sql;
    for (const char* table : {"ingredients", "results", "series", "points", "causes", "retention"})
        sql += fmt::format(
            "CREATE TRIGGER {0}_stay BEFORE UPDATE ON {0} BEGIN "
            "SELECT RAISE(ABORT, 'history is only added to'); END;\n",
            table);
    for (const char* table : {"ingredients", "series", "causes", "retention"})
        sql += fmt::format(
            "CREATE TRIGGER {0}_kept BEFORE DELETE ON {0} BEGIN "
            "SELECT RAISE(ABORT, 'history is only added to'); END;\n",
            table);
    const auto but_old = [](const char* table, const char* night) {
        return fmt::format(
            "CREATE TRIGGER {0}_kept BEFORE DELETE ON {0} WHEN {1} >= "
            "(SELECT coalesce(max(before), '') FROM retention) BEGIN "
            "SELECT RAISE(ABORT, 'history is only added to'); END;\n",
            table, night);
    };
    return sql + but_old("results", "OLD.night") +
           but_old("points", "(SELECT night FROM results WHERE id = OLD.result)");
}

std::string list_of(const std::vector<Ingredient>& rows) {
    Json list = Json::array();
    for (const Ingredient& row : rows) list.push_back({row.name, row.from, row.sha256});
    return list.dump();
}

Lane lane_named(const std::string& word, const Database& database) {
    if (const auto lane = lane_from(word)) return *lane;
    throw Error(Status::invalid,
                fmt::format("{}: '{}' is no lane", database.file().string(), word));
}

}  // namespace

HistoryStore::HistoryStore(const fs::path& file, DatabaseMode mode) : database_(file, mode) {
    prepare(mode);
    // All that is read is of one moment.
    if (mode == DatabaseMode::read) database_.execute("BEGIN");
}

void HistoryStore::prepare(DatabaseMode mode) {
    database_.execute("PRAGMA foreign_keys = ON");
    const bool is_new = database_.number("SELECT count(*) FROM sqlite_schema") == 0;
    if (mode == DatabaseMode::write && is_new) {
        Transaction all(database_);
        // Another process may have made it since.
        if (database_.number("SELECT count(*) FROM sqlite_schema") == 0)
            database_.execute(kSchema + guards() +
                              fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};",
                                          kApplication, kSchemaVersion));
        all.commit();
    }
    check_identity();
}

void HistoryStore::check_identity() {
    const std::string file = database_.file().string();
    if (database_.number("PRAGMA application_id") != kApplication)
        throw Error(Status::usage, fmt::format("{}: no history of rxlab", file),
                    "name another file with --db");
    const int64_t version = database_.number("PRAGMA user_version");
    if (version != kSchemaVersion)
        throw Error(Status::usage,
                    fmt::format("{}: of schema version {}; this rxlab knows {}", file, version,
                                kSchemaVersion),
                    "use the rxlab that wrote it, or one as new");
    Statement check(database_, "PRAGMA quick_check(1)");
    if (check.step() && check.text(0) != "ok")
        throw Error(Status::invalid, fmt::format("{}: damaged: {}", file, check.text(0)),
                    "put it aside and add the results again; 'sqlite3 FILE .recover' may save what "
                    "is in it");
}

std::string HistoryStore::add_ingredients(const std::vector<Ingredient>& rows) {
    const std::string list = list_of(rows), hash = sha256(list);
    Statement(database_, "INSERT OR IGNORE INTO ingredients VALUES(?, ?)")
        .bind(hash)
        .bind(list)
        .step();
    return hash;
}

int64_t HistoryStore::result_id(const Record& record, const std::string& ingredients) {
    Statement insert(database_,
                     "INSERT OR IGNORE INTO results(document_sha256, observations_sha256, "
                     "experiment, kernel, machine, target, lane, release, rxlab_version, night, "
                     "time, floor, source, ingredients) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    for (const std::string& text :
         {record.document_sha256, record.observations_sha256, record.experiment, record.kernel,
          record.machine, record.target, std::string(to_string(record.lane)), record.release,
          record.rxlab_version, record.night, record.time})
        insert.bind(text);
    insert.bind(record.floor).bind(record.source).bind(ingredients).step();
    return database_.changed() ? database_.last_id() : 0;
}

int64_t HistoryStore::series_id(const SeriesName& name) {
    const auto bind = [&](Statement& statement) -> Statement& {
        for (const std::string& text :
             {name.experiment, name.kernel, name.machine, std::string(to_string(name.lane)),
              name.topology, name.arm, name.factors, name.metric, name.unit, name.better})
            statement.bind(text);
        return statement;
    };
    Statement insert(database_,
                     "INSERT OR IGNORE INTO series(experiment, kernel, machine, lane, topology, "
                     "arm, factors, metric, unit, better) VALUES(?,?,?,?,?,?,?,?,?,?)");
    bind(insert).step();
    Statement find(database_,
                   "SELECT id FROM series WHERE experiment=? AND kernel=? AND machine=? AND lane=? "
                   "AND topology=? AND arm=? AND factors=? AND metric=? AND unit=? AND better=?");
    bind(find).step();
    return find.integer(0);
}

bool HistoryStore::add(const Record& record) {
    Transaction all(database_);
    const int64_t result = result_id(record, add_ingredients(record.ingredients));
    if (!result) return false;
    for (const SeriesPoint& point : record.points)
        Statement(database_, "INSERT INTO points VALUES(?, ?, ?, ?, ?)")
            .bind(series_id(point.series))
            .bind(result)
            .bind(point.value)
            .bind(point.measured)
            .bind(point.fault)
            .step();
    all.commit();
    return true;
}

bool HistoryStore::add(const std::vector<KeptCause>& causes, const std::string& document_sha256) {
    Transaction all(database_);
    int added = 0;
    for (const KeptCause& cause : causes) {
        Statement insert(database_, "INSERT OR IGNORE INTO causes VALUES(?, ?, ?, ?, ?, ?, ?)");
        for (const std::string& text : {document_sha256, cause.before, cause.after,
                                        cause.experiment, cause.path, cause.sentence, cause.source})
            insert.bind(text);
        insert.step();
        added += database_.changed();
    }
    all.commit();
    return added > 0;
}

std::vector<std::string> HistoryStore::other_topologies(const SeriesName& name) {
    Statement find(database_,
                   "SELECT DISTINCT topology FROM series WHERE experiment=? AND kernel=? AND "
                   "machine=? AND lane=? AND arm=? AND factors=? AND metric=? AND topology<>?");
    for (const std::string& text :
         {name.experiment, name.kernel, name.machine, std::string(to_string(name.lane)), name.arm,
          name.factors, name.metric, name.topology})
        find.bind(text);
    std::vector<std::string> topologies;
    while (find.step()) topologies.push_back(find.text(0));
    return topologies;
}

std::vector<KeptResult> HistoryStore::results() {
    Statement rows(database_,
                   "SELECT id, experiment, kernel, machine, target, release, rxlab_version, lane, "
                   "night, time, source, floor, ingredients FROM results ORDER BY night, time, id");
    std::vector<KeptResult> all;
    while (rows.step()) {
        KeptResult one{rows.integer(0), rows.text(1), rows.text(2), rows.text(3),
                       rows.text(4),    rows.text(5), rows.text(6)};
        one.lane = lane_named(rows.text(7), database_);
        one.night = rows.text(8);
        one.time = rows.text(9);
        one.source = rows.text(10);
        one.floor = rows.real(11);
        one.ingredients = rows.text(12);
        all.push_back(std::move(one));
    }
    return all;
}

std::vector<KeptSeries> HistoryStore::series() {
    std::vector<KeptSeries> all;
    std::map<int64_t, size_t> places;
    Statement names(database_,
                    "SELECT id, experiment, kernel, machine, lane, topology, arm, factors, metric, "
                    "unit, better FROM series WHERE id IN (SELECT series FROM points) ORDER BY id");
    while (names.step()) {
        places[names.integer(0)] = all.size();
        all.push_back({names.integer(0),
                       {names.text(1), names.text(2), names.text(3),
                        lane_named(names.text(4), database_), names.text(5), names.text(6),
                        names.text(7), names.text(8), names.text(9), names.text(10)},
                       {}});
    }
    Statement points(database_,
                     "SELECT series, result, value, measured, fault FROM points JOIN results ON "
                     "results.id = result ORDER BY night, time, result");
    while (points.step())
        if (const auto place = places.find(points.integer(0)); place != places.end())
            all[place->second].points.push_back({points.integer(1), points.real_or_none(2),
                                                 points.real_or_none(3), points.text(4)});
    return all;
}

std::vector<KeptCause> HistoryStore::causes() {
    Statement rows(database_,
                   "SELECT before, after, experiment, path, sentence, source FROM causes");
    std::vector<KeptCause> all;
    while (rows.step())
        all.push_back(
            {rows.text(0), rows.text(1), rows.text(2), rows.text(3), rows.text(4), rows.text(5)});
    return all;
}

std::vector<Ingredient> HistoryStore::ingredients(const std::string& hash) {
    Statement find(database_, "SELECT list FROM ingredients WHERE sha256 = ?");
    find.bind(hash);
    if (!find.step())
        throw Error(Status::invalid, fmt::format("{}: no list of ingredients {:.12}",
                                                 database_.file().string(), hash));
    std::vector<Ingredient> rows;
    for (const Json& row : Json::parse(find.text(0)))
        rows.push_back({row.at(0), row.at(1), row.at(2)});
    return rows;
}

Pruned HistoryStore::prune(const std::string& night) {
    Transaction all(database_);
    Statement(database_, "INSERT INTO retention(before) VALUES(?)").bind(night).step();
    Statement(database_,
              "DELETE FROM points WHERE result IN (SELECT id FROM results WHERE night < ?)")
        .bind(night)
        .step();
    Statement(database_, "DELETE FROM results WHERE night < ?").bind(night).step();
    const int results = database_.changed();
    all.commit();
    database_.execute("VACUUM");
    return {results, night};
}

}  // namespace rxlab
