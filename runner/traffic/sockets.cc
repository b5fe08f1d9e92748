// SPDX-License-Identifier: GPL-2.0
// Messages from a socket on the generator's side to one on the receiver's, each with a thread of
// its own that blocks, as ordinary programs do.
#include "base/error.h"
#include "base/fd.h"
#include "traffic/crew.h"
#include "traffic/kinds.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <cerrno>
#include <cstring>

namespace rxlab {

const char kSocketsSchema[] = R"({
  "type": "object",
  "required": ["messages"],
  "properties": {
    "messages": {"type": "integer", "minimum": 1, "maximum": 100000000,
        "description": "in the measured window"},
    "warmup_messages": {"type": "integer", "minimum": 0, "default": 0},
    "message_size": {"type": "integer", "minimum": 1, "maximum": 65507, "default": 64,
        "description": "bytes"},
    "protocol": {"enum": ["udp", "tcp"], "default": "udp"},
    "pattern": {"enum": ["request_response", "stream"], "default": "request_response",
        "description": "each is answered by one of its size before the next; a stream is TCP's"},
    "port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 5201}
  }
})";

namespace {

constexpr time_t kPatience = 20;  // s, until a message that does not come is told

[[noreturn]] void fail(const std::string& what) {
    if (errno == EINTR) throw Error(Status::interrupted, what + " was interrupted");
    if (errno == EAGAIN)
        throw Error(Status::invalid, fmt::format("{}: nothing in {} s", what, kPatience),
                    "a filter or a route between both ends?");
    throw Error(Status::invalid, fmt::format("{}: {}", what, std::strerror(errno)));
}

sockaddr_in address_of(const std::string& ip, uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, ip.c_str(), &address.sin_addr);
    return address;
}

const sockaddr* generic(const sockaddr_in& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

struct Ends {
    Fd sender, receiver;
};

Fd bound_socket(int type, const sockaddr_in& address) {
    Fd fd(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
    const int on = 1;
    const timeval patience{kPatience, 0};
    if (!fd || ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) ||
        ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) ||
        ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) ||
        ::bind(fd.get(), generic(address), sizeof address))
        fail(fmt::format("socket of port {}", ntohs(address.sin_port)));
    return fd;
}

void connect_to(const Fd& fd, const sockaddr_in& address) {
    if (::connect(fd.get(), generic(address), sizeof address))
        fail(fmt::format("connection to port {}", ntohs(address.sin_port)));
}

/// Small messages leave at once.
void send_at_once(const Fd& fd) {
    const int on = 1;
    if (::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on)) fail("TCP_NODELAY");
}

Ends connected(Sys& sys, const Path& path, bool tcp, const sockaddr_in& from,
               const sockaddr_in& to) {
    const int type = tcp ? SOCK_STREAM : SOCK_DGRAM;
    Ends ends;
    sys.in_netns(path.receiver.netns, [&] {
        ends.receiver = bound_socket(type, to);
        if (tcp && ::listen(ends.receiver.get(), 1)) fail("listening");
    });
    sys.in_netns(path.generator.netns, [&] {
        ends.sender = bound_socket(type, from);
        connect_to(ends.sender, to);
    });
    if (tcp) {
        Fd accepted(::accept4(ends.receiver.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!accepted) fail("accepting a connection");
        ends.receiver = std::move(accepted);  // with the patience of who listened
        send_at_once(ends.sender);
        send_at_once(ends.receiver);
    } else {
        connect_to(ends.receiver, from);
    }
    return ends;
}

void send_whole(const Fd& fd, const std::vector<char>& message) {
    for (size_t done = 0; done < message.size();) {
        const ssize_t sent =
            ::send(fd.get(), message.data() + done, message.size() - done, MSG_NOSIGNAL);
        if (sent < 0) fail("sending a message");
        done += static_cast<size_t>(sent);
    }
}

/// Waits until `size` bytes came.
void receive_whole(const Fd& fd, std::vector<char>& buffer, uint64_t size) {
    while (size) {
        const ssize_t got =
            ::recv(fd.get(), buffer.data(), std::min<uint64_t>(size, buffer.size()), 0);
        if (got < 0) fail("receiving a message");
        if (got == 0) throw Error(Status::invalid, "the other end closed the connection");
        size -= static_cast<uint64_t>(got);
    }
}

class Sockets : public Traffic {
public:
    Sockets(Sys& sys, Ends ends, bool tcp, bool answered, size_t size)
        : sys_(sys), ends_(std::move(ends)), answered_(answered), message_(size) {
        // A datagram that is read is one in udp.delivered.
        if (tcp) sinks.push_back({"sockets.received", [this] { return received_; }});
    }

    void prepare(uint64_t messages) override { messages_ = messages; }

    TrafficReport send() override {
        const uint64_t start = sys_.now_ns();
        Crew crew;
        crew.add([this] { or_hang_up(ends_.receiver, [this] { receive(); }); });
        or_hang_up(ends_.sender, [this] { send_all(); });
        crew.join();
        TrafficReport sent;
        sent.packets = sent.busy_packets = messages_;
        sent.bytes = messages_ * message_.size();
        sent.busy_ns = sys_.now_ns() - start;
        return sent;
    }

private:
    /// After a failure the other side waits for nobody.
    template <typename Work>
    static void or_hang_up(const Fd& end, Work work) {
        try {
            work();
        } catch (...) {
            ::shutdown(end.get(), SHUT_RDWR);
            throw;
        }
    }

    void send_all() {
        std::vector<char> answer(message_.size());
        for (uint64_t i = 0; i < messages_; i++) {
            send_whole(ends_.sender, message_);
            if (answered_) receive_whole(ends_.sender, answer, answer.size());
        }
    }

    void receive() {
        std::vector<char> buffer(answered_ ? message_.size() : kReadAtOnce);
        if (!answered_) {
            receive_whole(ends_.receiver, buffer, messages_ * message_.size());
            received_ += messages_;
            return;
        }
        for (uint64_t i = 0; i < messages_; i++) {
            receive_whole(ends_.receiver, buffer, buffer.size());
            received_++;
            send_whole(ends_.receiver, buffer);
        }
    }

    static constexpr size_t kReadAtOnce = 65536;
    Sys& sys_;
    Ends ends_;
    bool answered_;
    std::vector<char> message_;
    uint64_t messages_ = 0, received_ = 0;
};

}  // namespace

std::unique_ptr<Traffic> make_sockets(Sys& sys, Journal&, const Topology& topology,
                                      const Json& parameters, uint64_t seed) {
    const Path& path = topology.paths.at(0);
    const bool tcp = parameters.value("protocol", "udp") == "tcp",
               answered = parameters.value("pattern", "request_response") == "request_response";
    if (!tcp && !answered)
        throw Error(Status::usage,
                    "traffic sockets: a stream over UDP may lose messages, and then "
                    "nobody knows when it is over",
                    R"("protocol": "tcp", or "pattern": "request_response")");
    if (path.generator.netns == path.receiver.netns)
        throw Error(Status::usage,
                    fmt::format("traffic sockets: {} and {} are in one network namespace, so that "
                                "the kernel hands messages over by itself",
                                path.generator.name, path.receiver.name),
                    "a topology whose ends have namespaces of their own: veth, rxnic, nic");
    Ends ends = connected(sys, path, tcp, address_of(path.generator_ip, source_port(seed, 0)),
                          address_of(path.receiver_ip, parameters.value("port", 5201)));
    return std::make_unique<Sockets>(sys, std::move(ends), tcp, answered,
                                     parameters.value("message_size", 64));
}

}  // namespace rxlab
