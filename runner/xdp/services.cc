// SPDX-License-Identifier: GPL-2.0
#include "xdp/services.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace rxlab {
namespace {

struct Protocol {
    uint8_t number;
    const char* name;
};
// The names of /etc/protocols that people use in rules; ICMP's and SCTP's siblings under one name.
constexpr Protocol kProtocols[] = {
    {1, "icmp"},   {2, "igmp"},    {4, "ipip"},   {6, "tcp"},       {17, "udp"},
    {33, "dccp"},  {41, "sit"},    {46, "rsvp"},  {47, "gre"},      {50, "esp"},
    {51, "ah"},    {58, "icmpv6"}, {88, "eigrp"}, {89, "ospf"},     {103, "pim"},
    {112, "vrrp"}, {115, "l2tp"},  {132, "sctp"}, {136, "udplite"},
};

std::string read_file(const char* path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::string protocol_name(uint8_t number) {
    for (const Protocol& known : kProtocols)
        if (known.number == number) return known.name;
    return std::to_string(number);
}

std::optional<uint8_t> protocol_named(const std::string& name) {
    for (const Protocol& known : kProtocols)
        if (name == known.name) return known.number;
    return {};
}

std::vector<std::string> protocol_names() {
    std::vector<std::string> names;
    for (const Protocol& known : kProtocols) names.emplace_back(known.name);
    return names;
}

std::vector<Service> services_named(const std::string& name, const std::string& text) {
    std::vector<Service> found;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line.substr(0, line.find('#')));
        std::string service, port, alias;
        if (!(words >> service >> port)) continue;
        bool matches = service == name;
        while (words >> alias) matches |= alias == name;
        const size_t slash = port.find('/');
        uint16_t number = 0;
        if (!matches || slash == std::string::npos) continue;
        const auto [end, error] = std::from_chars(port.data(), port.data() + slash, number);
        if (error == std::errc{} && end == port.data() + slash)
            found.push_back({port.substr(slash + 1), number});
    }
    return found;
}

std::vector<Service> services_named(const std::string& name) {
    static const std::string text = read_file("/etc/services");
    return services_named(name, text);
}

}  // namespace rxlab
