// SPDX-License-Identifier: GPL-2.0
#include "traffic/frame.h"

#include "base/error.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <cstdio>
#include <cstring>

namespace rxlab {
namespace {

constexpr size_t kLeast = 60;

void put_mac(const std::string& text, uint8_t* out) {
    if (std::sscanf(text.c_str(), "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", out, out + 1, out + 2, out + 3,
                    out + 4, out + 5) != 6)
        throw Error(Status::usage, fmt::format("'{}' is no Ethernet address", text));
}

uint32_t address(const std::string& text) {
    in_addr out{};
    if (::inet_pton(AF_INET, text.c_str(), &out) != 1)
        throw Error(Status::usage, fmt::format("'{}' is no IPv4 address", text));
    return out.s_addr;
}

/// RFC 1071, over 16-bit words in network order.
uint32_t add_words(const uint8_t* bytes, size_t size, uint32_t sum = 0) {
    for (size_t i = 0; i + 1 < size; i += 2)
        sum += static_cast<uint32_t>(bytes[i] << 8 | bytes[i + 1]);
    return size % 2 ? sum + static_cast<uint32_t>(bytes[size - 1] << 8) : sum;
}

uint16_t folded(uint32_t sum) {
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return htons(static_cast<uint16_t>(~sum));
}

iphdr ip_header(const Path& path, size_t size) {
    iphdr ip{};
    ip.version = 4;
    ip.ihl = sizeof ip / 4;
    ip.tot_len = htons(static_cast<uint16_t>(size - sizeof(ethhdr)));
    ip.ttl = 32;
    ip.protocol = IPPROTO_UDP;
    ip.saddr = address(path.generator_ip);
    ip.daddr = address(path.receiver_ip);
    ip.check = folded(add_words(reinterpret_cast<const uint8_t*>(&ip), sizeof ip));
    return ip;
}

/// Over the pseudo-header of RFC 768; a sum of zero is sent as all ones.
uint16_t udp_checksum(const iphdr& ip, const uint8_t* datagram, size_t size) {
    const uint32_t addresses = add_words(reinterpret_cast<const uint8_t*>(&ip.saddr), 8);
    const uint16_t check =
        folded(add_words(datagram, size, addresses + IPPROTO_UDP + static_cast<uint32_t>(size)));
    return check ? check : 0xffff;
}

}  // namespace

std::vector<uint8_t> udp_frame(const Path& path, size_t size, uint16_t source_port,
                               uint16_t destination_port) {
    std::vector<uint8_t> frame(std::max(size, kLeast));
    put_mac(path.receiver_mac, frame.data());
    put_mac(path.generator_mac, frame.data() + ETH_ALEN);
    const uint16_t type = htons(ETH_P_IP);
    std::memcpy(frame.data() + 2 * ETH_ALEN, &type, sizeof type);
    const iphdr ip = ip_header(path, frame.size());
    std::memcpy(frame.data() + sizeof(ethhdr), &ip, sizeof ip);
    uint8_t* datagram = frame.data() + sizeof(ethhdr) + sizeof ip;
    const size_t length = frame.size() - sizeof(ethhdr) - sizeof ip;
    udphdr udp{htons(source_port), htons(destination_port), htons(static_cast<uint16_t>(length)),
               0};
    std::memcpy(datagram, &udp, sizeof udp);
    udp.check = udp_checksum(ip, datagram, length);
    std::memcpy(datagram, &udp, sizeof udp);
    return frame;
}

}  // namespace rxlab
