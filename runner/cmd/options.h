// SPDX-License-Identifier: GPL-2.0
// A command's options. CLI11 is behind this: a file that includes it takes eight seconds more to
// compile, so only options.cc does.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace rxlab {

/// An option or an argument, and what it takes. A single text must not be empty: no text means
/// "none" anywhere, so an empty one would be taken for none.
class CommandOption {
public:
    explicit CommandOption(CLI::Option* option) : option_(option) {}
    CommandOption& required();
    CommandOption& one_of(const std::vector<std::string>& words);
    CommandOption& between(double least, double most);
    CommandOption& at_least(int least);
    CommandOption& existing_path();
    CommandOption& existing_file();
    CommandOption& existing_folder();
    CommandOption& may_be_empty();
    /// So many values after it.
    CommandOption& values(int least, int most);
    /// A list of which each value has the option's name before it.
    CommandOption& one_at_a_time();
    /// It may stand without a value, which then is `value`.
    CommandOption& without_value(const std::string& value);
    /// Its help shows the value it has now.
    CommandOption& shows_default();
    CommandOption& excludes(const CommandOption& other);

private:
    CLI::Option* option_;
};

/// A command that is being defined: its options, its own commands, what it does. A handle: copies
/// mean the same command.
class CommandOptions {
public:
    CommandOptions(CLI::App* app, int* status) : app_(app), status_(status) {}

    /// `names` as CLI11 has them: "--lane", "-q,--quiet", or "DIR" for an argument. What is given
    /// is put where `value` is, which must live until the command has run.
    CommandOption option(const std::string& names, std::string& value, const std::string& help);
    CommandOption option(const std::string& names, std::optional<std::string>& value,
                         const std::string& help);
    CommandOption option(const std::string& names, std::filesystem::path& value,
                         const std::string& help);
    CommandOption option(const std::string& names, std::vector<std::string>& value,
                         const std::string& help);
    CommandOption option(const std::string& names, int& value, const std::string& help);
    CommandOption option(const std::string& names, std::optional<int>& value,
                         const std::string& help);
    CommandOption option(const std::string& names, uint64_t& value, const std::string& help);
    CommandOption option(const std::string& names, double& value, const std::string& help);
    /// "!--no-report" sets it to false.
    CommandOption flag(const std::string& names, bool& value, const std::string& help);

    CommandOptions command(const std::string& name, const std::string& summary);
    /// Another word for it.
    void also(const std::string& name);
    /// One of its commands must be given.
    void needs_command();
    void footer(const std::string& text);

    /// What it does: returns the exit status, or nothing for 0.
    template <typename Run>
    void does(Run run) {
        if constexpr (std::is_void_v<std::invoke_result_t<Run>>)
            set_run([run] {
                run();
                return 0;
            });
        else
            set_run(run);
    }

private:
    void set_run(std::function<int()> run);

    CLI::App* app_;
    int* status_;
};

/// Ends a command that lacks an argument as CLI11 does.
[[noreturn]] void throw_missing(const std::string& name);

struct Command;

/// Parses, runs the command that was given, and returns its exit status; Status::usage when the
/// words are wrong, which has been told then. @throws what the command throws
int run_command_line(int argc, char** argv, const Command* commands, size_t count);

}  // namespace rxlab
