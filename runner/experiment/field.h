// SPDX-License-Identifier: GPL-2.0
// Reads a document that may be malformed: a value that knows where it stands and says what was
// expected there.
#pragma once
#include "base/json.h"
#include "metrics/lane.h"

#include <map>
#include <string>
#include <vector>

namespace rxlab {

/// Every reader throws Error(Status::usage), e.g. "/trials/3/wall_s: expected a number, got
/// 'long'".
class Field {
public:
    explicit Field(const Json& json, std::string path = {})
        : json_(&json), path_(std::move(path)) {}

    Field operator[](const std::string& key) const;  ///< this must be an object that has `key`
    /// The same through nested objects: "kernel_log/splats".
    Field within(const std::string& path) const;
    bool has(const std::string& key) const;
    std::vector<Field> items() const;              ///< this must be an array
    std::map<std::string, Field> entries() const;  ///< this must be an object

    std::string text() const;
    double number() const;
    bool boolean() const;
    int integer() const;
    uint64_t natural() const;
    Lane lane() const;
    const Json& object() const;
    const Json& json() const { return *json_; }
    const std::string& path() const { return path_; }

    [[noreturn]] void refuse(const std::string& expected) const;

private:
    const Json* json_;
    std::string path_;  ///< JSON pointer; empty: the whole document
};

}  // namespace rxlab
