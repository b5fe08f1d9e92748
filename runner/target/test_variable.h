// SPDX-License-Identifier: GPL-2.0
// For tests.
#pragma once
#include <cstdlib>
#include <optional>
#include <string>

namespace rxlab {

/// An environment variable for as long as this lives.
class Variable {
public:
    Variable(const char* name, const std::string& value) : name_(name) {
        if (const char* was = ::getenv(name)) was_ = was;
        ::setenv(name, value.c_str(), 1);
    }
    ~Variable() { was_ ? ::setenv(name_, was_->c_str(), 1) : ::unsetenv(name_); }

private:
    const char* name_;
    std::optional<std::string> was_;
};

}  // namespace rxlab
