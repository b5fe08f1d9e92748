// SPDX-License-Identifier: GPL-2.0
// The kernel threads that receive packets: for how long each ran, and for how long it waited for a
// CPU while it could have run (/proc/PID/schedstat).
#include "base/error.h"
#include "base/trimmed.h"
#include "collect/collector.h"
#include "collect/delta.h"

#include <algorithm>
#include <array>

namespace rxlab {
namespace {

/// Names of the threads of softIRQs, of threaded NAPI and its backlog, of threaded interrupts.
constexpr std::array<std::string_view, 4> kReceiving = {"ksoftirqd/", "napi/", "backlog_napi/",
                                                        "irq/"};

bool receives(const std::string& name) {
    return std::any_of(kReceiving.begin(), kReceiving.end(),
                       [&](std::string_view start) { return name.starts_with(start); });
}

bool is_number(const std::string& name) {
    return name.find_first_not_of("0123456789") == name.npos;
}

class Threads : public Collector {
public:
    explicit Threads(Sys& sys) {
        for (const std::string& pid : sys.list("/proc"))
            if (is_number(pid)) add(sys, "/proc/" + pid);
    }
    void start() override {
        for (Thread& thread : threads_) thread.before = read(thread);
    }
    void stop() override {
        for (Thread& thread : threads_) thread.after = read(thread);
    }
    /// Those that ran, or waited all the time.
    void report(const Window& window, Values&, Json& curves) override {
        Json rows = Json::array();
        for (const Thread& thread : threads_) {
            if (thread.before.empty() || thread.after.empty()) continue;
            const Counts grown = growth(thread.before, thread.after);
            if (!grown.at("runs") && !grown.at("waited_ns")) continue;
            rows.push_back(
                {{"thread", thread.name},
                 {"cpu", thread.cpu},
                 {"runs", grown.at("runs")},
                 {"ran", static_cast<double>(grown.at("ran_ns")) / window.clock.ns},
                 {"waited", static_cast<double>(grown.at("waited_ns")) / window.clock.ns}});
        }
        curves["threads"] = rows_curve(window.clock.unit, window, std::move(rows));
    }

private:
    struct Thread {
        std::string name;
        std::function<std::string()> times, place;
        Counts before, after;
        unsigned cpu = 0;  ///< the last one
    };

    void add(Sys& sys, const std::string& folder) {
        try {
            const std::string name = trimmed(sys.read_file(folder + "/comm"));
            if (receives(name))
                threads_.push_back({name,
                                    sys.reader(folder + "/schedstat"),
                                    sys.reader(folder + "/stat"),
                                    {},
                                    {}});
        } catch (const Error&) {  // it has ended
        }
    }

    /// Nothing when it has ended.
    static Counts read(Thread& thread) {
        try {
            thread.cpu = parse_last_cpu(thread.place());
            return parse_schedstat(thread.times());
        } catch (const Error&) {
            return {};
        }
    }

    std::vector<Thread> threads_;
};

}  // namespace

std::unique_ptr<Collector> make_threads(Sys& sys, const Interfaces&) {
    return std::make_unique<Threads>(sys);
}

}  // namespace rxlab
