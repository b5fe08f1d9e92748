// SPDX-License-Identifier: GPL-2.0
// The ring core against its peers and against memcpy. Names:
// ring|peer|limit/NAME/copy|inplace/size:N/batch:N/threads:N; an iteration is one batch of records.
// naive is not here: what loses records has no speed.
#include "bench/contenders.h"
#include "bench/ratios.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace rxlab::bench {
namespace {

std::vector<int> g_cpus;  // this process may run on

void pin(int index) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(g_cpus[static_cast<std::size_t>(index)], &set);
    pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
}

// Waiting for the other end: spin, and after a while let others run, for it may be that the other
// end is not running.
class Patience {
public:
    void wait() {
        if (++turns_ % 128 == 0)
            sched_yield();
        else
            __builtin_ia32_pause();
    }

private:
    unsigned turns_ = 0;
};

// One end of the race: the records it copies from or to, and the sequence it is at.
template <class Queue, u32 Size, bool InPlace>
class End {
public:
    End(const std::unique_ptr<Queue>& queue, u32 batch)
        : queue_(queue), batch_(batch), records_(pages(u64{record_bytes(Size)} * batch)) {
        for (u32 i = 0; i < batch; i++) at(i)->length = Size;
    }
    void produce() {
        if constexpr (!InPlace)
            for (u32 i = 0; i < batch_; i++) at(i)->sequence = sequence_ + i;
        Queue& queue = *queue_;
        Patience patience;
        for (u32 done = 0; done < batch_;) {
            u32 n;
            if constexpr (InPlace)
                n = queue.make(batch_ - done, sequence_ + done);
            else
                n = queue.put(reinterpret_cast<u8*>(at(done)), batch_ - done);
            done += n;
            if (!n) patience.wait();
        }
        sequence_ += batch_;
    }
    void consume() {
        Queue& queue = *queue_;
        Patience patience;
        for (u32 done = 0; done < batch_;) {
            u32 n;
            if constexpr (InPlace)
                n = queue.use(batch_ - done, sequence_ + done, bad_);
            else
                n = queue.take(reinterpret_cast<u8*>(at(done)), batch_ - done);
            done += n;
            if (!n) patience.wait();
        }
        if constexpr (!InPlace)
            for (u32 i = 0; i < batch_; i++)
                bad_ += at(i)->sequence != sequence_ + i || at(i)->length != Size;
        benchmark::ClobberMemory();
        sequence_ += batch_;
    }
    u64 bad() const { return bad_; }

private:
    rxlab_record* at(u32 i) { return nth(records_.get(), record_bytes(Size), i); }
    const std::unique_ptr<Queue>& queue_;  // there when the first iteration begins
    u32 batch_, sequence_ = 0;
    u64 bad_ = 0;
    Memory records_;
};

// Both threads run the same number of iterations, so all that is produced is consumed.
template <class Queue, u32 Size, bool InPlace>
void race(benchmark::State& state, u32 batch) {
    static std::unique_ptr<Queue>
        queue;  // made by thread 0 before the loop's barrier, which the other thread waits at
    pin(state.thread_index());
    if (state.thread_index() == 0) queue = std::make_unique<Queue>(batch);
    End<Queue, Size, InPlace> end(queue, batch);
    u64 bad = 0;
    if (state.threads() == 1) {
        End<Queue, Size, InPlace> other(queue, batch);
        for (auto _ : state) {
            end.produce();
            other.consume();
        }
        bad = other.bad();
    } else {
        for (auto _ : state) state.thread_index() == 0 ? end.produce() : end.consume();
        bad = end.bad();
    }
    if (bad) state.SkipWithError("wrong records");
    // Counters of both threads are added up: what one produced, and what the other found right.
    const double records = static_cast<double>(state.iterations()) * batch;
    const bool produces = state.thread_index() == 0, consumes = state.threads() == 1 || !produces;
    state.counters["records_sent"] = produces ? records : 0;
    state.counters["records_right"] = consumes ? records - static_cast<double>(bad) : 0;
}

