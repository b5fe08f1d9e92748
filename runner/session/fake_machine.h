// SPDX-License-Identifier: GPL-2.0
// A machine made of maps with just enough of ip and pktgen for whole trials.
#pragma once
#include "sys/fake_sys.h"

#include <fmt/format.h>

namespace rxlab {

class FakeMachine : public FakeSys {
public:
    uint64_t lost_per_run = 0;  ///< packets that reach no counter
    uint64_t us_per_packet = 2;
    std::string says_while_sending;  ///< record added to /dev/kmsg by each run

    FakeMachine() {
        files["/proc/net/pktgen/pgctrl"] = "";
        files["/proc/sys/net/core/netdev_budget"] = "300\n";
        files["/proc/sys/kernel/osrelease"] = "6.12.0-fake\n";
        files["/dev/kmsg"] = "6,10,100,-;booted\n";
        on_run = [this](FakeSys&, const Command& command) { return ip(command); };
        on_write = [this](FakeSys&, const std::string& path, const std::string& value) {
            write(path, value);
        };
    }

    void sleep_until(uint64_t when_ns) override {
        if (when_ns > clock_ns + 100'000'000) log.push_back("settle");
        FakeSys::sleep_until(when_ns);
    }

private:
    static constexpr const char* kPktgen = "rxlab-gen:/proc/thread-self/net/pktgen/";

    CommandResult ip(const Command& command) {
        if (command.argv[0] != "ip") return {};
        if (command.input.starts_with("netns add")) make_namespaces();
        if (command.argv.size() == 4 && command.argv[2] == "del" &&
            !delete_namespace(command.argv[3]))
            return {1, "", "Cannot remove namespace file"};
        return {};
    }

    void make_namespaces() {
        for (const std::string netns : {"rxlab-gen", "rxlab-dut"}) {
            files["/run/netns/" + netns] = "";
            files[netns + ":/proc/sys/net/ipv6/conf/default/disable_ipv6"] = "0\n";
            files[netns + ":/proc/sys/net/ipv4/ip_forward"] = "0\n";
        }
        for (const char* file : {"pgctrl", "kpktgend_0"}) files[std::string(kPktgen) + file] = "";
        files["rxlab-gen:/proc/thread-self/net/dev"] = "rxgen0: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
        files["rxlab-dut:/proc/thread-self/net/dev"] = "rxdut0: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
        files["rxlab-dut:/proc/thread-self/net/netstat"] =
            "TcpExt: X\nTcpExt: 0\nIpExt: X\nIpExt: 0\n";
        counted_ = 0;
        show_counters();
    }

    bool delete_namespace(const std::string& netns) {
        std::erase_if(files, [&](const auto& file) { return file.first.starts_with(netns + ":"); });
        return files.erase("/run/netns/" + netns) > 0;
    }

    void show_counters() {
        files["rxlab-dut:/proc/thread-self/net/snmp"] =
            fmt::format("Ip: InDiscards\nIp: 0\nUdp: NoPorts InErrors\nUdp: {} 0\n", counted_);
    }

    void write(const std::string& path, const std::string& value) {
        if (!path.starts_with(kPktgen))
            files[path] = value + "\n";
        else if (path.ends_with("pgctrl"))
            control(value);
        else if (path.ends_with("kpktgend_0"))
            add_device(path, value);
        else
            command(path, value);
    }

    void add_device(const std::string& path, const std::string& value) {
        files[path] = "Result: OK: " + value;
        files[kPktgen + value.substr(11, value.size() - 12)] = "Result: Idle\n";
    }

    void command(const std::string& path, const std::string& value) {
        if (value.starts_with("count ")) count_ = std::stoull(value.substr(6));
        files[path] = "Result: OK: " + value;
    }

    void control(const std::string& value) {
        if (value != "start\n") return;
        counted_ += count_ - std::min(count_, lost_per_run);
        show_counters();
        files["/dev/kmsg"] += says_while_sending;
        const uint64_t us = count_ * us_per_packet;
        files[std::string(kPktgen) + "rxgen0@0"] = fmt::format(
            "Result: OK: {}(c{}+d0) usec, {} (60byte,0frags)\n  1pps 0Mb/sec (1bps) errors: 0\n",
            us, us, count_);
    }

    uint64_t count_ = 0, counted_ = 0;
};

}  // namespace rxlab
