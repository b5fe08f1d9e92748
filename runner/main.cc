// SPDX-License-Identifier: GPL-2.0
// Every error ends here as "fact, place, next step" and an exit status.
#include "base/error.h"
#include "base/interrupt.h"
#include "base/nearest.h"
#include "base/output.h"
#include "base/printable.h"
#include "cmd/command.h"

#include <system_error>
#include <vector>

namespace {

using namespace rxlab;

int unknown_command(const std::string& word) {
    std::vector<std::string> names;
    for (size_t i = 0; i < kCommandCount; i++)
        if (*kCommands[i].group) names.push_back(kCommands[i].name);
    tell("rxlab: unknown command '{}'\n", word);
    tell("  next: {}'rxlab --help' lists the commands\n", did_you_mean(word, names, "", " "));
    return static_cast<int>(Status::usage);
}

bool is_command(const std::string& word) {
    for (size_t i = 0; i < kCommandCount; i++)
        if (word == kCommands[i].name) return true;
    return false;
}

int fault(const std::exception& error) {
    tell("rxlab: {} (a fault in rxlab itself)\n", printable(error.what()));
    return static_cast<int>(Status::lost);
}

/// "help xdp rules" is "xdp rules --help".
std::vector<char*> without_help_word(int argc, char** argv) {
    static char help[] = "--help";
    std::vector<char*> words(argv, argv + argc);
    if (argc > 1 && std::string(argv[1]) == "help") {
        words.erase(words.begin() + 1);
        words.push_back(help);
    }
    return words;
}

int run(std::vector<char*> words) {
    const int argc = static_cast<int>(words.size());
    char** argv = words.data();
    if (argc > 1 && argv[1][0] != '-' && !is_command(argv[1])) return unknown_command(argv[1]);
    try {
        return run_command_line(argc, argv, kCommands, kCommandCount);
    } catch (const Error& error) {
        tell("rxlab: {}\n", printable(error.what()));
        if (!error.next().empty()) tell("  next: {}\n", printable(error.next()));
        return static_cast<int>(error.status());
    } catch (const std::system_error& error) {  // fmt::print's, where there is no space
        return output_was_lost() ? static_cast<int>(Status::invalid) : fault(error);
    } catch (const std::exception& error) {
        return fault(error);
    }
}

}  // namespace

int main(int argc, char** argv) {
    open_standard_streams();
    install_interrupt_handlers();
    return finish_output(run(without_help_word(argc, argv)));
}
