// SPDX-License-Identifier: GPL-2.0
#include "sys/recording_sys.h"

#include "base/error.h"
#include "base/trimmed.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <sstream>
#include <utility>

namespace rxlab {
namespace {

/// What was written, for people: trimmed, or its size where it is no text.
std::string shown(const std::string& value) {
    const auto text = [](unsigned char c) {
        return c == '\n' || c == '\t' || (c >= ' ' && c < 0x7f);
    };
    return std::all_of(value.begin(), value.end(), text) ? trimmed_end(value)
                                                         : fmt::format("({} bytes)", value.size());
}

/// `ip -batch -` and `nft -f -` do what their input says: one change per line of it.
std::vector<std::string> lines_of(const std::vector<std::string>& argv, const std::string& input) {
    if (input.empty()) return {fmt::format("{}", fmt::join(argv, " "))};
    std::vector<std::string> lines;
    std::istringstream stream(input);
    for (std::string line; std::getline(stream, line);) lines.push_back(argv[0] + " " + line);
    return lines;
}

}  // namespace

std::string RecordingSys::read_file(const std::string& path) {
    if (passes()) return sys_.read_file(path);
    if (const auto found = written_.find(netns_ + path); found != written_.end())
        return found->second;
    try {
        return sys_.read_file(path);
    } catch (const Error&) {
        return "0";
    }
}

void RecordingSys::write_file(const std::string& path, const std::string& value) {
    if (passes()) {
        changes_.push_back(fmt::format("write {}: {}", path, shown(value)));
        return sys_.write_file(path, value);
    }
    changes_.push_back(
        fmt::format("{}{}: {} -> {}", where(), path, trimmed_end(read_file(path)), shown(value)));
    written_[netns_ + path] = value;
}

std::function<std::string()> RecordingSys::reader(const std::string& path) {
    if (passes()) return sys_.reader(path);
    return [this, path] { return read_file(path); };
}

/// What is written during a window is traffic, no change.
std::function<void(const std::string&)> RecordingSys::writer(const std::string& path) {
    if (passes()) return sys_.writer(path);
    return [](const std::string&) {};
}

void RecordingSys::remove(const std::string& path) {
    changes_.push_back("remove " + path);
    if (passes()) sys_.remove(path);
}

namespace {

/// Programs that tell something and change nothing.
const std::vector<std::string> kQuestions[] = {{"ip", "-j"}, {"tc", "-j"}, {"head"}};

bool only_asks(const std::vector<std::string>& argv) {
    return std::any_of(std::begin(kQuestions), std::end(kQuestions), [&](const auto& question) {
        return argv.size() >= question.size() &&
               std::equal(question.begin(), question.end(), argv.begin());
    });
}

}  // namespace

CommandResult RecordingSys::run(const std::vector<std::string>& argv, const std::string& input,
                                const std::string& netns) {
    if (only_asks(argv)) {
        // In a namespace that is yet to be made nobody answers.
        const bool answered = passes() || (netns.empty() && netns_.empty());
        return answered ? sys_.run(argv, input, netns) : CommandResult{};
    }
    for (const std::string& line : lines_of(argv, input))
        changes_.push_back((netns.empty() ? where() : netns + ": ") + line);
    return passes() ? sys_.run(argv, input, netns) : CommandResult{};
}

void RecordingSys::netlink_change(int protocol, const std::string& request,
                                  const std::string& what) {
    changes_.push_back(where() + what);
    if (passes()) sys_.netlink_change(protocol, request, what);
}

void RecordingSys::in_netns(const std::string& netns, const std::function<void()>& fn) {
    if (passes()) return sys_.in_netns(netns, fn);
    if (netns.empty()) return fn();
    const std::string home = std::exchange(netns_, netns);
    fn();
    netns_ = home;
}

}  // namespace rxlab
