// SPDX-License-Identifier: GPL-2.0
#include "sys/ethtool.h"

#include "base/trimmed.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>

#include <cstring>

namespace rxlab {
namespace {

/// A request of SIOCETHTOOL: what it begins with, and room for what the kernel puts behind that.
template <typename Head>
class Request {
public:
    Request(const Head& head, size_t room) : bytes_(sizeof head + room) {
        std::memcpy(bytes_.data(), &head, sizeof head);
    }
    void send(Sys& sys, const std::string& interface) {
        ifreq request{};
        interface.copy(request.ifr_name, sizeof request.ifr_name - 1);
        request.ifr_data = bytes_.data();
        sys.ioctl(kSocket, SIOCETHTOOL, &request);
    }
    Head head() const {
        Head head;
        std::memcpy(&head, bytes_.data(), sizeof head);
        return head;
    }
    const char* behind() const { return bytes_.data() + sizeof(Head); }

private:
    std::vector<char> bytes_;
};

/// How many counters it has. The number stands behind a mask of what was asked for and is known.
uint32_t count_of(Sys& sys, const std::string& interface) {
    constexpr uint64_t statistics = 1ull << ETH_SS_STATS;
    Request<ethtool_sset_info> request({ETHTOOL_GSSET_INFO, 0, statistics}, sizeof(uint32_t));
    request.send(sys, interface);
    uint32_t count = 0;
    if (request.head().sset_mask & statistics) std::memcpy(&count, request.behind(), sizeof count);
    return count;
}

Statistics counters_here(Sys& sys, const std::string& interface) {
    const uint32_t count = count_of(sys, interface);
    Request<ethtool_gstrings> names({ETHTOOL_GSTRINGS, ETH_SS_STATS, count},
                                    size_t{count} * ETH_GSTRING_LEN);
    Request<ethtool_stats> values({ETHTOOL_GSTATS, count}, size_t{count} * sizeof(uint64_t));
    if (!count) return {};
    names.send(sys, interface);
    values.send(sys, interface);
    Statistics counters;
    for (uint32_t i = 0; i < count; i++) {
        const char* name = names.behind() + size_t{i} * ETH_GSTRING_LEN;
        uint64_t value = 0;
        std::memcpy(&value, values.behind() + size_t{i} * sizeof value, sizeof value);
        // Some drivers indent names for ethtool's table.
        counters.emplace_back(trimmed(std::string(name, strnlen(name, ETH_GSTRING_LEN))), value);
    }
    return counters;
}

}  // namespace

Statistics ethtool_statistics(Sys& sys, const Interface& interface) {
    Statistics counters;
    sys.in_netns(interface.netns, [&] { counters = counters_here(sys, interface.name); });
    return counters;
}

}  // namespace rxlab
