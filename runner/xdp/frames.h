// SPDX-License-Identifier: GPL-2.0
// Ethernet frames for tests, header by header; lengths are filled in when the next header is known
// to be there.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace rxlab::test {

using Bytes = std::vector<uint8_t>;

class Frame {
public:
    explicit Frame(uint16_t type = 0x0800) {
        bytes = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1};
        put16(type);
    }
    Frame& tag(uint16_t next, uint16_t vlan = 7) { return put16(vlan).put16(next); }
    /// @param words of the header; fragment: flags and offset as they stand in the header.
    Frame& ipv4(uint8_t protocol, Bytes source = {192, 0, 2, 1}, int words = 5,
                uint16_t fragment = 0, Bytes target = {192, 0, 2, 2}) {
        ip_ = bytes.size();
        family_ = 4;
        bytes.push_back(static_cast<uint8_t>(0x40 | words));
        bytes.push_back(0);
        put16(0).put16(1).put16(fragment);
        bytes.push_back(64);
        bytes.push_back(protocol);
        put16(0).put(source).put(target);
        bytes.resize(bytes.size() + (words > 5 ? words - 5 : 0) * 4, 1);
        return *this;
    }
    Frame& ipv6(uint8_t next,
                Bytes source = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}) {
        ip_ = bytes.size();
        family_ = 6;
        put16(0x6000).put16(0).put16(0);
        bytes.push_back(next);
        bytes.push_back(64);
        put(source).put({0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2});
        return *this;
    }
    /// Hop-by-hop, routing, destination options …: `units` of 8 bytes beyond the first.
    Frame& extension(uint8_t next, int units = 0) {
        bytes.push_back(next);
        bytes.push_back(static_cast<uint8_t>(units));
        bytes.resize(bytes.size() + 6 + units * 8, 0);
        return *this;
    }
    Frame& fragment(uint8_t next, uint16_t offset_and_flags) {
        bytes.push_back(next);
        bytes.push_back(0);
        return put16(offset_and_flags).put16(0).put16(9);
    }
    Frame& authentication(uint8_t next) {
        bytes.push_back(next);
        bytes.push_back(4);  // 24 bytes
        bytes.resize(bytes.size() + 22, 0);
        return *this;
    }
    Frame& udp(uint16_t source, uint16_t destination, size_t payload = 10) {
        put16(source).put16(destination).put16(static_cast<uint16_t>(8 + payload)).put16(0);
        bytes.resize(bytes.size() + payload, 0x55);
        return *this;
    }
    Frame& tcp(uint16_t source, uint16_t destination) {
        put16(source).put16(destination);
        bytes.resize(bytes.size() + 16, 0x50);
        return *this;
    }
    Frame& payload(size_t count) {
        bytes.resize(bytes.size() + count, 0x33);
        return *this;
    }
    /// The IP length that all this has.
    Frame& end() {
        const size_t length = family_ == 4 ? bytes.size() - ip_ : bytes.size() - ip_ - 40;
        set16(ip_ + (family_ == 4 ? 2 : 4), static_cast<uint16_t>(length));
        return *this;
    }
    /// Ethernet's, after end(): no part of the IP datagram.
    Frame& padded(size_t length = 60) {
        if (bytes.size() < length) bytes.resize(length, 0);
        return *this;
    }
    Frame& set(size_t at, uint8_t value) {
        bytes[at] = value;
        return *this;
    }
    Frame& set16(size_t at, uint16_t value) {
        return set(at, static_cast<uint8_t>(value >> 8)).set(at + 1, static_cast<uint8_t>(value));
    }
    Frame& cut(size_t length) {
        bytes.resize(length);
        return *this;
    }

    Bytes bytes;

private:
    Frame& put16(uint16_t value) {
        bytes.push_back(static_cast<uint8_t>(value >> 8));
        bytes.push_back(static_cast<uint8_t>(value));
        return *this;
    }
    Frame& put(const Bytes& more) {
        bytes.insert(bytes.end(), more.begin(), more.end());
        return *this;
    }

    size_t ip_ = 0;
    int family_ = 0;
};

}  // namespace rxlab::test
