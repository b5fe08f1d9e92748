// SPDX-License-Identifier: GPL-2.0
// A script of bpf/ under bpftrace. Its command is told to it once all probes are attached, and
// tells it to end by a signal: a command's end it would notice only up to 100 ms later.
#include "base/row_named.h"
#include "bpf/objects.h"
#include "collect/bpftrace_output.h"
#include "collect/collector.h"
#include "collect/controlled_process.h"
#include "sys/bpf.h"

#include <fmt/format.h>
#include <fstream>

namespace rxlab {
namespace {

constexpr const char* kEvents = "/sys/kernel/tracing/events/";

std::string script_of(const std::string& name) {
    const BpfBytes& script =
        row_named(kBpftraceScripts, kBpftraceScriptCount, name, "bpftrace script");
    return {reinterpret_cast<const char*>(script.begin), script.size()};
}

class Bpftrace : public Collector {
public:
    Bpftrace(Sys& sys, const std::string& name) : sys_(sys), name_(name), script_(script_of(name)) {
        std::ofstream(bpftrace_.path("script")) << script_;
        std::ofstream(bpftrace_.path("command"))
            << fmt::format("echo $PPID >{}\nread -r end <{}\nkill -INT $PPID\n",
                           bpftrace_.answers(), bpftrace_.end());
        bpftrace_.launch(sys, {"bpftrace", "-f", "json", bpftrace_.path("script"), "-c",
                               "/bin/sh " + bpftrace_.path("command")});
        maps_ = maps_of_process(sys, std::stoi(bpftrace_.hear("attached?")), "AT_");
    }
    /// The script's maps are empty when the window begins.
    void start() override {
        for (const Fd& map : maps_) BpfMap(map.get()).clear();
    }
    void stop() override { bpftrace_.tell_to_end(); }
    void report(const Window&, Values& values, Json& curves) override {
        const Json maps = parse_bpftrace(bpftrace_.finish());
        std::map<std::string, Words> words;
        for (const KeyNames& names : key_names(script_))
            words[names.map] =
                parse_symbols(sys_.read_file(kEvents + names.event + "/format"), names.field);
        report_bpftrace("bpftrace." + name_, maps, words, values);
        curves["bpftrace." + name_] = {{"unit", "as the script says"}, {"maps", maps}};
    }

private:
    Sys& sys_;
    std::string name_, script_;
    ControlledProcess bpftrace_;
    std::vector<Fd> maps_;
};

}  // namespace

std::vector<std::string> bpftrace_scripts() {
    std::vector<std::string> names;
    for (size_t i = 0; i < kBpftraceScriptCount; i++) names.emplace_back(kBpftraceScripts[i].name);
    return names;
}

std::unique_ptr<Collector> make_bpftrace(Sys& sys, const std::string& script) {
    return std::make_unique<Bpftrace>(sys, script);
}

}  // namespace rxlab
