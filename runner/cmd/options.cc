// SPDX-License-Identifier: GPL-2.0
#include "cmd/options.h"

#include "base/error.h"
#include "cmd/catalogue.h"
#include "cmd/command.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace rxlab {
namespace {

constexpr const char* kNotEmpty = "not empty";
constexpr const char* kExitStatuses =
    "Exit status: 0 nothing worse, 1 worse, 2 usage, 3 inconclusive, 4 invalid, 5 target lost, "
    "130 interrupted";

/// As CLI11's own, but for its bounds, which it prints as 1.000000, and for "nan", which it lets
/// through.
CLI::Validator range(double least, double most) {
    const auto check = [least, most](const std::string& input) {
        double value = 0;  // whether it may be a fraction, the option's own type says
        if (CLI::detail::lexical_cast(input, value) && value >= least && value <= most)
            return std::string();
        return fmt::format("Value {} not in range {} to {}", input, least, most);
    };
    return {check, fmt::format("in [{} - {}]", least, most)};
}

CLI::Validator no_less_than(int least) {
    const auto check = [least](const std::string& input) {
        int value = 0;
        if (CLI::detail::lexical_cast(input, value) && value >= least) return std::string();
        return fmt::format("Value {} is not a number from {} on", input, least);
    };
    return {check, ""};
}

CommandOption not_empty(CLI::Option* option) {
    const CLI::Validator check(
        [](const std::string& input) {
            return input.empty() ? std::string("must not be empty") : std::string();
        },
        "", kNotEmpty);
    return CommandOption(option->check(check));
}

}  // namespace

CommandOption& CommandOption::required() {
    option_->required();
    return *this;
}

CommandOption& CommandOption::one_of(const std::vector<std::string>& words) {
    option_->check(CLI::IsMember(words));
    return *this;
}

CommandOption& CommandOption::between(double least, double most) {
    option_->check(range(least, most));
    return *this;
}

CommandOption& CommandOption::at_least(int least) {
    option_->check(no_less_than(least));
    return *this;
}

CommandOption& CommandOption::existing_path() {
    option_->check(CLI::ExistingPath);
    return *this;
}

CommandOption& CommandOption::existing_file() {
    option_->check(CLI::ExistingFile);
    return *this;
}

CommandOption& CommandOption::existing_folder() {
    option_->check(CLI::ExistingDirectory);
    return *this;
}

CommandOption& CommandOption::may_be_empty() {
    option_->get_validator(kNotEmpty)->active(false);
    return *this;
}

CommandOption& CommandOption::values(int least, int most) {
    option_->expected(least, most);
    return *this;
}

CommandOption& CommandOption::one_at_a_time() {
    option_->allow_extra_args(false)->take_all();
    return *this;
}

CommandOption& CommandOption::without_value(const std::string& value) {
    option_->expected(0, 1)->default_str(value);
    return *this;
}

CommandOption& CommandOption::shows_default() {
    option_->capture_default_str();
    return *this;
}

CommandOption& CommandOption::excludes(const CommandOption& other) {
    option_->excludes(other.option_);
    return *this;
}

CommandOption CommandOptions::option(const std::string& names, std::string& value,
                                     const std::string& help) {
    return not_empty(app_->add_option(names, value, help));
}

CommandOption CommandOptions::option(const std::string& names, std::filesystem::path& value,
                                     const std::string& help) {
    return not_empty(app_->add_option(names, value, help));
}

CommandOption CommandOptions::option(const std::string& names, std::vector<std::string>& value,
                                     const std::string& help) {
    return CommandOption(app_->add_option(names, value, help));
}

CommandOption CommandOptions::option(const std::string& names, int& value,
                                     const std::string& help) {
    return CommandOption(app_->add_option(names, value, help));
}

CommandOption CommandOptions::option(const std::string& names, std::optional<std::string>& value,
                                     const std::string& help) {
    return CommandOption(app_->add_option(names, value, help));
}

CommandOption CommandOptions::option(const std::string& names, std::optional<int>& value,
                                     const std::string& help) {
    return CommandOption(app_->add_option(names, value, help));
}

CommandOption CommandOptions::option(const std::string& names, uint64_t& value,
                                     const std::string& help) {
    return CommandOption(app_->add_option(names, value, help));
}

CommandOption CommandOptions::option(const std::string& names, double& value,
                                     const std::string& help) {
    return CommandOption(app_->add_option(names, value, help));
}

CommandOption CommandOptions::flag(const std::string& names, bool& value, const std::string& help) {
    return CommandOption(app_->add_flag(names, value, help));
}

CommandOptions CommandOptions::command(const std::string& name, const std::string& summary) {
    return {app_->add_subcommand(name, summary), status_};
}

void CommandOptions::also(const std::string& name) {
    app_->alias(name);
}

void CommandOptions::needs_command() {
    app_->require_subcommand(1);
}

void CommandOptions::footer(const std::string& text) {
    app_->footer(text);
}

void CommandOptions::set_run(std::function<int()> run) {
    app_->callback([run = std::move(run), status = status_] { *status = run(); });
}

void throw_missing(const std::string& name) {
    throw CLI::RequiredError(name);
}

/// Was a command given none of its own, though it does nothing by itself?
static bool lacks_command(const CLI::App& app) {
    const CLI::App* at = &app;
    while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
    return at->get_require_subcommand_min() > 0 && at->remaining_size() == 0;
}

int run_command_line(int argc, char** argv, const Command* commands, size_t count) {
    int status = 0;
    CLI::App app{"rxlab: a reproducible benchmark and tuning lab for the Linux receive path"};
    app.name("rxlab");
    app.require_subcommand(1);
    app.footer(kExitStatuses);
    app.set_version_flag("--version", [] { return "rxlab " + version(); });
    for (size_t i = 0; i < count; i++) {
        CLI::App* sub = app.add_subcommand(commands[i].name, commands[i].summary);
        sub->group(commands[i].group);
        commands[i].define(CommandOptions(sub, &status));
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::RequiredError& error) {
        if (lacks_command(app))
            fmt::print("{}", app.help());
        else
            app.exit(error);
        return static_cast<int>(Status::usage);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : static_cast<int>(Status::usage);
    }
    return status;
}

}  // namespace rxlab
