// SPDX-License-Identifier: GPL-2.0
#include "base/cpu_list.h"

#include <cctype>
#include <cstdio>
#include <sstream>
#include <vector>

namespace rxlab {
namespace {

constexpr int kMostCpus = 65536;
constexpr int kDigitBits = 4, kWordDigits = 8;  // of a mask's hexadecimal digit and word

int digit_value(char digit) {
    return std::isdigit(static_cast<unsigned char>(digit)) ? digit - '0'
                                                           : (digit | 0x20) - 'a' + 10;
}

}  // namespace

std::set<int> cpu_list(const std::string& text) {
    std::set<int> cpus;
    std::istringstream ranges(text);
    for (std::string range; std::getline(ranges, range, ',');) {
        int first = 0, last = 0, used = 0;
        const int fields = std::sscanf(range.c_str(), "%d%n-%d%n", &first, &used, &last, &used);
        if (fields < 1 || static_cast<size_t>(used) != range.size() || first < 0) return {};
        if (fields == 1) last = first;
        if (last - first > kMostCpus) return {};
        for (int cpu = first; cpu <= last; cpu++) cpus.insert(cpu);
    }
    return cpus;
}

std::set<int> cpu_mask(const std::string& text) {
    std::set<int> cpus;
    int base = 0;
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit) {
        if (*digit == ',') continue;
        if (!std::isxdigit(static_cast<unsigned char>(*digit))) return {};
        for (int bit = 0; bit < kDigitBits; bit++)
            if (digit_value(*digit) >> bit & 1) cpus.insert(base + bit);
        base += kDigitBits;
    }
    return cpus;
}

std::string as_list(const std::set<int>& cpus) {
    std::string list;
    for (auto first = cpus.begin(); first != cpus.end();) {
        auto last = first, next = std::next(first);
        while (next != cpus.end() && *next == *last + 1) last = next++;
        if (!list.empty()) list += ",";
        list += std::to_string(*first);
        if (*last != *first) list += "-" + std::to_string(*last);
        first = next;
    }
    return list;
}

std::string as_mask(const std::set<int>& cpus) {
    if (cpus.empty()) return "0";
    std::vector<int> digits(static_cast<size_t>(*cpus.rbegin() / kDigitBits + 1));
    for (const int cpu : cpus)
        digits[static_cast<size_t>(cpu / kDigitBits)] |= 1 << cpu % kDigitBits;
    std::string mask;
    for (size_t i = digits.size(); i-- > 0;) {
        mask += "0123456789abcdef"[digits[i]];
        if (i && i % kWordDigits == 0) mask += ",";
    }
    return mask;
}

}  // namespace rxlab