// What the copies cost alone, over the same memory: into where the ring would be, and (twice) out
// of it again.
template <u32 Size, bool Twice>
void copies(benchmark::State& state, u32 batch) {
    constexpr u32 kBytes = record_bytes(Size);
    const u32 slots = ring_slots(Size, batch);
    Memory from = pages(u64{kBytes} * batch), to = pages(u64{kBytes} * batch),
           between = pages(u64{kBytes} * slots);
    u32 in = 0, out = 0;
    for (u32 i = 0; i < batch; i++) nth(from.get(), kBytes, i)->sequence = i + 1;
    pin(0);
    for (auto _ : state) {
        for (u32 i = 0; i < batch; i++, in++)
            std::memcpy(nth(between.get(), kBytes, in & (slots - 1)), nth(from.get(), kBytes, i),
                        kBytes);
        benchmark::ClobberMemory();
        if constexpr (Twice)
            for (u32 i = 0; i < batch; i++, out++)
                std::memcpy(nth(to.get(), kBytes, i), nth(between.get(), kBytes, out & (slots - 1)),
                            kBytes);
        benchmark::ClobberMemory();
    }
    // There is no consumer to look at each: the last batch, which is where all went before it,
    // stands for them.
    u32 wrong = 0;
    for (u32 i = 0; i < batch; i++)
        wrong += std::memcmp(Twice ? nth(to.get(), kBytes, i)
                                   : nth(between.get(), kBytes, (in - batch + i) & (slots - 1)),
                             nth(from.get(), kBytes, i), kBytes) != 0;
    const double records = static_cast<double>(state.iterations()) * batch;
    state.counters["records_sent"] = records;
    state.counters["records_right"] = wrong ? 0 : records;
}

// What producing and consuming in place cost without a ring: a pass that stores, then one that
// loads. A memcpy does both at once.
template <u32 Size>
void passes(benchmark::State& state, u32 batch) {
    constexpr u32 kBytes = record_bytes(Size);
    const u32 slots = ring_slots(Size, batch);
    Memory memory = pages(u64{kBytes} * slots);
    u32 in = 0, out = 0;
    u64 bad = 0;
    pin(0);
    for (auto _ : state) {
        for (u32 i = 0; i < batch; i++, in++)
            write_in_place<Size>(nth(memory.get(), kBytes, in & (slots - 1)), in);
        benchmark::ClobberMemory();
        for (u32 i = 0; i < batch; i++, out++)
            bad += !read_in_place<Size>(nth(memory.get(), kBytes, out & (slots - 1)), out);
        benchmark::ClobberMemory();
    }
    const double records = static_cast<double>(state.iterations()) * batch;
    state.counters["records_sent"] = records;
    state.counters["records_right"] = records - static_cast<double>(bad);
}

std::string name_of(const std::string& who, const char* mode, u32 size, u32 batch) {
    return who + "/" + mode + "/size:" + std::to_string(size) + "/batch:" + std::to_string(batch);
}

template <class Queue, u32 Size>
void enter(const std::string& who, u32 batch) {
    for (int threads = 1; threads <= 2 && threads <= static_cast<int>(g_cpus.size()); threads++) {
        benchmark::RegisterBenchmark(name_of(who, "copy", Size, batch).c_str(),
                                     race<Queue, Size, false>, batch)
            ->Threads(threads);
        if constexpr (Queue::kInPlace)
            benchmark::RegisterBenchmark(name_of(who, "inplace", Size, batch).c_str(),
                                         race<Queue, Size, true>, batch)
                ->Threads(threads);
    }
}

template <u32 Size>
void enter_all(u32 batch) {
#define ENTER(name) enter<OurRing<rxlab_ring_##name, Size>, Size>("ring/" #name, batch);
    RXLAB_RING_VARIANTS(ENTER)
    enter<Kfifo<Size>, Size>("peer/kfifo_like", batch);
    enter<CircBuf<Size>, Size>("peer/circ_buf", batch);
#ifdef RXLAB_BOOST
    enter<Boost<Size>, Size>("peer/boost", batch);
#endif
#ifdef RXLAB_READERWRITERQUEUE
    enter<ReaderWriter<Size>, Size>("peer/readerwriterqueue", batch);
#endif
#ifdef RXLAB_RTE_RING
    enter<RteRing<Size>, Size>("peer/rte_ring", batch);
    enter<RteRingZc<Size>, Size>("peer/rte_ring_zc", batch);
#endif
    benchmark::RegisterBenchmark(name_of("limit/memcpy1", "inplace", Size, batch).c_str(),
                                 copies<Size, false>, batch)
        ->Threads(1);
    benchmark::RegisterBenchmark(name_of("limit/passes", "inplace", Size, batch).c_str(),
                                 passes<Size>, batch)
        ->Threads(1);
    benchmark::RegisterBenchmark(name_of("limit/memcpy2", "copy", Size, batch).c_str(),
                                 copies<Size, true>, batch)
        ->Threads(1);
}

