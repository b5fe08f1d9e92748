// SPDX-License-Identifier: GPL-2.0
#include "traffic/kinds.h"

#include <iterator>

namespace rxlab {

const TrafficKind kTraffics[] = {
    {"pktgen", "the kernel's packet generator, one thread per CPU", kPktgenSchema, "packet", make_pktgen, pktgen_missing, await_pktgen},
    {"live_frames", "XDP live frames redirected into the generator's side; needs no module", kLiveFramesSchema, "packet", make_live_frames, live_frames_missing, nullptr},
    {"ring_stream", "records through the rings of dma_ring.ko, which setup dma_ring loads", kRingStreamSchema, "record", make_ring_stream, nothing_missing, nullptr},
};
const size_t kTrafficCount = std::size(kTraffics);

} // namespace rxlab
