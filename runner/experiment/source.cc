// SPDX-License-Identifier: GPL-2.0
#include "experiment/source.h"

#include <fmt/format.h>
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>

namespace rxlab {
namespace {

constexpr size_t kDeepest = 32;
// std::regex recurses once per character; schema patterns meet every string and key.
constexpr size_t kLongestString = 8192;
constexpr size_t kMostProblems = 10;
constexpr size_t kWidestExcerpt = 100;

/// Walks the text for nlohmann's lexer and says how far that has read.
class CountingIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    CountingIterator(const char* at, size_t* read) : at_(at), read_(read) {}
    reference operator*() const { return *at_; }
    CountingIterator& operator++() {
        ++at_;
        ++*read_;
        return *this;
    }
    CountingIterator operator++(int) {
        CountingIterator before = *this;
        ++*this;
        return before;
    }
    bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
    bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

private:
    const char* at_;
    size_t* read_;
};

/// Past white space, comments, commas and colons: where the next token starts.
size_t next_token(const std::string& text, size_t at) {
    for (;;) {
        at = std::min(text.find_first_not_of(" \t\r\n,:", at), text.size());
        if (text.compare(at, 2, "//") == 0) {
            at = std::min(text.find('\n', at), text.size());
        } else if (text.compare(at, 2, "/*") == 0) {
            const size_t end = text.find("*/", at + 2);
            at = end == std::string::npos ? text.size() : end + 2;
        } else {
            return at;
        }
    }
}

std::string between(const std::string& text, const std::string& before, const std::string& after) {
    const size_t found = text.find(before);
    if (found == std::string::npos) return {};
    const size_t start = found + before.size();
    return text.substr(start, text.find(after, start) - start);
}

/// What nlohmann's parser waited for, from its message "... while parsing CONTEXT - REASON;
/// expected TOKEN".
std::string expected_from(const std::string& what) {
    const std::string context = between(what, "while parsing ", " - ");
    if (context == "object key") return "a key in double quotes";
    if (context == "object separator") return "':' after the key";
    if (context == "array") return "',' or ']'";
    if (context == "object") return "',' or '}'";
    if (what.ends_with("; expected end of input")) return "the end of the file";
    return "a value";
}

/// What it found instead.
std::string got_from(const std::string& what, const std::string& token) {
    const std::string unexpected = between(what, " - unexpected ", ";");
    if (unexpected == "end of input") return "the end of the file";
    if (!unexpected.empty()) return fmt::format("'{}'", token);
    const std::string reason = between(what, " - ", "; last read");
    return reason.empty() ? between(what, "] ", "\n") : reason;
}

struct Level {
    Json::json_pointer pointer;
    bool object = false;
    size_t index = 0;
    std::string key;
    size_t key_offset = 0;
    std::set<std::string> keys;
};

/// SAX events -> places of values, duplicate keys, syntax errors.
class Reader final : public nlohmann::json_sax<Json> {
public:
    Reader(Source& source, const size_t& read, size_t most_items)
        : source_(source), read_(read), most_items_(most_items) {
        if (source.text.starts_with("\xEF\xBB\xBF")) end_ = 3;
    }

    bool null() override { return scalar(); }
    bool boolean(bool) override { return scalar(); }
    bool number_integer(number_integer_t) override { return number(); }
    bool number_unsigned(number_unsigned_t) override { return number(); }
    bool number_float(number_float_t, const string_t&) override { return number(); }
    bool string(string_t& value) override { return short_enough(value) && scalar(); }
    bool binary(binary_t&) override { return scalar(); }

    bool start_object(size_t) override { return few_enough() && open(true); }
    bool start_array(size_t) override { return few_enough() && open(false); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        if (!short_enough(name)) return false;
        Level& level = levels_.back();
        level.key = name;
        level.key_offset = start();
        if (!level.keys.insert(name).second)
            source_.problems.push_back(
                {level.key_offset, fmt::format("expected each key once, got '{}' again", name)});
        end_ = read_;
        return true;
    }

    bool parse_error(size_t position, const std::string&,
                     const nlohmann::detail::exception& error) override {
        const std::string what = error.what();
        const size_t end = std::min(position, source_.text.size());
        const bool at_end = what.find("unexpected end of input") != std::string::npos;
        const size_t from = at_end ? source_.text.find_last_not_of(" \t\r\n") + 1
                                   : std::min(start(), end - (end > 0));
        const std::string token =
            source_.text.substr(from, std::min<size_t>(end - std::min(from, end), 40));
        source_.problems.push_back(
            {from, fmt::format("expected {}, got {}", expected_from(what), got_from(what, token))});
        return false;
    }

private:
    size_t start() const { return next_token(source_.text, end_); }

    /// The place of the value that starts here.
    Json::json_pointer place() {
        const size_t at = start();
        size_t key = at;
        Json::json_pointer pointer;
        if (!levels_.empty()) {
            Level& level = levels_.back();
            if (level.object) key = level.key_offset;
            pointer = level.object ? level.pointer / level.key : level.pointer / level.index;
            level.index++;
        }
        source_.places[pointer.to_string()] = {key, at};
        return pointer;
    }