// From 2 KiB or so glibc's memcpy is REP MOVSB, and on AMD that ranks contenders by where their
// buffers happen to lie (README.md). So everyone has its vector loop instead. It is chosen when a
// program starts: this one starts again, unless it was told which.
void without_rep_movsb(char** argv) {
    static constexpr char kName[] = "GLIBC_TUNABLES",
                          kValue[] = "glibc.cpu.x86_rep_movsb_threshold=1073741824";
    if (!std::getenv(kName)) {
        setenv(kName, kValue, 1);
        execv("/proc/self/exe", argv);
        std::perror("/proc/self/exe: memcpy stays as glibc chooses");
        setenv(kName, "", 1);
    }
    benchmark::AddCustomContext(kName, std::getenv(kName));
}

void find_cpus() {
    cpu_set_t set;
    sched_getaffinity(0, sizeof(set), &set);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &set)) g_cpus.push_back(cpu);
    if (g_cpus.size() < 2) std::fputs("one CPU only: no runs with two threads\n", stderr);
}

// How far the two CPUs are from each other: ns that a cache line takes there and back, as "median
// (least to most)". On a virtual machine it may change from one moment to the next with where its
// CPUs run, and with it every figure of two threads.
std::string cacheline_round_trip() {
    constexpr unsigned kProbes = 15, kTurns = 5000;
    alignas(128) std::atomic<unsigned> there{0};
    alignas(128) std::atomic<unsigned> back{0};
    std::vector<double> ns;
    for (unsigned probe = 0; probe < kProbes; probe++) {
        there = back = 0;
        std::thread other([&] {
            pin(1);
            for (unsigned turn = 1; turn <= kTurns; turn++) {
                while (there.load(std::memory_order_acquire) != turn) __builtin_ia32_pause();
                back.store(turn, std::memory_order_release);
            }
        });
        pin(0);
        std::chrono::steady_clock::time_point start;
        for (unsigned turn = 1; turn <= kTurns; turn++) {
            there.store(turn, std::memory_order_release);
            while (back.load(std::memory_order_acquire) != turn) __builtin_ia32_pause();
            if (turn == 1) start = std::chrono::steady_clock::now();  // the other thread runs
        }
        ns.push_back(
            std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start)
                .count() /
            (kTurns - 1));
        other.join();
    }
    std::sort(ns.begin(), ns.end());
    char text[64];
    std::snprintf(text, sizeof(text), "%.0f (%.0f to %.0f)", ns[kProbes / 2], ns.front(),
                  ns.back());
    return text;
}

}  // namespace
}  // namespace rxlab::bench

int main(int argc, char** argv) {
    using namespace rxlab::bench;
    without_rep_movsb(argv);
    // Interleaved and repeated, so that what drifts touches everyone alike; what the user says
    // later wins.
    std::vector<std::string> words = {argv[0], "--benchmark_enable_random_interleaving=true",
                                      "--benchmark_repetitions=7", "--benchmark_min_time=0.02"};
    words.insert(words.end(), argv + 1, argv + argc);
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    int count = static_cast<int>(arguments.size());
    benchmark::Initialize(&count, arguments.data());
    if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;
    find_cpus();
    if (g_cpus.size() > 1)
        benchmark::AddCustomContext("cacheline_round_trip_ns", cacheline_round_trip());
#ifdef RXLAB_PEERS_MISSING
    std::fputs("peers left out, not installed when this was built: " RXLAB_PEERS_MISSING "\n",
               stderr);
#endif
    for (const u32 batch : {1u, 8u, 32u, 256u}) {
        enter_all<8>(batch);
        enter_all<64>(batch);
        enter_all<512>(batch);
        enter_all<4096>(batch);
        enter_all<65536>(batch);
    }
    if (std::find(words.begin(), words.end(), "--benchmark_format=json") != words.end()) {
        benchmark::RunSpecifiedBenchmarks();  // standard output is for a program to read: rxlab's
                                              // traffic kind gbench
        return 0;
    }
    Ratios ratios;
    benchmark::RunSpecifiedBenchmarks(&ratios);
    if (g_cpus.size() > 1)
        std::printf("a cache line between the two CPUs and back, at the end: %s ns\n",
                    cacheline_round_trip().c_str());
    return ratios.failed() ? 1 : 0;
}
