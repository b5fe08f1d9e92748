// SPDX-License-Identifier: GPL-2.0
#include "traffic/kinds.h"

#include <iterator>

namespace rxlab {

const TrafficKind kTraffics[] = {
    {"pktgen", "the kernel's packet generator, one thread per CPU", kPktgenSchema, "packet",
     make_pktgen, require_pktgen, await_pktgen, nullptr, announce_pktgen, "", nullptr},
    {"live_frames", "XDP live frames redirected into the generator's side; needs no module",
     kLiveFramesSchema, "packet", make_live_frames, require_root, nullptr, nullptr,
     announce_live_frames, "", nullptr},
    {"open_loop",
     "frames that topology rxnic's wire offers at a rate, however slow the receiver is",
     kOpenLoopSchema, "packet", make_open_loop, nullptr, nullptr, nullptr, nullptr, "rxnic",
     nullptr},
    {"test_run",
     "one frame through the receiver's XDP program again and again (BPF_PROG_TEST_RUN): the "
     "program alone, no driver",
     kTestRunSchema, "packet", make_test_run, require_root, nullptr, nullptr, nullptr, "", nullptr},
    {"sockets", "messages between a socket on each side, requests with their answers or a stream",
     kSocketsSchema, "message", make_sockets, nullptr, nullptr, nullptr, nullptr, "", nullptr},
    {"ring_stream", "records through the rings of dma_ring.ko, which setup dma_ring loads",
     kRingStreamSchema, "record", make_ring_stream, nullptr, nullptr, nullptr, nullptr, nullptr,
     "dma_ring"},
    {"gbench",
     "records through a Google Benchmark program in user space: the ring core and its peers",
     kGbenchSchema, "record", make_gbench, require_gbench, nullptr, describe_gbench, nullptr,
     nullptr, nullptr},
    {"program", "one run of a program of this machine's in a guest, and nothing else",
     kProgramSchema, "run", make_program, require_program, nullptr, nullptr, nullptr, nullptr,
     nullptr, files_of_program},
};
const size_t kTrafficCount = std::size(kTraffics);

}  // namespace rxlab
