// SPDX-License-Identifier: GPL-2.0
#include "traffic/capture.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "base/printable.h"
#include "traffic/capture_file.h"

#include <fmt/format.h>
#include <pcap/pcap.h>
#include <cerrno>
#include <cstring>

namespace rxlab {
namespace {

constexpr const char* kHow = "a capture as 'tcpdump -s 0 -w FILE' writes it";

/// Why a record cannot be sent: one word for the count, all of it for the message.
struct Refusal {
    const char* reason = nullptr;
    std::string what, next;
};

bool is_tagged(const std::string& frame) {
    const int type = static_cast<uint8_t>(frame[12]) << 8 | static_cast<uint8_t>(frame[13]);
    return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

class Reader {
public:
    Reader(std::FILE* file, std::string name, const CaptureOptions& options)
        : name_(std::move(name)), options_(options) {
        std::string reason;
        file_ = open_capture(file, reason);
        if (!file_) refuse(fmt::format("is no capture: {}", printable(reason)));
        if (const int link = ::pcap_datalink(file_.get()); link != DLT_EN10MB)
            refuse(fmt::format("was captured on link type {}, not on Ethernet", link_name(link)));
        // The upper four bits count 16-bit words (draft-ietf-opsawg-pcap, "LinkType").
        const auto extra = static_cast<unsigned>(::pcap_datalink_ext(file_.get()));
        if (LT_FCS_LENGTH_PRESENT(extra)) check_sequence_ = 2 * LT_FCS_LENGTH(extra);
    }

    Capture all() {
        Capture capture;
        pcap_pkthdr* header = nullptr;
        const u_char* bytes = nullptr;
        int got = 1;
        while (capture.frames.size() < options_.first &&
               (got = ::pcap_next_ex(file_.get(), &header, &bytes)) == 1) {
            throw_if_interrupted();
            ++number_;
            add(capture, *header, bytes);
        }
        if (got == PCAP_ERROR) leave_out(capture, ends_badly());
        if (capture.frames.empty()) refuse("has no frame" + why_none(capture));
        return capture;
    }

private:
    static std::string link_name(int link) {
        const char* name = ::pcap_datalink_val_to_name(link);
        return name ? fmt::format("{} ({})", link, name) : std::to_string(link);
    }

    static std::string why_none(const Capture& capture) {
        std::string words;
        for (const auto& [reason, count] : capture.left_out)
            words +=
                fmt::format("{} {} {}", words.empty() ? " that can be sent:" : ",", count, reason);
        return words;
    }

    void add(Capture& capture, const pcap_pkthdr& header, const u_char* bytes) {
        std::string frame(reinterpret_cast<const char*>(bytes), header.caplen);
        if (frame.size() >= check_sequence_) frame.resize(frame.size() - check_sequence_);
        if (const Refusal refusal = refusal_of(header, frame); refusal.reason)
            return leave_out(capture, refusal);
        if (frame.size() < kLeastFrame) frame.resize(kLeastFrame, '\0');
        capture.frames.push_back(std::move(frame));
    }

    Refusal refusal_of(const pcap_pkthdr& header, const std::string& frame) const {
        if (header.caplen < header.len)
            return {"cut off",
                    fmt::format("has {} of the {} bytes of frame {}", header.caplen, header.len,
                                number_),
                    "capture whole frames: tcpdump -s 0; or --skip"};
        if (header.caplen > header.len)
            return {"longer than its frame",
                    fmt::format("has {} bytes of frame {}, which had {}", header.caplen, number_,
                                header.len),
                    "--skip leaves such records out"};
        if (frame.size() < kEthernetHeader)
            return {"shorter than an Ethernet header",
                    fmt::format("has a frame {} of {} bytes, less than an Ethernet header", number_,
                                frame.size()),
                    "--skip leaves such records out"};
        if (const size_t most = is_tagged(frame) ? kMostTagged : kMostFrame; frame.size() > most)
            return {"too long",
                    fmt::format("has a frame {} of {} bytes, more than {}", number_, frame.size(),
                                most),
                    "capture with GRO, LRO and TSO off: ethtool -K IFACE gro off lro off tso off; "
                    "jumbo frames and two VLAN tags cannot be sent: --skip"};
        return {};
    }

    Refusal ends_badly() const {
        const std::string reason = printable(::pcap_geterr(file_.get()));
        return {"unreadable from there on",
                fmt::format("cannot be read behind frame {}: {}", number_, reason),
                "--skip takes what comes before it"};
    }

    void leave_out(Capture& capture, const Refusal& refusal) const {
        if (!options_.skip) refuse(refusal.what, refusal.next);
        ++capture.left_out[refusal.reason];
    }

    [[noreturn]] void refuse(const std::string& what, const std::string& next = kHow) const {
        throw_if_interrupted();  // which is what a read was ended by
        throw Error(Status::usage, fmt::format("{} {}", name_, what), next);
    }

    std::string name_;
    CaptureOptions options_;
    CaptureFile file_;
    size_t check_sequence_ = 0;  // bytes
    size_t number_ = 0;          // of the record that is being read, from 1
};

}  // namespace

Capture read_capture(const std::string& path, const CaptureOptions& options) {
    if (path == "-") return Reader(stdin, "standard input", options).all();
    std::FILE* file = std::fopen(path.c_str(), "rbe");
    if (!file) throw_if_interrupted();
    if (!file)
        throw Error(Status::usage, fmt::format("{}: {}", printable(path), std::strerror(errno)),
                    kHow);
    return Reader(file, printable(path), options).all();
}

Capture parse_capture(const std::string& bytes, const std::string& name,
                      const CaptureOptions& options) {
    if (bytes.empty()) throw Error(Status::usage, name + " is no capture: it is empty", kHow);
    // Opened to be read only, so what it is given is not written.
    std::FILE* file = ::fmemopen(const_cast<char*>(bytes.data()), bytes.size(), "rb");
    if (!file) throw Error(Status::lost, fmt::format("{}: {}", name, std::strerror(errno)));
    return Reader(file, name, options).all();
}

}  // namespace rxlab
