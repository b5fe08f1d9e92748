// SPDX-License-Identifier: GPL-2.0
// Names of IP protocols and of services.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rxlab {

/// "tcp", "icmpv6", or the number where we know no name.
std::string protocol_name(uint8_t number);
std::optional<uint8_t> protocol_named(const std::string& name);
/// Those that have one.
std::vector<std::string> protocol_names();

/// A service's ports as services(5) has them, per protocol ("tcp", "udp").
struct Service {
    std::string protocol;
    uint16_t port = 0;
};
/// Read from the text of a services file, aliases too: rxlab is a static program, and the C
/// library's getservbyname() would load another library into it.
std::vector<Service> services_named(const std::string& name, const std::string& text);
/// Of /etc/services.
std::vector<Service> services_named(const std::string& name);

}  // namespace rxlab
