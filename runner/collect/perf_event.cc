// SPDX-License-Identifier: GPL-2.0
#include "collect/perf_event.h"

#include "base/error.h"

#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace rxlab {
namespace {

constexpr size_t kRing = 4u << 20;              // bytes: some 15,000 samples, 3 s of a busy CPU
constexpr uint32_t kNobodyIsWoken = kRing - 1;  // bytes in the ring before its reader is

perf_event_attr attributes(uint64_t period) {
    perf_event_attr attr{};
    attr.size = sizeof attr;
    attr.type = PERF_TYPE_SOFTWARE;
    attr.config = PERF_COUNT_SW_CPU_CLOCK;
    attr.sample_period = period;
    attr.read_format = PERF_FORMAT_LOST;
    attr.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_CALLCHAIN;
    attr.disabled = 1;
    attr.exclude_user = 1;
    attr.exclude_callchain_user = 1;
    attr.watermark = 1;
    attr.wakeup_watermark = kNobodyIsWoken;
    return attr;
}

size_t page() {
    return static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

[[noreturn]] void refused_by_kernel(const std::string& what) {
    const int reason = errno;
    throw Error(
        Status::invalid, fmt::format("{}: {}", what, std::strerror(reason)),
        reason == EACCES || reason == EPERM ? "root, or sysctl kernel.perf_event_paranoid=-1" : "");
}

}  // namespace

std::vector<PerfEvent> PerfEvent::on_every_cpu(uint64_t period) {
    std::vector<PerfEvent> events;
    for (int cpu = 0; cpu < ::sysconf(_SC_NPROCESSORS_CONF); cpu++) {
        perf_event_attr attr = attributes(period);
        constexpr int every_task = -1, no_group = -1;
        Fd fd(static_cast<int>(::syscall(SYS_perf_event_open, &attr, every_task, cpu, no_group,
                                         PERF_FLAG_FD_CLOEXEC)));
        if (!fd && errno == ENODEV) continue;  // offline
        if (!fd) refused_by_kernel(fmt::format("sampling the kernel on CPU {}", cpu));
        events.push_back(PerfEvent(std::move(fd), cpu));
    }
    return events;
}

PerfEvent::PerfEvent(Fd fd, int cpu)
    : fd_(std::move(fd)),
      cpu_(cpu),
      ring_(::mmap(nullptr, page() + kRing, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0)) {
    if (ring_ == MAP_FAILED)
        refused_by_kernel(fmt::format("{} MiB for samples of CPU {}", kRing >> 20, cpu));
}

PerfEvent::PerfEvent(PerfEvent&& other) noexcept
    : fd_(std::move(other.fd_)), cpu_(other.cpu_), ring_(std::exchange(other.ring_, MAP_FAILED)) {}

PerfEvent::~PerfEvent() {
    if (ring_ != MAP_FAILED) ::munmap(ring_, page() + kRing);
}

void PerfEvent::enable() const {
    if (::ioctl(fd_.get(), PERF_EVENT_IOC_ENABLE, 0) != 0) refused_by_kernel("starting to sample");
}

void PerfEvent::disable() const {
    if (::ioctl(fd_.get(), PERF_EVENT_IOC_DISABLE, 0) != 0) refused_by_kernel("ending to sample");
}

/// What lies over the ring's end goes on at its start.
std::vector<Sample> PerfEvent::take() const {
    auto* control = static_cast<perf_event_mmap_page*>(ring_);
    const auto* data = static_cast<const std::byte*>(ring_) + page();
    const uint64_t written = __atomic_load_n(&control->data_head, __ATOMIC_ACQUIRE);
    std::vector<std::byte> records;
    for (uint64_t at = control->data_tail; at < written;) {
        const size_t from = at % kRing, size = std::min<uint64_t>(written - at, kRing - from);
        records.insert(records.end(), data + from, data + from + size);
        at += size;
    }
    // The kernel may write there again once it sees this; the copies are made before.
    __atomic_store_n(&control->data_tail, written, __ATOMIC_RELEASE);
    return read_samples(records);
}

uint64_t PerfEvent::lost() const {
    struct {
        uint64_t value, lost;
    } counts{};
    if (::read(fd_.get(), &counts, sizeof counts) != sizeof counts)
        refused_by_kernel("samples lost");
    return counts.lost;
}

}  // namespace rxlab
