// SPDX-License-Identifier: GPL-2.0
#include "history/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

namespace rxlab {
namespace {

std::string next_for(int code) {
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "again when the other process has ended";
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return "put it aside and add the results again ('rxlab history add'); 'sqlite3 FILE "
                   ".recover' may save what is in it";
        case SQLITE_FULL:
            return "make room: what was added before is kept";
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
            return "name another file with --db, or one that may be read and written";
        default:
            return "";
    }
}

const char* words_for(int code) {
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "another process is writing it";
        case SQLITE_CORRUPT:
            return "damaged";
        case SQLITE_NOTADB:
            return "no SQLite database, or damaged";
        default:
            return nullptr;
    }
}

}  // namespace

Database::Database(const std::filesystem::path& file, DatabaseMode mode, int wait_ms)
    : file_(file) {
    // Who only reads must be able to take back what a killed writer left half done.
    const int flags =
        SQLITE_OPEN_READWRITE | (mode == DatabaseMode::write ? SQLITE_OPEN_CREATE : 0);
    const int code = sqlite3_open_v2(file.c_str(), &handle_, flags, nullptr);
    if (code != SQLITE_OK) {
        const std::string said = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
        sqlite3_close(handle_);
        throw Error(Status::usage, fmt::format("{}: {}", file.string(), said), next_for(code));
    }
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, wait_ms);
    // A file of strangers: its schema runs no function that does more than compute.
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    if (mode == DatabaseMode::read) execute("PRAGMA query_only = ON");
}

Database::~Database() {
    sqlite3_close(handle_);
}

void Database::execute(const std::string& sql) {
    if (const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
        code != SQLITE_OK)
        refuse(code);
}

int64_t Database::number(const std::string& sql) {
    Statement statement(*this, sql);
    return statement.step() ? statement.integer(0) : 0;
}

int64_t Database::last_id() const {
    return sqlite3_last_insert_rowid(handle_);
}

int Database::changed() const {
    return sqlite3_changes(handle_);
}

void Database::refuse(int code) const {
    const char* words = words_for(code);
    const bool busy = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
    throw Error(busy ? Status::usage : Status::invalid,
                fmt::format("{}: {}", file_.string(), words ? words : sqlite3_errmsg(handle_)),
                next_for(code));
}

Statement::Statement(Database& database, const std::string& sql) : database_(database) {
    check(sqlite3_prepare_v2(database.handle_, sql.c_str(), -1, &handle_, nullptr));
}

Statement::~Statement() {
    sqlite3_finalize(handle_);
}

Statement& Statement::bind(const std::string& text) {
    check(sqlite3_bind_text(handle_, ++bound_, text.data(), static_cast<int>(text.size()),
                            SQLITE_TRANSIENT));
    return *this;
}

Statement& Statement::bind(int64_t number) {
    check(sqlite3_bind_int64(handle_, ++bound_, number));
    return *this;
}

Statement& Statement::bind(double number) {
    check(sqlite3_bind_double(handle_, ++bound_, number));
    return *this;
}

Statement& Statement::bind(const std::optional<double>& number) {
    if (number) return bind(*number);
    check(sqlite3_bind_null(handle_, ++bound_));
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) database_.refuse(code);
    return false;
}

std::string Statement::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
    return bytes ? std::string(bytes, static_cast<size_t>(sqlite3_column_bytes(handle_, column)))
                 : "";
}

int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(handle_, column);
}

double Statement::real(int column) const {
    return sqlite3_column_double(handle_, column);
}

std::optional<double> Statement::real_or_none(int column) const {
    if (sqlite3_column_type(handle_, column) == SQLITE_NULL) return std::nullopt;
    return real(column);
}

void Statement::check(int code) const {
    if (code != SQLITE_OK) database_.refuse(code);
}

Transaction::Transaction(Database& database) : database_(database) {
    database.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    if (!open_) return;
    try {
        database_.execute("ROLLBACK");
    } catch (const Error&) {  // SQLite has done so already
    }
}

void Transaction::commit() {
    database_.execute("COMMIT");
    open_ = false;
}

}  // namespace rxlab
