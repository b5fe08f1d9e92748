// SPDX-License-Identifier: GPL-2.0
#include "journal/page.h"

#include "base/crc32.h"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>

namespace rxlab {
namespace {

constexpr int kFormat = 2;

std::string line_of(const Json& json) {
    const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return fmt::format("{:08x} {} {}\n", crc32(text), text.size(), text);
}

/// "CHECKSUM LENGTH JSON" in its parts.
struct Line {
    std::string checksum, json;
    size_t length = 0;
};

std::optional<Line> split(const std::string& text) {
    const size_t first = text.find(' '), second = text.find(' ', first + 1);
    if (first == std::string::npos || second == std::string::npos) return std::nullopt;
    Line line{text.substr(0, first), text.substr(second + 1), 0};
    const char *begin = text.data() + first + 1, *end = text.data() + second;
    if (const auto read = std::from_chars(begin, end, line.length);
        read.ptr != end || read.ec != std::errc() ||
        std::to_string(line.length).size() != size_t(end - begin))
        return std::nullopt;
    return line;
}

bool intact(const Line& line) {
    return line.json.size() == line.length &&
           fmt::format("{:08x}", crc32(line.json)) == line.checksum;
}

/// Reads line by line and keeps what it knows.
class Reader {
public:
    explicit Reader(const std::string& boot) : boot_(boot) {}

    void line(const std::string& text, bool ended) {
        const std::optional<Line> parts = split(text);
        if (!ended && (!parts || parts->json.size() < parts->length)) {
            page_.torn = true;
            return;
        }
        number_++;
        if (!parts || !intact(*parts))
            damaged(text, "it is not what was written");
        else
            take(text, Json::parse(parts->json, nullptr, false));
    }

    Page page() { return std::move(page_); }

private:
    void damaged(const std::string& text, const std::string& why) {
        expected_ = std::max(expected_, number_);  // it had this number, most likely
        page_.damage.push_back({text, fmt::format("line {}: {}", number_, why)});
    }

    /// Kept in a form that is not taken for an entry.
    void again(const std::string& text) {
        page_.damage.push_back(
            {"(was there twice) " + text, fmt::format("line {}: it is there twice", number_)});
    }

    void take(const std::string& text, const Json& json) {
        try {
            const size_t n = json.at("n");
            if (n > expected_)
                page_.damage.push_back({fmt::format("({} lines were missing here)", n - expected_),
                                        fmt::format("line {}: {} lines before it are missing",
                                                    number_, n - expected_)});
            if (n < expected_) return again(text);
            expected_ = n + 1;
            if (n == 0) {
                if (json.at("rxlab_journal") != kFormat) damaged(text, "it is of another format");
            } else if (json.at("boot") == boot_) {
                page_.entries.push_back(undo_from_json(json));
            } else {
                page_.of_other_boots++;
            }
        } catch (const Json::exception&) {
            damaged(text, "it is no entry of a journal");
        }
    }

    std::string boot_;
    Page page_;
    size_t number_ = 0, expected_ = 0;
};

void for_each_line(const std::string& text,
                   const std::function<void(const std::string& line, bool ended)>& visit) {
    for (size_t start = 0, end; start < text.size(); start = end + 1) {
        end = text.find('\n', start);
        const bool ended = end != std::string::npos;
        visit(text.substr(start, ended ? end - start : end), ended);
        if (!ended) break;
    }
}

/// Earlier versions wrote JSON without checksums; their journal is fine where it is empty.
bool empty_of_format_1(const std::string& text) {
    const Json json = Json::parse(text, nullptr, false);
    return json.is_object() && json.size() == 1 && json.contains("boot");
}

}  // namespace

std::string encode_header() {
    return line_of({{"rxlab_journal", kFormat}, {"n", 0}});
}

std::string encode_entry(const Undo& undo, size_t n, const std::string& boot) {
    Json json = to_json(undo);
    json["n"] = n;
    json["boot"] = boot;
    return line_of(json);
}

std::string encode_page(const Page& page, const std::string& boot) {
    std::string text = encode_header();
    for (const Page::Damage& damage : page.damage) text += damage.line + "\n";
    size_t n = 1 + page.damage.size();
    for (const Undo& undo : page.entries) text += encode_entry(undo, n++, boot);
    return text;
}

Page decode_page(const std::string& text, const std::string& boot) {
    if (text.empty()) return {.damage = {{"(the file was empty)", "the file is empty"}}};
    if (empty_of_format_1(text)) return {};
    Reader reader(boot);
    for_each_line(text, [&](const std::string& line, bool ended) { reader.line(line, ended); });
    return reader.page();
}

}  // namespace rxlab
