// SPDX-License-Identifier: GPL-2.0
// SQLite, so that nothing is forgotten: statements that end, errors that name the file.
#pragma once
#include "base/error.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace rxlab {

enum class DatabaseMode { read, write };

/// For another process to end its writing: a night's results take a second.
constexpr int kDatabaseWaitMs = 10'000;

class Statement;

class Database {
public:
    /// @param mode write makes the file where it is not there
    /// @param wait_ms for another process that writes it
    /// @throws Error(Status::usage): it cannot be opened
    Database(const std::filesystem::path& file, DatabaseMode mode, int wait_ms = kDatabaseWaitMs);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// One statement or several, without parameters. @throws as Statement::step()
    void execute(const std::string& sql);
    int64_t number(const std::string& sql);
    int64_t last_id() const;
    int changed() const;
    const std::filesystem::path& file() const { return file_; }

    /// What SQLite says, with the file and what to do: Status::usage where another process has it,
    /// else Status::invalid.
    [[noreturn]] void refuse(int code) const;

private:
    friend class Statement;
    std::filesystem::path file_;
    sqlite3* handle_ = nullptr;
};

/// A statement with its parameters, and a row of what it gives.
class Statement {
public:
    Statement(Database& database, const std::string& sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    /// The next parameter, from the first.
    Statement& bind(const std::string& text);
    Statement& bind(int64_t number);
    Statement& bind(double number);
    Statement& bind(const std::optional<double>& number);

    /// Is there a row (more)? @throws Error as Database::refuse(); also where a trigger refuses
    bool step();
    std::string text(int column) const;
    int64_t integer(int column) const;
    double real(int column) const;
    std::optional<double> real_or_none(int column) const;

private:
    void check(int code) const;

    Database& database_;
    sqlite3_stmt* handle_ = nullptr;
    int bound_ = 0;
};

/// All that is done while it lives, or nothing.
class Transaction {
public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

private:
    Database& database_;
    bool open_ = true;
};

}  // namespace rxlab
