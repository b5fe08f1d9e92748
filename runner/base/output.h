// SPDX-License-Identifier: GPL-2.0
// stdout and stderr that may be full, closed or read by nobody: nothing aborts for it, and nothing
// passes for success.
#pragma once
#include <fmt/format.h>

#include <string_view>

namespace rxlab {

/// Makes sure that the descriptors 0 to 2 are open, so that no file of ours gets their place; one
/// that was closed still gives an error when it is used. A pipe that nobody reads gives an error,
/// too, instead of ending us amid a trial.
void open_standard_streams();

/// A message for people, on stderr. Where it cannot be written, nothing happens now.
void tell_text(std::string_view text);
template <typename... Values>
void tell(fmt::format_string<Values...> text, Values&&... values) {
    tell_text(fmt::format(text, std::forward<Values>(values)...));
}

/// What was printed until now reaches its reader now. @throws std::system_error, as fmt::print does
void flush_output();

/// Was something printed that could not be written?
bool output_was_lost();

/// The last thing of main: writes what is left, and says on stderr if something was lost.
/// @returns the exit status: Status::invalid where `status` is a verdict that nobody could read.
/// Does not return when nobody reads: then it ends as other programs do, by SIGPIPE.
int finish_output(int status);

}  // namespace rxlab