    bool scalar() {
        if (!few_enough()) return false;
        place();
        end_ = read_;
        return true;
    }

    /// The lexer has read one character too many, which may be the start of a comment.
    bool number() {
        if (!few_enough()) return false;
        const size_t at = start();
        place();
        end_ = std::min(source_.text.find_first_not_of("+-.0123456789eE", at), source_.text.size());
        return true;
    }

    bool short_enough(const std::string& value) {
        if (value.size() <= kLongestString) return true;
        source_.problems.push_back(
            {start(), fmt::format("expected at most {} bytes in a string, got {}", kLongestString,
                                  value.size())});
        return false;
    }

    bool few_enough() {
        if (levels_.empty() || levels_.back().index < most_items_) return true;
        source_.problems.push_back(
            {start(), fmt::format("expected at most {} items, got more", most_items_)});
        return false;
    }

    bool open(bool object) {
        if (levels_.size() == kDeepest) {
            source_.problems.push_back(
                {start(), fmt::format("expected at most {} levels, got one more", kDeepest)});
            return false;
        }
        levels_.push_back({.pointer = place(), .object = object});
        end_ = read_;
        return true;
    }

    bool close() {
        levels_.pop_back();
        end_ = read_;
        return true;
    }

    Source& source_;
    const size_t& read_;
    size_t most_items_;
    size_t end_ = 0;  ///< end of the token before
    std::vector<Level> levels_;
};

/// Columns are characters, so that the caret stands where a person sees the fault.
size_t count_characters(std::string_view bytes) {
    return std::count_if(bytes.begin(), bytes.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

/// One line for a terminal: no control characters, clipped around `column` (byte), which is moved
/// along.
std::string excerpt(std::string line, size_t& column) {
    for (char& c : line)
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = ' ';
    if (line.size() <= kWidestExcerpt) return line;
    size_t from = column < kWidestExcerpt / 2 ? 0 : column - kWidestExcerpt / 2;
    while (from < line.size() && (line[from] & 0xC0) == 0x80) from++;
    size_t to = std::min(from + kWidestExcerpt, line.size());
    while (to < line.size() && (line[to] & 0xC0) == 0x80) to++;
    column -= std::min(from, column);
    return line.substr(from, to - from);
}

std::string rendered(const std::string& file, const std::string& text, const Problem& problem) {
    const size_t offset = std::min(problem.offset, text.size());
    const size_t before = text.rfind('\n', offset == 0 ? std::string::npos : offset - 1);
    const size_t start = offset == 0 || before == std::string::npos ? 0 : before + 1;
    const std::string line = text.substr(start, text.find('\n', start) - start);
    size_t column = offset - start;
    const size_t shown_column = count_characters(std::string_view(line).substr(0, column)) + 1;
    const std::string shown = excerpt(line, column);
    return fmt::format("{}:{}:{}: {}\n{}\n{:>{}}", file,
                       1 + std::count(text.begin(), text.begin() + start, '\n'), shown_column,
                       problem.message, shown, '^',
                       count_characters(std::string_view(shown).substr(0, column)) + 1);
}

/// One problem per place, in the order of the text.
void settle(std::vector<Problem>& problems) {
    std::stable_sort(problems.begin(), problems.end(),
                     [](const Problem& a, const Problem& b) { return a.offset < b.offset; });
    problems.erase(
        std::unique(problems.begin(), problems.end(),
                    [](const Problem& a, const Problem& b) { return a.offset == b.offset; }),
        problems.end());
}

}  // namespace

Source read_source(const std::string& text, size_t most_items) {
    Source source{.text = text};
    size_t read = 0;
    Reader reader(source, read, most_items);
    const bool whole = Json::sax_parse(CountingIterator(text.data(), &read),
                                       CountingIterator(text.data() + text.size(), &read), &reader,
                                       Json::input_format_t::json, true, true);
    source.document =
        whole ? Json::parse(text, nullptr, false, true) : Json(Json::value_t::discarded);
    return source;
}

Problem placed(const Source& source, Finding finding) {
    while (!source.places.contains(finding.pointer.to_string())) {
        finding.pointer.pop_back();
        finding.at_key = false;
    }
    const Place& place = source.places.at(finding.pointer.to_string());
    return {finding.at_key ? place.key : place.value, finding.message};
}

Error problems_error(const std::string& file, const std::string& text,
                     std::vector<Problem> problems, const std::string& next) {
    settle(problems);
    std::string fact;
    for (size_t i = 0; i < std::min(problems.size(), kMostProblems); i++)
        fact += (i ? "\n" : "") + rendered(file, text, problems[i]);
    if (problems.size() > kMostProblems)
        fact += fmt::format("\nand {} more", problems.size() - kMostProblems);
    return {Status::usage, fact,
            next.empty() ? "experiments/README.md tells how an experiment is written, 'rxlab list' "
                           "shows the words it may use"
                         : next};
}

}  // namespace rxlab
